import { countries } from "./countries.js";
import { draft } from "./draft.js";
import type { ExtraHost } from "./host.js";
import { prefill } from "./prefill.js";
import { steps } from "./steps.js";
import { typing } from "./typing.js";

export type { ExtraHost } from "./host.js";

/** Gives a form what its configuration asks for beyond fields. */
export function attach(host: ExtraHost): void {
  countries(host);
  prefill(host);
  draft(host);
  typing(host);
  steps(host);
}
