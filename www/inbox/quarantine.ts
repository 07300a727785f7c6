// What was refused and is kept all the same: the reason first, everything that came below it.

import { api } from "./api.js";
import { type Child, fill, h, ICONS, icon } from "./dom.js";
import { flat, pairs } from "./facts.js";
import { fullTime } from "./format.js";
import type { Quarantined } from "./types.js";
import { say } from "./words.js";

/** Asks for the refused leads of a site; the answer draws them. */
export async function readQuarantine(root: HTMLElement, site: string): Promise<() => void> {
  const { items = [] } = await api.quarantine(site);
  return () => showQuarantine(root, items);
}

/** Draws the refused leads of a site, newest first. */
function showQuarantine(root: HTMLElement, items: Quarantined[]): void {
  document.title = `${say("quarantine")} · Leadkit`;
  fill(
    root,
    h("a", { class: "back", href: "#/" }, icon(ICONS["back"] ?? ""), say("back")),
    h(
      "header",
      { class: "head" },
      h("div", {}, h("h1", { tabindex: "-1" }, say("quarantine")), h("p", { class: "quiet" }, say("quarantine_hint"))),
    ),
    h("section", {}, items.length === 0 ? h("p", { class: "quiet" }, say("quarantine_empty")) : items.map(one)),
  );
}

function one({ id, code, field, received_at: at, item }: Quarantined): Child {
  const { id: _, at: filled, data, form, ...rest } = item ?? {};
  const values = data !== null && typeof data === "object" && !Array.isArray(data) ? data : {};
  return h(
    "details",
    { class: "refused" },
    h(
      "summary",
      {},
      h("code", {}, [code, field].filter((part) => part !== null && part !== undefined && part !== "").join(" · ")),
      h("span", { class: "quiet" }, fullTime(at)),
    ),
    pairs([
      ...flat(values),
      ...flat(rest),
      [say("occurred"), typeof filled === "number" ? fullTime(filled) : ""],
      [say("version"), h("code", {}, typeof form === "string" ? form : "")],
      [say("id"), h("code", {}, id)],
    ]),
  );
}
