// The entry `leadkit/cloudflare`. workerd takes only a module that was compiled before it starts.
import { createWorker, type LeadkitOptions, type LeadkitWorker } from "../edge/cloudflare.js";
import module from "../wasm/edge.wasm";

export type { LeadkitEnv, LeadkitOptions, LeadkitWorker } from "../edge/cloudflare.js";
/** A worker of these sites: `{ handler, LeadkitObject }`. */
export const leadkit = (options: LeadkitOptions): LeadkitWorker => createWorker(module, options);
