// The generated leads, and what the native core makes of them.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const SEED = process.env.LEADKIT_SEED ?? "1";

/** How many leads the fast builds judge; the slow ones get a sample. */
export const LEADS = Number(process.env.LEADKIT_LEADS ?? 100_000);
export const SAMPLE = Math.min(LEADS, 5000);

/** The configuration that judges them. */
export const CONFIG = readFileSync(new URL("../conformance/judge/leadkit.json", import.meta.url), "utf8");

function generate(...args) {
  const command = ["run", "--quiet", "--release", "--example", "corpus", "--", ...args];
  const out = execFileSync("cargo", command, { cwd: ROOT, encoding: "utf8", maxBuffer: 2 ** 30 });
  return out.trimEnd().split("\n");
}

/** The lines `{"lead","known","now","verified"}`. */
export const leads = (count) => generate(String(count), SEED);

/** The verdicts of the native core: `judge` by all rules with packs, `judge-bare` by the public rules without packs. */
export const verdicts = (count, mode) => generate(String(count), SEED, mode);

/** Judges the leads again as they would be stored, and tells how many there were; throws where a verdict differs. */
export const again = (count) => Number(generate(String(count), SEED, "again")[0]);

/** A line in its parts, as text: what JavaScript reads and writes again is not always the same text. */
export function parts(line) {
  const known = line.lastIndexOf(',"known":');
  const now = line.lastIndexOf(',"now":');
  return [
    line.slice('{"lead":'.length, known),
    line.slice(known + ',"known":'.length, now),
    line.slice(now + ',"now":'.length, line.lastIndexOf(',"verified":')),
  ];
}

export const hash = (lines) => createHash("sha256").update(lines.join("\n")).digest("hex");

/** The first line that differs, for a message that helps. */
export function difference(lines, ours, theirs) {
  const index = ours.findIndex((line, at) => line !== theirs[at]);
  return index < 0 ? undefined : { seed: SEED, index, lead: lines[index], expected: ours[index], found: theirs[index] };
}
