#!/usr/bin/env node
// Bytes after brotli of what one ships for the same checks, each bundled and minified by esbuild as for a page; then what
// a customer of ours loads, against size-budget.json.
//
//   pkg-scripts/bench size
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { brotliCompressSync } from "node:zlib";
import { bytes, cache, install, root } from "../rivals.mjs";

install();
const { build } = createRequire(root)("esbuild");

async function bundle(code) {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: cache },
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    target: "es2020",
    legalComments: "none",
    logLevel: "error",
  });
  return brotliCompressSync(outputFiles[0].contents).length;
}
const ours = (...files) => files.reduce((sum, file) => sum + brotliCompressSync(bytes(`pkg/kit/${file}`)).length, 0);
const validators = "isEmail isVAT isIBAN isPostalCode isURL".split(" ");
const validator = validators.map((name) => `export { default as ${name} } from "validator/es/lib/${name}";`).join("\n");
const ALL_VAT = 'export { checkVAT, countries } from "jsvat";';
const SPELLING = 'export { default } from "@zootools/email-spell-checker";';
const RIVALS = {
  "libphonenumber-js/min": 'export { parsePhoneNumberFromString } from "libphonenumber-js/min";',
  "libphonenumber-js/max": 'export { parsePhoneNumberFromString } from "libphonenumber-js/max";',
  "google-libphonenumber": 'export { PhoneNumberUtil } from "google-libphonenumber";',
  "validator, five checks": validator,
  "zod, object and e-mail": 'import { z } from "zod"; export const s = z.object({ e: z.email() });',
  "valibot, object and e-mail":
    'import * as v from "valibot"; export const s = v.object({ e: v.pipe(v.string(), v.email()) }); export const p = v.safeParse;',
  "email-spell-checker": SPELLING,
  jsvat: ALL_VAT,
};
const OURS = {
  "leadkit phone, code and all tables": ours("phone.wasm", "phone.js"),
  "leadkit formats, with countries": ours("formats.wasm", "formats.js", "countries.txt"),
  "leadkit lists of mail hosts": ours("disposable.pack", "free.pack"),
  "leadkit embed core (forms, e-mail, outbox)": ours("embed.wasm", "embed.js"),
};

const line = (name, size, ratio = "") => console.log(name.padEnd(50) + size.toLocaleString("en").padStart(10) + ratio);
console.log(`${"bytes after brotli".padEnd(50)}`);
for (const [name, size] of Object.entries(OURS)) line(name, size);
for (const [name, code] of Object.entries(RIVALS)) line(name, await bundle(code));
console.log("");

const stack = await bundle(
  [
    'export { z } from "zod";',
    'export { parsePhoneNumberFromString } from "libphonenumber-js/max";',
    validator,
    ALL_VAT,
    SPELLING.replace("default", "default as spelling"),
  ].join("\n"),
);
const all = ours("embed.wasm", "embed.js", "phone.wasm", "phone.js", "formats.wasm", "formats.js", "countries.txt");
line("zod, libphonenumber-js/max, validator, jsvat, email-spell-checker", stack);
line("leadkit embed core, phone, formats", all, `   ${(all / stack).toFixed(2)} x`);
const google = await bundle(RIVALS["google-libphonenumber"]);
const max = await bundle(RIVALS["libphonenumber-js/max"]);
const phone = OURS["leadkit phone, code and all tables"];
console.log(
  `phone: ${(phone / max).toFixed(2)} of libphonenumber-js/max, ${(phone / google).toFixed(2)} of google-libphonenumber`,
);
console.log("");

const sizes = spawnSync("node", ["pkg-scripts/size.mjs"], { cwd: root, encoding: "utf8" });
process.stdout.write(sizes.stdout);
process.stderr.write(sizes.stderr);
process.exitCode = sizes.status ?? 1;
