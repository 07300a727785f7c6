// How times, names and values are written. Labels come from the public configuration of each site, when it is known.

import { api } from "./api.js";
import type { FieldConfig, Json, Score, SiteConfig, Words } from "./types.js";
import { language, say } from "./words.js";

const locale = navigator.languages.find((tag) => tag.toLowerCase().startsWith(language)) ?? language;
const clock = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" });
const dayOfYear = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", year: "numeric" });
const full = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "medium" });
const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
const numbers = new Intl.NumberFormat(locale, { maximumFractionDigits: 20 });

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Short for a list: a time of day today, otherwise a date. */
export function shortTime(at: number): string {
  const date = new Date(at);
  const now = new Date();
  if (date.toDateString() === now.toDateString()) return clock.format(date);
  return date.getFullYear() === now.getFullYear() ? day.format(date) : dayOfYear.format(date);
}

/** Date and time to the second. */
export function fullTime(at: number): string {
  return Number.isFinite(at) ? full.format(new Date(at)) : "";
}

/** "in 15 seconds", "3 minutes ago". */
export function fromNow(at: number): string {
  const distance = at - Date.now();
  const size = Math.abs(distance);
  if (size < MINUTE) return relative.format(Math.round(distance / SECOND), "second");
  if (size < HOUR) return relative.format(Math.round(distance / MINUTE), "minute");
  if (size < DAY) return relative.format(Math.round(distance / HOUR), "hour");
  return relative.format(Math.round(distance / DAY), "day");
}

/** `+5`, `−10`, `0`. */
export function signed(points: number): string {
  return (points > 0 ? "+" : points < 0 ? "−" : "") + numbers.format(Math.abs(points));
}

export function pointsOf(score: Score | number | undefined): number {
  return typeof score === "number" ? score : (score?.points ?? 0);
}

/** Chooses from `{"en": .., "de": ..}` what the reader understands. */
export function inWords(words: Words | undefined): string {
  if (words === undefined || typeof words === "string") return words ?? "";
  return words[language] ?? words["en"] ?? Object.values(words)[0] ?? "";
}

const configs = new Map<string, Promise<SiteConfig>>();
const loaded = new Map<string, SiteConfig>();

/** Loads a site's public configuration once; a site without one is shown with its bare names. */
export function learnSite(site: string): Promise<SiteConfig> {
  let config = configs.get(site);
  if (config === undefined) {
    config = api.site(site).catch((): SiteConfig => {
      configs.delete(site);
      return {};
    });
    configs.set(site, config);
    void config.then((known) => loaded.set(site, known));
  }
  return config;
}

/** The form's name without its version. */
export function formName(form: string): string {
  return form.split("@")[0] ?? form;
}

export function formTitle(site: string, form: string): string {
  const name = formName(form);
  return inWords(loaded.get(site)?.forms?.[name]?.title) || name;
}

export function siteName(site: string): string {
  return inWords(loaded.get(site)?.site?.name) || site;
}

/** The fields of a form in their order, empty when the configuration is not known. */
export function fieldsOf(site: string, form: string): FieldConfig[] {
  return loaded.get(site)?.forms?.[formName(form)]?.fields ?? [];
}

/** Whether the form has not changed since that version, so that its words are those that the visitor read. */
export function isCurrent(site: string, form: string): boolean {
  const version = loaded.get(site)?.$versions?.[formName(form)];
  return version !== undefined && form === `${formName(form)}@${version}`;
}

export function labelOf(field: FieldConfig | undefined, name: string): string {
  return inWords(field?.label) || name;
}

/** A value as a person reads it: labels of options, yes and no, lists with commas. */
export function valueText(value: Json | undefined, field: FieldConfig | undefined): string {
  if (value === null || value === undefined || value === "") return "";
  if (value === true) return say("yes");
  if (value === false) return say("no");
  if (Array.isArray(value)) return value.map((item) => valueText(item, field)).join(", ");
  if (typeof value === "object") return JSON.stringify(value);
  for (const option of field?.options ?? [])
    if (typeof option !== "string" && option.value === value) return inWords(option.label) || option.value;
  return typeof value === "number" ? numbers.format(value) : value;
}

/** A part of an address as it was before it was escaped; `""` where it is no such thing. */
export function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return "";
  }
}
