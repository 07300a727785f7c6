#!/usr/bin/env node
// Telephone numbers per second of processor time (read, judge, kind, E.164), one run: our module against
// libphonenumber-js and google-libphonenumber; then the first call, the memory and the sizes. Fails below FLOOR times
// libphonenumber-js/max.
// Machines differ: compare the ratios.
//
//   pkg-scripts/bench phone
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { brotliCompressSync } from "node:zlib";

const RIVALS = ["libphonenumber-js@1.13.16", "google-libphonenumber@3.2.47"];
const FLOOR = 2;
const ROUNDS = 5;
const root = new URL("../../", import.meta.url);
const cache = new URL(".cache/phone-bench/", root);

if (!existsSync(new URL("node_modules/google-libphonenumber/", cache))) {
  mkdirSync(cache, { recursive: true });
  const options = { cwd: cache, stdio: ["ignore", "ignore", "inherit"] };
  execFileSync("npm", ["install", "--no-save", "--no-package-lock", "--loglevel=error", ...RIVALS], options);
}
const require = createRequire(cache);
const max = require("libphonenumber-js/max");
const min = require("libphonenumber-js/min");
const google = require("google-libphonenumber");

const bytes = (path) => readFileSync(new URL(path, root));
const { Phones } = await import(new URL("pkg/browser/phone.js", root).href);
const wasm = bytes("pkg/kit/phone.wasm");
const { memory } = new WebAssembly.Instance(new WebAssembly.Module(wasm), {}).exports;

const begin = performance.now();
const phones = await Phones.load(wasm, bytes("pkg/kit/phone.pack"));
const loaded = performance.now();
phones.check("030 123456", "DE");
const called = performance.now();

const inputs = bytes("tests/phone/sample.tsv")
  .toString()
  .split("\n")
  .slice(0, -1)
  .map((line) => line.split("\t", 2));
const library = google.PhoneNumberUtil.getInstance();
const e164 = google.PhoneNumberFormat.E164;
const withJs = (parse) => (text, country) => {
  const number = parse(text, country || undefined);
  return number && [number.number, number.isValid(), number.isPossible(), number.getType(), number.country];
};
const runs = {
  leadkit: (text, country) => phones.check(text, country),
  "libphonenumber-js/max": withJs(max.parsePhoneNumberFromString),
  "libphonenumber-js/min": withJs(min.parsePhoneNumberFromString),
  "google-libphonenumber": (text, country) => {
    try {
      const number = library.parse(text, country || undefined);
      return [
        library.format(number, e164),
        library.isValidNumber(number),
        library.isPossibleNumber(number),
        library.getNumberType(number),
        library.getRegionCodeForNumber(number),
      ];
    } catch {
      return undefined;
    }
  },
};

const speed = Object.fromEntries(Object.keys(runs).map((name) => [name, 0]));
for (let round = 0; round < ROUNDS; round += 1) {
  for (const [name, run] of Object.entries(runs)) {
    const start = process.cpuUsage().user;
    for (const [country, text] of inputs) run(text, country);
    speed[name] = Math.max(speed[name], (inputs.length * 1000) / (process.cpuUsage().user - start));
  }
}
for (const [name, perMs] of Object.entries(speed)) {
  const ratio = (speed.leadkit / perMs).toFixed(2);
  console.log(`${name.padEnd(24)} ${Math.round(perMs * 1000)} numbers/s, leadkit is ${ratio} times as fast`);
}
console.log(`compiled and loaded in ${(loaded - begin).toFixed(2)} ms, first call ${(called - loaded).toFixed(2)} ms`);
console.log(`memory ${memory.buffer.byteLength / 1024} KiB`);
for (const file of ["phone.wasm", "phone.js", "phone.pack", "phone-plain.js"]) {
  console.log(`${file.padEnd(24)} ${brotliCompressSync(bytes(`pkg/kit/${file}`)).length} bytes brotli`);
}
const ratio = speed.leadkit / speed["libphonenumber-js/max"];
if (ratio < FLOOR) {
  console.error(`slower than ${FLOOR} times libphonenumber-js/max: ${ratio.toFixed(2)}`);
  process.exitCode = 1;
}
