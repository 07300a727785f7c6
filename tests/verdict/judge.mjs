// Judges lines in the runtime that runs this: `judge.mjs FILE` with `{"config","lines"}`, an answer per line on standard output.
import { readFileSync } from "node:fs";
import process from "node:process";
import * as core from "../../pkg/wasm/edge.js";

const { config, lines } = JSON.parse(readFileSync(process.argv[2], "utf8"));
core.initSync({ module: readFileSync(new URL("../../pkg/wasm/edge.wasm", import.meta.url)) });
core.configure(config);
process.stdout.write(lines.map((line) => `${core.judge("corpus", line)}\n`).join(""));
