// What else came from the same person, and erasing a lead for good.

import { api, mayErase } from "./api.js";
import { type Child, fill, h } from "./dom.js";
import { fullTime } from "./format.js";
import { badge, leadHash } from "./list.js";
import { failure } from "./signin.js";
import type { Lead, LeadRow } from "./types.js";
import { language, say } from "./words.js";

const en = {
  person: "From the same person",
  alone: "Nothing else has the same address or number.",
  erase: "Erase this lead",
  sure: "This lead is deleted here for ever, with everything that was sent of it. That cannot be undone.",
  really: "Erase for ever",
  keep: "Keep it",
  erased: "Erased. Its id stays, so that a late copy is not stored again.",
  asked: "is asked to erase it too",
  by_hand: "cannot be asked: erase it there by hand",
};
const de: typeof en = {
  person: "Von derselben Person",
  alone: "Nichts anderes hat dieselbe Adresse oder Nummer.",
  erase: "Diesen Lead löschen",
  sure: "Der Lead wird hier für immer gelöscht, mit allem, was von ihm gesendet wurde. Das lässt sich nicht rückgängig machen.",
  really: "Endgültig löschen",
  keep: "Behalten",
  erased: "Gelöscht. Die Kennung bleibt, damit eine späte Kopie nicht wieder gespeichert wird.",
  asked: "wird gebeten, ihn auch zu löschen",
  by_hand: "lässt sich nicht bitten: dort von Hand löschen",
};
const words = language === "de" ? de : en;

/** The section with other leads, which is filled when they are known, and with the button. */
export function person(lead: Lead): HTMLElement {
  const list = h("div", { class: "others" });
  api.others(lead.site, lead.id).then(
    ({ leads = [] }) =>
      fill(list, leads.length === 0 ? h("p", { class: "quiet" }, words.alone) : timeline(lead, leads)),
    () => fill(list, null),
  );
  return h("section", { class: "person" }, h("h2", {}, words.person), list, mayErase() ? erasing(lead) : null);
}

function timeline(lead: Lead, rows: LeadRow[]): Child {
  const entry = (row: LeadRow): HTMLElement =>
    h(
      "li",
      {},
      h("a", { href: leadHash({ site: lead.site, id: row.id }) }, row.name || row.email || say("nameless")),
      h("span", { class: "quiet" }, ` ${fullTime(row.received_at)} `),
      badge(row.disposition),
    );
  return h("ul", {}, rows.map(entry));
}

function erasing(lead: Lead): HTMLElement {
  const box = h("div", { class: "erasing", role: "group", "aria-label": words.erase });
  const offer = (): void =>
    fill(box, h("button", { type: "button", class: "erase", onclick: () => ask() }, words.erase));
  const ask = (): void => {
    const really = h("button", { type: "button", onclick: () => void erase() }, words.really);
    fill(
      box,
      h("p", { role: "alert" }, words.sure),
      really,
      h("button", { type: "button", onclick: offer }, words.keep),
    );
    really.focus();
  };
  const erase = async (): Promise<void> => {
    try {
      const { destinations = {} } = await api.erase(lead.site, lead.id);
      const rest = Object.entries(destinations).map(([name, what]) =>
        h("li", {}, `${name} ${what === "asked" ? words.asked : words.by_hand}`),
      );
      fill(box, h("p", { role: "status" }, words.erased), rest.length === 0 ? null : h("ul", {}, rest));
    } catch (error) {
      fill(box, h("p", { role: "alert" }, failure(error)));
    }
  };
  offer();
  return box;
}
