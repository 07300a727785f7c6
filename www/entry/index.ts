import { connect } from "../browser/index.js";

export * from "../browser/index.js";

export const { leadkit } = connect({
  wasm: new URL("../kit/embed.wasm", import.meta.url),
  plain: () => import("../kit/embed-plain.js"),
  modules: () => import("./modules.js"),
  work: () => import("../browser/work/work.js"),
  sentences: new URL("../kit/", import.meta.url),
});
