import type { Kit } from "../kit.js";
import type { Said } from "../outbox/outbox.js";

/** How long a visitor waits for the edge before reading that the lead is saved. */
const PATIENCE_MS = 4_000;

/** What became of a lead, as far as the visitor is concerned. */
export type Fate =
  | ({ readonly is: "received" } & Said)
  | { readonly is: "waiting" }
  | { readonly is: "refused"; readonly code: string; readonly field: string };

/** Waits for what becomes of a lead: an answer, a failure to send, or the end of the visitor's patience. */
export function awaitFate(kit: Kit, id: string): { first: Promise<Fate>; cancel: () => void } {
  const ends: (() => void)[] = [];
  const cancel = (): void => {
    for (const end of ends) end();
  };
  const first = new Promise<Fate>((resolve) => {
    const timer = setTimeout(() => resolve({ is: "waiting" }), PATIENCE_MS);
    ends.push(
      () => clearTimeout(timer),
      kit.on("received", (event) => event.id === id && resolve({ ...event, is: "received" })),
      kit.on("waiting", (event) => event.id === id && resolve({ is: "waiting" })),
      kit.on("refused", ({ id: other, code, field }) => other === id && resolve({ is: "refused", code, field })),
    );
  });
  return { first: first.finally(cancel), cancel };
}
