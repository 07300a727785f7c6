import { connect } from "../browser/index.js";

export * from "../browser/index.js";

export const { leadkit } = connect({
  wasm: new URL("../kit/embed.wasm", import.meta.url),
  plain: () => import("../kit/embed-plain.js"),
  judge: {
    glue: () => import("../kit/judge.js"),
    wasm: new URL("../kit/judge.wasm", import.meta.url),
    plain: () => import("../kit/judge-plain.js"),
  },
  sentences: new URL("../kit/", import.meta.url),
});
