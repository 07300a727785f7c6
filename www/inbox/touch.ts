// Where a visitor came from, as their browser told: the first and the last touch, a line for each parameter.

import { type Child, h } from "./dom.js";
import { fullTime } from "./format.js";
import type { Json, JsonObject } from "./types.js";
import { say } from "./words.js";

const isObject = (value: Json | undefined): value is JsonObject =>
  value !== null && typeof value === "object" && !Array.isArray(value);

/** The first and the last touch; one line where they are the same. */
export function touches(context: JsonObject = {}): [Child, Child][] {
  const all = context["attribution"];
  if (!isObject(all)) return [];
  const [first, last] = [all["first"], all["last"]];
  const same = JSON.stringify(first) === JSON.stringify(last);
  const lines: [Child, Child][] = [];
  if (isObject(first)) lines.push([say(same ? "touch" : "first_touch"), touch(first)]);
  if (isObject(last) && !same) lines.push([say("last_touch"), touch(last)]);
  if (isObject(all["cookies"])) lines.push([say("touch_cookies"), parameters(all["cookies"])]);
  return lines;
}

/** The rest of the context, and the mark that all of it is only claimed stays with it. */
export const others = ({ attribution: _, ...rest }: JsonObject = {}): JsonObject => rest;

function touch({ at, url, referrer, ...rest }: JsonObject): Child {
  const from =
    typeof referrer === "string" ? referrer : say(Object.keys(rest).length > 0 ? "touch_link" : "touch_direct");
  const when = typeof at === "number" ? ` · ${fullTime(at)}` : "";
  return [
    h("span", { class: "value" }, `${from}${when}`),
    typeof url === "string" ? h("span", { class: "remark" }, url) : null,
    parameters(rest),
  ];
}

const parameters = (pairs: JsonObject): Child =>
  Object.entries(pairs).map(([name, value]) => h("span", { class: "remark" }, `${name} = ${String(value)}`));
