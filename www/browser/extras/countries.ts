import { attempt } from "../outbox/spill.js";
import type { ExtraHost } from "./host.js";
import { extraWords } from "./words.js";

/** What the platform has names for that is no country of today (ISO 3166-1), or none at all. */
const NONE = /^(A[CN]|BU|C[PQS]|D[DGY]|E[AUZ]|FX|HV|IC|NH|QO|RH|SU|T[AP]|U[KN]|VD|X[AB]|Y[DU]|Z[RZ])$/;
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/** The countries by their names in a language, in its order. */
function listed(locale: string): (readonly [code: string, name: string])[] {
  const names = new Intl.DisplayNames(locale, { type: "region", fallback: "none" });
  const codes = [...LETTERS].flatMap((first) => [...LETTERS].map((second) => first + second));
  const all = codes.map((code) => [code, names.of(code) ?? ""] as const);
  const { compare } = new Intl.Collator(locale);
  return all
    .filter(([code, name]) => name !== "" && !NONE.test(code))
    .sort(([, one], [, other]) => compare(one, other));
}

/**
 * Makes a list in the visitor's language of each country field that the edge rendered: without a script one types a country, and
 * the edge does not know its name in every language. What the page wrote itself stays as it is.
 */
export function countries({ form, config, locale: tag }: ExtraHost): void {
  // Pages write `de_DE` as well; what is no tag at all has the names of the browser's own language.
  const locale = attempt(() => Intl.getCanonicalLocales(tag.replace("_", "-"))[0], undefined) ?? navigator.language;
  for (const { name, type } of config.fields) {
    const input = type === "country" ? form.elements.namedItem(name) : null;
    if (!(input instanceof HTMLInputElement) || !input.closest("[data-leadkit-field]")) continue;
    const all = listed(locale);
    const typed = input.value.trim().toUpperCase();
    const chosen = all.find(([code, label]) => code === typed || label.toUpperCase() === typed);
    // What was typed already and is not on the list is for the check to read.
    if (typed !== "" && !chosen) continue;
    const select = document.createElement("select");
    for (const { name, value } of input.attributes) {
      if (/^(id|name|required|aria-.+)$/.test(name)) select.setAttribute(name, value);
    }
    select.autocomplete = "country";
    select.add(new Option(extraWords(tag).choose, ""));
    for (const [code, label] of all) select.add(new Option(label, code, code === chosen?.[0], code === chosen?.[0]));
    const focused = document.activeElement === input;
    input.replaceWith(select);
    if (focused) select.focus();
  }
}
