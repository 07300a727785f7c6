// workerd, Deno and Bun judge as the native core, byte for byte. Node's turn is tests/node/verdict.test.mjs.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
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

for (const [runtime, ...flags] of [
  ["deno", "run", "--allow-all", "--quiet"],
  ["bun", "run"],
]) {
  test(`${runtime} judges as the native core`, () => {
    const folder = mkdtempSync(join(tmpdir(), "leadkit-verdict-"));
    try {
      const lines = leads(SAMPLE);
      const file = join(folder, "lines.json");
      writeFileSync(file, JSON.stringify({ config: CONFIG, lines }));
      const command = join(ROOT, "node_modules/.bin", runtime);
      const text = execFileSync(command, [...flags, join(ROOT, "tests/verdict/judge.mjs"), file], {
        encoding: "utf8",
        maxBuffer: 1 << 28,
      });
      const found = text.trimEnd().split("\n");
      assert.equal(found.length, SAMPLE);
      assert.equal(difference(lines, verdicts(SAMPLE, "judge"), found), undefined);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}
