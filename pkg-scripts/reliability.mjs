// Puts the table of a long run into RELIABILITY.md: reliability.mjs NAME COMMAND SEEDS, with what the run printed as input.
// Each run has its own section between markers, so that one run changes only its own numbers.
import { readFileSync, writeFileSync } from "node:fs";
import { text } from "node:stream/consumers";

const FILE = new URL("../RELIABILITY.md", import.meta.url);
const [name, command, seeds] = process.argv.slice(2);
const table = (await text(process.stdin)).split("\n").filter((line) => line.startsWith("| "));
if (table.length < 2) {
  console.error("the run printed no table; RELIABILITY.md stays as it is");
  process.exit(1);
}
const [head, ...rows] = table;
const rule = `|${" --- |".repeat(head.split("|").length - 2)}`;
const day = new Date().toISOString().slice(0, 10);
const part = /--part (\d+)\/\d+/.exec(command)?.[1];
const marker = part === undefined ? name : `${name} ${part}`;
const section = [
  `<!-- ${marker} -->`,
  `\`${command}\` on ${day}, ${/^\d+-\d+$/.test(seeds) ? `seeds ${seeds}` : seeds}:`,
  "",
  head,
  rule,
  ...rows,
  `<!-- /${marker} -->`,
].join("\n");
const page = readFileSync(FILE, "utf8");
const before = new RegExp(`<!-- ${marker} -->[^]*?<!-- /${marker} -->`);
const place = `<!-- runs of ${name} -->`;
const next = before.test(page) ? page.replace(before, section) : page.replace(place, `${section}\n\n${place}`);
writeFileSync(FILE, next);
