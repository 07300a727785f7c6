import { connect } from "../browser/index.js";

export { LeadkitError } from "../shared/error.js";

export const { leadkit } = connect({
  wasm: new URL("./embed.wasm", import.meta.url),
  plain: () => import(new URL("./embed-plain.js", import.meta.url).href),
  modules: () => import(new URL("./modules.js", import.meta.url).href),
  extras: () => import(new URL("./extras.js", import.meta.url).href),
  work: () => import(new URL("./work.js", import.meta.url).href),
  sentences: new URL("./", import.meta.url),
});
