// The entry `leadkit/full`: forms, checks and the public verdict on plain values, for code that draws its forms itself.
import { type Full, type FullOptions, loadFull } from "../browser/full.js";
import { modules } from "./modules.js";

export type { Full, FullOptions } from "../browser/full.js";
export { LeadkitError } from "../shared/error.js";

export const full = (options: FullOptions): Promise<Full> =>
  loadFull(new URL("../kit/full.wasm", import.meta.url), modules, options);
