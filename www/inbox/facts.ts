// Facts as pairs of a name and a value.

import { type Child, h } from "./dom.js";
import { valueText } from "./format.js";
import type { JsonObject } from "./types.js";
import { sayIfKnown } from "./words.js";

/** A list of names and values. */
export function pairs(entries: [Child, Child][]): HTMLElement {
  return h(
    "dl",
    { class: "pairs" },
    entries.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))),
  );
}

/** Nested facts as lines: the last part of the path is translated when it is known. */
export function flat(object: JsonObject, path = ""): [Child, Child][] {
  return Object.entries(object).flatMap(([name, value]): [Child, Child][] => {
    const label = path === "" ? sayIfKnown(name) : `${path} › ${sayIfKnown(name)}`;
    if (value !== null && typeof value === "object" && !Array.isArray(value)) return flat(value, label);
    const text = valueText(value, undefined);
    return text === "" ? [] : [[label, h("span", { class: "value" }, text)]];
  });
}
