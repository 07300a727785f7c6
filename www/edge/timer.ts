/** Wakes objects in a process that keeps running. */

/** How often every object is woken in case a wake-up was lost, in milliseconds. */
const SWEEP_MS = 60_000;
/** How soon an object is woken again whose wake-up failed, in milliseconds. */
const AGAIN_MS = 1_000;
/** How soon an object is woken again that woke just now: what comes meanwhile is found together. In milliseconds. */
const GAP_MS = 40;
/** The longest delay that timers take, in milliseconds. */
const LONGEST_MS = 2_147_483_647;

/** Keeps the earliest wake-up of each object. Wake-ups of one object may overlap: leases keep them apart. */
export class Waker {
  readonly #wake: (object: string) => Promise<void>;
  readonly #now: () => number;
  readonly #timers = new Map<string, { readonly at: number; readonly timer: ReturnType<typeof setTimeout> }>();
  readonly #woken = new Map<string, number>();
  readonly #running = new Set<Promise<void>>();
  #sweep: ReturnType<typeof setInterval> | undefined;

  constructor(wake: (object: string) => Promise<void>, now: () => number) {
    this.#wake = wake;
    this.#now = now;
  }

  /** Wakes all objects at once and from then on regularly. */
  start(objects: readonly string[]): void {
    const all = () => {
      for (const object of objects) this.set(object, this.#now());
    };
    all();
    this.#sweep = setInterval(all, SWEEP_MS);
  }

  /** Wakes an object at a time, unless it is woken earlier anyway or woke just now. */
  set(object: string, wanted: number): void {
    const at = Math.max(wanted, (this.#woken.get(object) ?? 0) + GAP_MS);
    const known = this.#timers.get(object);
    if (known !== undefined && known.at <= at) return;
    if (known !== undefined) clearTimeout(known.timer);
    const delay = Math.min(Math.max(0, at - this.#now()), LONGEST_MS);
    const timer = setTimeout(() => this.#fire(object), delay);
    this.#timers.set(object, { at, timer });
  }

  /** Stops waking and waits for what is under way. */
  async stop(): Promise<void> {
    clearInterval(this.#sweep);
    for (const { timer } of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    await Promise.all(this.#running);
  }

  #fire(object: string): void {
    this.#timers.delete(object);
    this.#woken.set(object, this.#now());
    const run = this.#wake(object).catch(() => this.set(object, this.#now() + AGAIN_MS));
    this.#running.add(run);
    void run.finally(() => this.#running.delete(run));
  }
}
