import { connect } from "../browser/index.js";
import { type MountOptions, mountForm } from "../browser/mount.js";

export * from "../browser/index.js";
export type { FormEvents, FormListener, MountOptions } from "../browser/mount.js";

const connection = connect({
  wasm: new URL("../kit/embed.wasm", import.meta.url),
  plain: () => import("../kit/embed-plain.js"),
  modules: () => import("./modules.js"),
  extras: () => import("../browser/extras/extras.js"),
  work: () => import("../browser/work/work.js"),
  sentences: new URL("../kit/", import.meta.url),
});

export const { leadkit } = connection;
/** Makes an element a form of the kit, until the answer is called. Nothing is fetched before somebody comes near it. */
export const mount = (element: HTMLElement, options: MountOptions): (() => void) =>
  mountForm(element, options, () => Promise.resolve(connection));
