import { countries } from "./countries.js";
import { draft } from "./draft.js";
import type { ExtraHost } from "./host.js";
import { prefill } from "./prefill.js";
import { steps } from "./steps.js";
import { typing } from "./typing.js";

export type { ExtraHost } from "./host.js";

/** What still fewer forms ask for: modules of their own. */
function more(host: ExtraHost): void {
  const { fields, partial } = host.config;
  if (fields.some(({ type }) => type === "file")) void import("./files.js").then(({ files }) => files(host));
  if (partial) void import("./partial.js").then(({ partial }) => partial(host));
}

/** Gives a form what its configuration asks for beyond fields. What fails, fails alone: the form works without it. */
export function attach(host: ExtraHost): void {
  for (const part of [countries, prefill, draft, typing, steps, more]) {
    try {
      part(host);
    } catch (error) {
      reportError(error);
    }
  }
}
