// The entry `leadkit/vue`.
import { component } from "../browser/wrapper/vue.js";

export type { FormEvents, FormListener, MountOptions } from "../browser/mount.js";
export type { LeadFormProps } from "../browser/wrapper/vue.js";

/** A form of the kit as a component. */
export const LeadForm = component(() => import("./index.js"));
