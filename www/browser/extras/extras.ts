import { countries } from "./countries.js";
import { draft } from "./draft.js";
import type { ExtraHost } from "./host.js";
import { prefill } from "./prefill.js";
import { steps } from "./steps.js";
import { typing } from "./typing.js";

export type { ExtraHost } from "./host.js";

/** Gives a form what its configuration asks for beyond fields. What fails, fails alone: the form works without it. */
export function attach(host: ExtraHost): void {
  for (const part of [countries, prefill, draft, typing, steps]) {
    try {
      part(host);
    } catch (error) {
      reportError(error);
    }
  }
}
