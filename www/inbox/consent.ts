// What the visitor agreed to, in the words that they read: found by their hash among those of the configuration.

import { type Child, h } from "./dom.js";
import { flat, pairs } from "./facts.js";
import { fullTime } from "./format.js";
import type { FieldConfig, Json, JsonObject } from "./types.js";
import { say } from "./words.js";

/** One block for each record. `fields` are those of the form as it is today. */
export function consent(consents: Json | undefined, fields: FieldConfig[]): Child {
  const all = records(consents);
  if (all.length === 0) return h("p", { class: "quiet" }, say("no_consent"));
  return all.map((record) => {
    const { given, text, text_sha256: hash, at, ...rest } = record;
    const words = h("blockquote", { hidden: typeof text !== "string" }, typeof text === "string" ? text : "");
    if (typeof text !== "string" && typeof hash === "string") void find(words, hash, fields);
    return h(
      "div",
      { class: "consent" },
      h(
        "p",
        {},
        h("strong", {}, say(given === false ? "refused" : "given")),
        typeof at === "number" ? ` · ${fullTime(at)}` : "",
      ),
      words,
      pairs(flat(typeof hash === "string" ? { ...rest, text_sha256: hash } : rest)),
    );
  });
}

/** Consent as a list, or as an object by purpose whose values are records or plain yes and no. */
function records(consents: Json | undefined): JsonObject[] {
  if (Array.isArray(consents)) return consents.filter(isObject);
  if (!isObject(consents)) return [];
  return Object.entries(consents).map(([purpose, one]) =>
    isObject(one) ? { purpose, ...one } : { purpose, given: one },
  );
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Shows the words whose hash was stored. Without a secure context, or when the words changed since, there are none to show. */
async function find(place: HTMLElement, hash: string, fields: FieldConfig[]): Promise<void> {
  if (!isSecureContext) return;
  for (const { text = "" } of fields) {
    for (const words of typeof text === "string" ? [text] : Object.values(text)) {
      if ((await sha256(words)) !== hash) continue;
      place.textContent = words;
      place.hidden = false;
      return;
    }
  }
}

async function sha256(text: string): Promise<string> {
  const bytes = new TextEncoder().encode(text.replace(/\s+/g, " ").trim());
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
