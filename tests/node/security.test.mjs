// The threat model names the tests that defend it; this is whether they are there.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";

const root = new URL("../../", import.meta.url);
const text = readFileSync(new URL("docs/security.md", root), "utf8");

test("every test that the threat model names is there", () => {
  let named = 0;
  for (const row of text.split("\n").filter((line) => line.startsWith("| ") && line.includes("`"))) {
    const defence = row.split(" | ").at(-1);
    // A file in backquotes, and after it the names of its tests in quotes.
    for (const [, path, names] of defence.matchAll(/`((?:tests|src)\/[^`]+)`((?:[^`"]|"[^"]*")*)/g)) {
      const file = ["", ".test.mjs"].map((end) => new URL(path + end, root)).find((each) => existsSync(each));
      assert.ok(file !== undefined, path);
      for (const [, name] of names.matchAll(/"([^"]+)"/g)) {
        const wanted = path.endsWith(".rs") ? `fn ${name.replaceAll(" ", "_")}(` : `test("${name}"`;
        const source = readFileSync(file, "utf8").replace(/test\(\s+"/g, 'test("');
        assert.ok(source.includes(wanted), `${path}: ${name}`);
        named += 1;
      }
    }
  }
  assert.ok(named >= 30, String(named));
});
