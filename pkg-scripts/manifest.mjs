// Writes the SHA-256 of what the browser fetches by need, in the form of `integrity` attributes, so that it can be
// refused where it is not what was built. The declaration goes where `tsc` looks for those of the glue.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";

const FILES = [
  "countries.txt",
  "disposable.pack",
  "formats-plain.js",
  "formats.wasm",
  "free.pack",
  "judge-plain.js",
  "judge.wasm",
  "phone-plain.js",
  "phone.pack",
  "phone.wasm",
];

const entries = FILES.map((name) => {
  const hash = createHash("sha256")
    .update(readFileSync(`pkg/kit/${name}`))
    .digest("base64");
  return [name, `sha256-${hash}`];
});
writeFileSync("pkg/kit/manifest.js", `export default ${JSON.stringify(Object.fromEntries(entries), null, 2)};\n`);
const types = "target/package/types/kit";
mkdirSync(types, { recursive: true });
writeFileSync(
  `${types}/manifest.d.ts`,
  "declare const manifest: Readonly<Record<string, string>>;\nexport default manifest;\n",
);
