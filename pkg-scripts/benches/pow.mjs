#!/usr/bin/env node
// Hashes per second of proof of work, by the time of the processor, one run: our modules against altcha-lib, mCaptcha and
// friendly-challenge.
// Fails where ours do fewer than FLOOR. Machines differ and are busy: compare the ratios.
//
//   pkg-scripts/bench pow
import { readFileSync } from "node:fs";
import { file, install, load, loadCommon, ours } from "../../tests/pow/rivals.mjs";

const FLOOR = { pow: 1e6, "pow-simd": 3e6 };
const ROUNDS = 5;

install();
const salt = "a1b2c3d4e5f60718293a4b5c?expires=1800000000&";
const impossible = { algorithm: "SHA-256", challenge: "00".repeat(32), salt, maxnumber: 1e9, signature: "" };

const runs = [];
for (const name of Object.keys(FLOOR)) {
  const module = await ours(name);
  if (module === undefined) throw new Error(`${name} is not built: pkg-scripts/build --only-wasm ${name}`);
  const text = JSON.stringify(impossible);
  runs.push({ name, run: (count) => void module.solve(text, 100_000, count), count: 1_000_000 });
}

const altcha = await load("altcha-lib/v1");
const solve = (count) => altcha.solveChallenge(impossible.challenge, salt, "SHA-256", 100_000 + count, 100_000).promise;
runs.push({ name: "altcha-lib v1", run: solve, count: 30_000 });

const glue = await import(file("@mcaptcha/pow-wasm/pow_wasm_bg.js"));
const mcaptcha = new WebAssembly.Module(readFileSync(file("@mcaptcha/pow-wasm/pow_wasm_bg.wasm")));
glue.__wbg_set_wasm(new WebAssembly.Instance(mcaptcha, { "./pow_wasm_bg.js": glue }).exports);
let phrase = 0;
const mine = () => {
  phrase += 1;
  return Number(JSON.parse(glue.gen_pow(salt, `phrase ${phrase}`, 150_000)).nonce);
};
runs.push({ name: "mCaptcha", run: mine, count: 0 });

const { getWasmSolver } = loadCommon("friendly-pow/node/api/wasm");
const friendly = await getWasmSolver(new WebAssembly.Module(readFileSync(file("friendly-pow/wasm/optimized.wasm"))));
runs.push({ name: "friendly-challenge", run: (count) => void friendly(new Uint8Array(128), 0, count), count: 500_000 });

// The rounds take turns, so that a busy moment of the machine meets everyone.
const best = new Map(runs.map(({ name }) => [name, 0]));
for (let round = 0; round < ROUNDS; round += 1) {
  for (const { name, run, count } of runs) {
    const start = process.cpuUsage();
    const done = (await run(count)) ?? count;
    const { user, system } = process.cpuUsage(start);
    const rate = (count === 0 ? done : count) / ((user + system) / 1e6);
    best.set(name, Math.max(best.get(name), rate));
  }
}

const ratio = (name) => Object.keys(FLOOR).map((our) => (best.get(our) / best.get(name)).toFixed(2).padStart(10));
console.log(
  `${"".padEnd(20)}${"hashes/s".padStart(12)}${Object.keys(FLOOR)
    .map((our) => `${our} is`.padStart(12))
    .join("")}`,
);
for (const [name, rate] of best) {
  console.log(
    `${name.padEnd(20)}${Math.round(rate).toLocaleString("en").padStart(12)} ${ratio(name)
      .map((text) => `${text}×`)
      .join(" ")}`,
  );
}
const slow = Object.entries(FLOOR).filter(([name, floor]) => best.get(name) < floor);
for (const [name, floor] of slow) console.error(`${name} must do ${floor.toLocaleString("en")} hashes a second`);
process.exitCode = slow.length === 0 ? 0 : 1;
