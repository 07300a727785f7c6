// Runs test files one after the other, and those that failed once more: `node pkg-scripts/node-tests.mjs FILE...`
// A machine that stalls for seconds makes a browser miss a deadline; a real fault fails twice. What passed only when it was
// repeated is named, because it is either a test that waits for the wrong thing or a fault that shows itself seldom.

import { spawn } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const OPTIONS = ["--test", "--test-concurrency=1", "--test-timeout=240000"];
const FILES = fileURLToPath(new URL("failed-files.mjs", import.meta.url));

/** Runs the files, and gives those with a failed test. */
async function failed(files) {
  const list = join(tmpdir(), `leadkit-failed-${process.pid}`);
  const reports = ["--test-reporter=spec", "--test-reporter-destination=stdout"];
  const names = [`--test-reporter=${FILES}`, `--test-reporter-destination=${list}`];
  const child = spawn(process.execPath, [...OPTIONS, ...reports, ...names, ...files], { stdio: "inherit" });
  const code = await new Promise((resolve) => child.on("exit", resolve));
  if (code === 0) return [];
  const named = (await readFile(list, "utf8")).split("\n").filter(Boolean);
  await rm(list, { force: true });
  // A run that ends without a failed test, as by a signal, says nothing about any file; nor does a test that stands in a file
  // that others load.
  return named.length > 0 && named.every((file) => files.includes(file)) ? named : files;
}

const first = await failed(process.argv.slice(2));
if (first.length > 0) {
  process.stdout.write(`== once more: ${first.join(" ")}\n`);
  const second = await failed(first);
  if (second.length > 0) process.exit(1);
  process.stdout.write(`PASSED ONLY WHEN REPEATED: ${first.join(" ")}\n`);
}
