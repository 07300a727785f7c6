// What the visitor agreed to, in the words that they read: found by their hash among those of the configuration.

import { type Child, h, ICONS, icon } from "./dom.js";
import { flat, pairs } from "./facts.js";
import { fullTime } from "./format.js";
import type { FieldConfig, Json, JsonObject } from "./types.js";
import { say } from "./words.js";

/** The form as it is configured today, and whether it is the one that the visitor saw. */
export interface Today {
  fields: FieldConfig[];
  same: boolean;
  locale: string;
}

/** One block for each record. The words come from the record, by their hash, or from the same version of the form. */
export function consent(consents: Json | undefined, today: Today): Child {
  const all = records(consents);
  if (all.length === 0) return h("p", { class: "quiet" }, say("no_consent"));
  return all.map((record) => {
    const { purpose, given, text, text_sha256: hash, field, locale, at, ...rest } = record;
    const words = h("blockquote", {});
    const put = (found: string): void => {
      words.textContent = found;
      words.hidden = found === "";
    };
    put(typeof text === "string" ? text : typeof hash === "string" ? "" : wordsOf(field, locale, today));
    if (words.hidden && typeof hash === "string") void find(hash, today.fields).then(put);
    const yes = given !== false;
    return h(
      "div",
      { class: "consent" },
      h(
        "p",
        { class: "tags" },
        h("strong", {}, typeof purpose === "string" ? purpose : ""),
        h(
          "span",
          { class: yes ? "badge done" : "badge" },
          icon(ICONS[yes ? "done" : "dead"] ?? ""),
          say(yes ? "given" : "refused"),
        ),
        typeof at === "number" ? h("span", { class: "quiet" }, fullTime(at)) : null,
      ),
      words,
      pairs([...(typeof hash === "string" ? [hashPair(hash)] : []), ...flat(rest)]),
    );
  });
}

const hashPair = (hash: string): [Child, Child] => [say("text_sha256"), h("code", {}, hash)];

function wordsOf(name: Json | undefined, locale: Json | undefined, today: Today): string {
  const field = today.same ? today.fields.find((one) => one.name === name) : undefined;
  const { text } = field ?? {};
  if (text === undefined || typeof text === "string") return text ?? "";
  const language = (typeof locale === "string" ? locale : today.locale).slice(0, 2).toLowerCase();
  return text[language] ?? "";
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

/** The words with this hash. Without a secure context, or when they changed since, there are none to show. */
async function find(hash: string, fields: FieldConfig[]): Promise<string> {
  const texts = fields.flatMap(({ text = "" }) => (typeof text === "string" ? [text] : Object.values(text)));
  if (isSecureContext) for (const words of texts) if ((await sha256(words)) === hash) return words;
  return "";
}

async function sha256(text: string): Promise<string> {
  const bytes = new TextEncoder().encode(text.replace(/\s+/g, " ").trim());
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
