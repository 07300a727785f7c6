// What guards the package: sizes, exports, and the plain form of the core.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

const script = (name) => new URL(`../../pkg-scripts/${name}`, import.meta.url).pathname;

/** Runs a script in a folder that holds only these files. */
function runIn(files, name) {
  const folder = mkdtempSync(join(tmpdir(), "leadkit-"));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const { status, stdout, stderr } = spawnSync(process.execPath, [script(name)], { cwd: folder, encoding: "utf8" });
  rmSync(folder, { recursive: true });
  return { status, stdout, stderr };
}

const budget = (brotli) => JSON.stringify([{ what: "core", files: ["core.js"], gzip: 4096, brotli, why: "a test" }]);

test("a thing within its limit passes and is shown with its share", () => {
  const { status, stdout } = runIn({ "size-budget.json": budget(1000), "pkg/core.js": "x".repeat(5000) }, "size.mjs");
  assert.equal(status, 0);
  assert.match(stdout, /^core +5000 .* \d+ %$/m);
});

test("a thing over its limit fails and is named", () => {
  const { status, stdout, stderr } = runIn(
    { "size-budget.json": budget(5), "pkg/core.js": "x".repeat(5000) },
    "size.mjs",
  );
  assert.equal(status, 1);
  assert.match(stdout, /OVER/);
  assert.equal(stderr, "core: over its limit\n");
});

test("a thing that was not built fails and is named", () => {
  const { status, stderr } = runIn({ "size-budget.json": budget(5) }, "size.mjs");
  assert.equal(status, 1);
  assert.match(stderr, /^core: pkg\/core\.js is not there/);
});

test("an export whose file is missing fails and is named", () => {
  const exports = { "./edge": { default: "./edge.js", types: "./edge.d.ts" } };
  const { status, stderr } = runIn({ "pkg/package.json": JSON.stringify({ name: "leadkit", exports }) }, "exports.mjs");
  assert.equal(status, 1);
  assert.match(stderr, /exports\["\.\/edge"\]: \.\/edge\.js is not there/);
  assert.match(stderr, /exports\["\.\/edge"\]: "types" must come first/);
});

test("the package names nothing of the machine that built it", () => {
  for (const file of ["package.json", "kit/embed.js", "kit/embed.wasm", "kit/embed-plain.js", "wasm/edge.wasm"]) {
    const text = readFileSync(new URL(`../../pkg/${file}`, import.meta.url), "latin1");
    assert.doesNotMatch(text, /\/(home|root|Users)\//, file);
  }
});
