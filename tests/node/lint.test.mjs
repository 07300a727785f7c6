// `leadkit lint` as one runs it: file, line and column of every fault, and the examples beside the rules.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

const main = new URL("../../pkg/cli/main.js", import.meta.url).pathname;
const good = readFileSync(new URL("../conformance/config/good.json", import.meta.url), "utf8");
const demo = new URL("../../www/demo/leadkit.json", import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), "leadkit-lint-"));
after(() => rmSync(folder, { recursive: true }));

function lint(text, ...args) {
  writeFileSync(join(folder, "leadkit.json"), text);
  return spawnSync(process.execPath, [main, "lint", ...args], { cwd: folder, encoding: "utf8" });
}

/** The place of the first `part` in a text, as editors count. */
function place(text, part) {
  const before = text.slice(0, text.indexOf(part)).split("\n");
  return `leadkit.json:${before.length}:${before.at(-1).length + 1}: `;
}

test("a good configuration has examples that hold", () => {
  const { status, stdout } = lint(good);
  assert.equal(stdout, "leadkit.json: nothing to complain about, 3 examples hold\n");
  assert.equal(status, 0);
});

test("the demo does what its examples say", () => {
  const { status, stdout } = spawnSync(process.execPath, [main, "lint", demo], { encoding: "utf8" });
  assert.match(stdout, /nothing to complain about, [3-9] examples hold\n$/);
  assert.equal(status, 0);
});

for (const [what, from, to, at, sentence] of [
  ["an unknown field", '"existing_customer" }', '"values.emial" }', '{ "var": "values.emial"', /known fact/],
  ["a cap below zero", '"cap": 50', '"cap": -50', "-50", /a cap from 0 to 1,000,000/],
  ["a duplicate id", '"id": "known"', '"id": "work_mail"', '"work_mail", "score": "fit", "points": 30', /used once/],
  [
    "a rule that can never fire",
    '"women"] },',
    '"wemen"] },',
    '{ "==": [{ "var": "values.line" }, "wemen"',
    /can be true/,
  ],
  ["an example that fails", '"fit": 50', '"fit": 7', '7, "engagement": 15', /expected 7, found 50 \(a customer/],
]) {
  test(`${what} is named with file, line and column`, () => {
    const text = good.replace(from, to);
    assert.notEqual(text, good);
    const { status, stdout } = lint(text);
    assert.equal(status, 1);
    const line = stdout.split("\n").find((line) => sentence.test(line));
    assert.ok(line?.startsWith(place(text, at)), `${stdout}expected at ${place(text, at)}`);
  });
}
