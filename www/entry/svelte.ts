// The entry `leadkit/svelte`.
import { action } from "../browser/wrapper/svelte.js";

export type { FormEvents, FormListener, MountOptions } from "../browser/mount.js";
export type { Mounted } from "../browser/wrapper/svelte.js";

/** Makes an element a form of the kit. */
export const leadForm = action(() => import("./index.js"));
