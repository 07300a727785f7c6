import type { Kit } from "../kit.js";

/** The forms of this page whose leads are on their way, by the id of the lead. */
export const senders = new Map<string, HTMLFormElement>();

/** Tells the page by an event that bubbles. */
export function tell(target: EventTarget, type: string, detail: Readonly<Record<string, unknown>>): void {
  target.dispatchEvent(new CustomEvent(`leadkit:${type}`, { bubbles: true, detail }));
}

/**
 * Tells of each lead that the edge has, once: at its form, or at the document where the form is gone or was on an earlier
 * page.
 */
export function tellReceived(kit: Kit): void {
  kit.on("received", ({ id, message, next }) => {
    const form = senders.get(id);
    senders.delete(id);
    tell(form?.isConnected ? form : document, "received", { form: form?.dataset["leadkit"] ?? "", id, message, next });
  });
}
