import type { OutboxEvent } from "./outbox/outbox.js";

/** What a kit tells, by type. */
export interface KitEvents {
  /** A lead is kept on this device. */
  readonly kept: OutboxEvent & { readonly type: "kept" };
  /** The edge has a lead. */
  readonly received: OutboxEvent & { readonly type: "received" };
  /** The edge refused a lead; it lies in the dead letter. */
  readonly refused: OutboxEvent & { readonly type: "refused" };
  /** A lead could not be sent now. */
  readonly waiting: OutboxEvent & { readonly type: "waiting" };
  /** The outbox did not take or gave up a lead. */
  readonly dropped: OutboxEvent & { readonly type: "dropped" };
  /** A module of a check came: values that were pending may be checked again. */
  readonly known: { readonly type: "known" };
}

/** The listeners of a kit. */
export class Listeners {
  private readonly listeners = new Map<string, Set<(event: never) => void>>();

  /** Adds a listener; the answer removes it. */
  on<T extends keyof KitEvents>(type: T, listener: (event: KitEvents[T]) => void): () => void {
    const listeners = this.listeners.get(type) ?? new Set();
    this.listeners.set(type, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  /** Tells everyone; a listener that throws keeps nobody else from hearing, and its error is reported as any other. */
  emit(event: KitEvents[keyof KitEvents]): void {
    for (const listener of [...(this.listeners.get(event.type) ?? [])]) {
      try {
        (listener as (event: KitEvents[keyof KitEvents]) => void)(event);
      } catch (error) {
        reportError(error);
      }
    }
  }
}
