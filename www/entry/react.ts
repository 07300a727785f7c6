// The entry `leadkit/react`.
import { component } from "../browser/wrapper/react.js";

export type { FormEvents, FormListener, MountOptions } from "../browser/mount.js";
export type { LeadFormProps } from "../browser/wrapper/react.js";

/** A form of the kit as a component. */
export const LeadForm = component(() => import("./index.js"));
