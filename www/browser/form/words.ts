import type { FieldConfig, Text } from "../../shared/types.js";

/** The sentences around a form. `{n}` and `{value}` are filled in. */
export interface Words {
  readonly sending: string;
  readonly received: string;
  readonly saved: string;
  readonly spilled: string;
  readonly refused: string;
  readonly expired: string;
  readonly full: string;
  readonly one: string;
  readonly many: string;
  readonly meant: string;
  readonly wrong: string;
}

const EN: Words = {
  sending: "Sending …",
  received: "Received. Thank you!",
  saved: "Saved on this device. It will be sent as soon as the connection works, also when you come back later.",
  spilled:
    "Kept in this browser. It will be sent as soon as the connection works. Please leave this page open until then.",
  refused: "This could not be accepted. Please check what you entered and send it again.",
  expired: "An earlier message could not be delivered from this device.",
  full: "Too many unsent messages wait on this device. Nothing was sent.",
  one: "Please correct one field.",
  many: "Please correct {n} fields.",
  meant: "Did you mean {value}?",
  wrong: "Please check this field.",
};

/** The language of an element (BCP 47), or `otherwise` where the page does not say. */
export function language(element: Element, otherwise: string): string {
  const said = element.closest("[lang]")?.getAttribute("lang");
  return said || otherwise;
}

/** The sentences that are at hand before those of the page's language are there. */
export const words: Words = EN;

/** What comes later for a language: the sentences for problems, and those around a form where they are not at hand. */
export interface Language {
  readonly messages: Messages;
  readonly words: Partial<Words>;
}

/** Fills a sentence. */
export const fill = (sentence: string, value: string): string => sentence.replace(/\{(n|value)\}/, () => value);

/** The text of a configuration in a language: the exact tag, its first part, or what the owner wrote first, as the edge picks it. */
export function pick(text: Text | undefined, locale: string): string {
  if (text === undefined || typeof text === "string") return text ?? "";
  const tag = locale.toLowerCase();
  const entries = Object.entries(text).map(([key, value]) => [key.toLowerCase(), value] as const);
  const of = (key: string): string | undefined => entries.find(([name]) => name === key)?.[1];
  return of(tag) ?? of(tag.split("-")[0] ?? tag) ?? entries[0]?.[1] ?? "";
}

/** The sentences for the codes of problems, by code. */
export type Messages = Readonly<Record<string, string>>;

/** The most characters of a text where the form says nothing. */
const MAX_LENGTH = 10_000;

/** The sentence for a problem: of its code, of the last part of its code, or a general one. That of a limit names it. */
export function sentence(
  messages: Messages,
  code: string,
  general: Words,
  { min, max, min_length, max_length = MAX_LENGTH }: Partial<FieldConfig> = {},
  locale = "en",
): string {
  const text = messages[code] ?? messages[code.slice(code.lastIndexOf(".") + 1)] ?? general.wrong;
  if (!text.includes("{n}")) return text;
  const limits: Readonly<Record<string, number | undefined>> = {
    "number.min": min,
    "number.max": max,
    too_short: min_length,
    too_long: max_length,
  };
  const limit = limits[code];
  // Not by the platform: it throws for a language that a page misspells.
  const point = /^en/i.test(locale) ? "." : ",";
  return limit === undefined ? general.wrong : fill(text, String(limit).replace(".", point));
}
