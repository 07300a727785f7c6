// Forms that were begun and not sent, where the visitor agreed to have them kept.

import { api } from "./api.js";
import { type Child, fill, h, ICONS, icon } from "./dom.js";
import { flat, pairs } from "./facts.js";
import { formTitle, fullTime, learnSite } from "./format.js";
import type { Begun } from "./types.js";
import { language, say } from "./words.js";

const en = {
  begun: "Begun",
  hint: "What visitors typed and agreed to have kept, although they have not sent it. It is deleted by itself, and goes nowhere.",
  empty: "No form was begun and left.",
  until: "Deleted on",
};
const de: typeof en = {
  begun: "Begonnen",
  hint: "Was Besucher eingegeben haben und aufbewahren lassen, obwohl sie es nicht abgeschickt haben. Es wird von selbst gelöscht und geht nirgendwohin.",
  empty: "Kein Formular wurde begonnen und verlassen.",
  until: "Wird gelöscht am",
};
const words = language === "de" ? de : en;

/** The name of the page. */
export const begun = words.begun;

/** Asks for what was begun on a site; the answer draws it, newest first. */
export async function readBegun(root: HTMLElement, site: string): Promise<() => void> {
  const [{ items = [] }] = await Promise.all([api.begun(site), learnSite(site)]);
  return () => {
    document.title = `${words.begun} · Leadkit`;
    fill(
      root,
      h("a", { class: "back", href: "#/" }, icon(ICONS["back"] ?? ""), say("back")),
      h(
        "header",
        { class: "head" },
        h("div", {}, h("h1", { tabindex: "-1" }, words.begun), h("p", { class: "quiet" }, words.hint)),
      ),
      h(
        "section",
        {},
        items.length === 0 ? h("p", { class: "quiet" }, words.empty) : items.map((item) => one(site, item)),
      ),
    );
  };
}

function one(site: string, { id, form, received_at: at, until, item }: Begun): Child {
  const data = item?.["data"];
  const values = data !== null && typeof data === "object" && !Array.isArray(data) ? data : {};
  return h(
    "details",
    { class: "refused" },
    h("summary", {}, formTitle(site, form), h("span", { class: "quiet" }, fullTime(at))),
    pairs([...flat(values), [words.until, fullTime(until)], [say("id"), h("code", {}, id)]]),
  );
}
