// workerd judges as the native core, byte for byte.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { Miniflare } from "miniflare";
import { CONFIG, difference, leads, SAMPLE, verdicts } from "../verdict/corpus.mjs";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

const WORKER = `
import * as core from "./pkg/wasm/edge.js";
import module from "../wasm/edge.wasm";
core.initSync({ module });
export default {
  async fetch(request) {
    const { config, lines } = await request.json();
    core.configure(config);
    return Response.json(lines.map((line) => core.judge("corpus", line)));
  },
};
`;

test("workerd judges as the native core", async () => {
  const bundle = await build({
    stdin: { contents: WORKER, resolveDir: ROOT },
    bundle: true,
    write: false,
    format: "esm",
    target: "es2022",
    external: ["*.wasm"],
    logLevel: "silent",
  });
  const miniflare = new Miniflare({
    modules: [
      { type: "ESModule", path: "entry/worker.mjs", contents: bundle.outputFiles[0].text },
      { type: "CompiledWasm", path: "wasm/edge.wasm", contents: readFileSync(`${ROOT}pkg/wasm/edge.wasm`) },
    ],
    compatibilityDate: "2026-04-01",
  });
  try {
    const lines = leads(SAMPLE);
    const expected = verdicts(SAMPLE, "judge");
    const found = [];
    for (let at = 0; at < lines.length; at += 1000) {
      const body = JSON.stringify({ config: CONFIG, lines: lines.slice(at, at + 1000) });
      const answer = await miniflare.dispatchFetch("http://edge.example/", { method: "POST", body });
      found.push(...(await answer.json()));
    }
    assert.equal(found.length, SAMPLE);
    assert.equal(difference(lines, expected, found), undefined);
  } finally {
    await miniflare.dispose();
  }
});
