// What the list shows, as a file: a plain form, so that the browser itself takes the stream to the disk.

import { BASE, type Filter } from "./api.js";
import { h } from "./dom.js";
import { language, say } from "./words.js";

const FORMATS: [string, string][] = [
  ["csv", "CSV"],
  ["jsonl", "JSON Lines"],
  ["vcard", "vCard"],
  ["parquet", "Parquet"],
];

/** The format that was chosen, which a redraw keeps. */
let chosen = "csv";

/** A choice of formats and a button; the file holds what the filters let through. */
export function exporter(filter: Filter): HTMLElement {
  const fixed = Object.entries({
    ...filter,
    // As spreadsheets of that language expect it.
    bom: "1",
    separator: language === "de" ? "semicolon" : "comma",
  }).filter(([, value]) => value !== "");
  const pick = (event: Event): void => {
    chosen = (event.target as HTMLSelectElement).value;
  };
  return h(
    "form",
    { class: "export", method: "get", action: `${BASE}/admin/export` },
    fixed.map(([name, value]) => h("input", { type: "hidden", name, value })),
    h(
      "select",
      { name: "format", "aria-label": say("export_as"), onchange: pick },
      FORMATS.map(([id, name]) => h("option", { value: id, selected: id === chosen }, name)),
    ),
    h("button", {}, say("export")),
  );
}
