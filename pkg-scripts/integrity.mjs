// Writes the hashes of what a page names itself, for `integrity` attributes, and prints the tags with them.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";

const FILES = ["leadkit.js", "leadkit.css"];

const hash = (name) =>
  `sha384-${createHash("sha384")
    .update(readFileSync(`pkg/kit/${name}`))
    .digest("base64")}`;
const entries = Object.fromEntries(FILES.map((name) => [name, hash(name)]));
writeFileSync("pkg/kit/integrity.json", `${JSON.stringify(entries, null, 2)}\n`);
console.log(`<script src="…/kit/leadkit.js" integrity="${entries["leadkit.js"]}" crossorigin="anonymous" …>
<link rel="stylesheet" href="…/kit/leadkit.css" integrity="${entries["leadkit.css"]}" crossorigin="anonymous">`);
