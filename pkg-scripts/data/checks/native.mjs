// Runs lines through the native build of check::answer: what every comparison compares with.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../../", import.meta.url));
export const cache = `${root}.cache/checks/`;

export function native(lines) {
  const input = lines.map((line) => JSON.stringify(line)).join("\n");
  const run = spawnSync("cargo", ["run", "-q", "--example", "check_lines"], {
    cwd: root,
    input,
    maxBuffer: 1 << 30,
    encoding: "utf8",
    stdio: ["pipe", "pipe", "inherit"],
  });
  if (run.status !== 0) throw new Error(`check_lines ended with ${run.status}`);
  return run.stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}

// A small generator of random numbers (mulberry32), so that every run compares the same inputs.
export function random(seed) {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}
