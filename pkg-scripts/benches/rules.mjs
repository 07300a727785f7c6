#!/usr/bin/env node
// Leads per second under 20 rules in JSON Logic, one thread, one run: our Wasm against json-logic-engine (interpreted and
// compiled), json-logic-js and json-rules-engine. All read their rules and data before the clock starts, and all have to
// come to the same counts. Fails below the floors. Counted is the time of the processor, in alternating slices.
//
//   pkg-scripts/bench rules
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";

const RIVALS = ["json-logic-engine@5.0.7", "json-logic-js@2.0.5", "json-rules-engine@7.3.1"];
/** How many times as fast as each rival ours has to be. */
const FLOORS = { "json-logic-engine, interpreted": 1, "json-rules-engine": 50 };
/** How many leads a second ours has to judge. */
const LEAST = 250_000;
const LEADS = 20_000;
const ROUNDS = 10;
const root = new URL("../../", import.meta.url);
const cache = new URL(".cache/rules-bench/", root);

if (!existsSync(new URL("node_modules/json-rules-engine/", cache))) {
  mkdirSync(cache, { recursive: true });
  const options = { cwd: cache, stdio: ["ignore", "ignore", "inherit"] };
  execFileSync(
    "npm",
    ["install", "--prefix", ".", "--no-save", "--no-package-lock", "--loglevel=error", ...RIVALS],
    options,
  );
}
const require = createRequire(cache);
const { LogicEngine } = require("json-logic-engine");
const jsonLogic = require("json-logic-js");
const { Engine } = require("json-rules-engine");

// Each rule twice: in JSON Logic, and in the words of json-rules-engine, where it has them.
const at = (path) => ({ var: path });
const is = (fact, operator, value) => ({ all: [{ fact, operator, value }] });
const TABLE = [
  [{ ">=": [at("employees"), 50] }, is("employees", "greaterThanInclusive", 50)],
  [{ "<": [at("employees"), 10] }, is("employees", "lessThan", 10)],
  [{ "==": [at("country"), "DE"] }, is("country", "equal", "DE")],
  [{ in: [at("country"), ["DE", "AT", "CH"]] }, is("country", "in", ["DE", "AT", "CH"])],
  [{ "!=": [at("role"), "student"] }, is("role", "notEqual", "student")],
  [{ "==": [at("role"), "head"] }, is("role", "equal", "head")],
  [{ ">": [at("pages"), 3] }, is("pages", "greaterThan", 3)],
  [{ ">": [at("visits"), 1] }, is("visits", "greaterThan", 1)],
  [{ "==": [at("free"), true] }, is("free", "equal", true)],
  [{ "==": [at("free"), false] }, is("free", "equal", false)],
  [{ ">=": [at("budget"), 1000] }, is("budget", "greaterThanInclusive", 1000)],
  [{ ">=": [at("budget"), 10000] }, is("budget", "greaterThanInclusive", 10000)],
  [{ "==": [at("line"), "women"] }, is("line", "equal", "women")],
  [{ "==": [at("line"), "men"] }, is("line", "equal", "men")],
  [
    { and: [{ ">=": [at("employees"), 50] }, { "==": [at("country"), "DE"] }] },
    { all: [...is("employees", "greaterThanInclusive", 50).all, ...is("country", "equal", "DE").all] },
  ],
  [
    { or: [{ ">": [at("pages"), 8] }, { ">": [at("visits"), 4] }] },
    { any: [...is("pages", "greaterThan", 8).all, ...is("visits", "greaterThan", 4).all] },
  ],
  [{ "<": [at("seconds"), 3] }, is("seconds", "lessThan", 3)],
  [{ ">": [at("seconds"), 60] }, is("seconds", "greaterThan", 60)],
  [
    { and: [{ "==": [at("free"), false] }, { ">": [at("pages"), 2] }, { "!=": [at("role"), "student"] }] },
    {
      all: [
        ...is("free", "equal", false).all,
        ...is("pages", "greaterThan", 2).all,
        ...is("role", "notEqual", "student").all,
      ],
    },
  ],
  [{ in: [at("channel"), ["ad", "fair"]] }, is("channel", "in", ["ad", "fair"])],
];

let state = 7;
const below = (end) => {
  state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
  return (state >>> 8) % end;
};
const of = (...items) => items[below(items.length)];
const leads = Array.from({ length: LEADS }, () => ({
  employees: below(200),
  country: of("DE", "AT", "FR", "US"),
  role: of("head", "student", "buyer"),
  pages: below(12),
  visits: below(6),
  free: below(2) === 0,
  budget: below(20_000),
  line: of("women", "men", "other"),
  seconds: below(120),
  channel: of("form", "ad", "fair", "phone"),
}));
const rules = TABLE.map(([logic]) => logic);

const { initSync, Rules } = await import(new URL("pkg/wasm/cli.js", root).href);
initSync({ module: readFileSync(new URL("pkg/wasm/cli.wasm", root)) });
const ours = new Rules(JSON.stringify(rules), leads.map((lead) => JSON.stringify(lead)).join("\n"));

const interpreted = new LogicEngine();
const compiled = rules.map((rule) => new LogicEngine().build(rule));
const rivals = new Engine(
  TABLE.map(([, conditions], index) => ({ conditions, event: { type: String(index) } })),
  { allowUndefinedFacts: true },
);

// Lead by lead, as leads come: each goes through all rules before the next.
const count = (holds) => {
  const counts = rules.map(() => 0);
  for (const lead of leads) {
    for (let index = 0; index < rules.length; index += 1) if (holds(rules[index], lead, index)) counts[index] += 1;
  }
  return counts;
};
const SLOW = "json-rules-engine";
const runs = {
  "ours, Wasm": () => JSON.parse(ours.count()),
  "json-logic-engine, interpreted": () => count((rule, lead) => interpreted.run(rule, lead)),
  "json-logic-engine, compiled": () => count((_, lead, index) => compiled[index](lead)),
  "json-logic-js": () => count((rule, lead) => jsonLogic.apply(rule, lead)),
  [SLOW]: async () => {
    const counts = rules.map(() => 0);
    // A tenth of the leads: it is that much slower.
    for (const lead of leads.slice(0, LEADS / 10)) {
      for (const { type } of (await rivals.run(lead)).events) counts[Number(type)] += 1;
    }
    return counts;
  },
};

// The time of the processor, not of the clock: what else the machine does is not counted. Each gets a slice in turn, so that
// none has the quiet minutes for itself, and the first round only warms up.
const spent = new Map(Object.keys(runs).map((name) => [name, { leads: 0, seconds: 0 }]));
const counted = new Map();
for (let round = 0; round <= ROUNDS; round += 1) {
  for (const [name, run] of Object.entries(runs)) {
    const start = process.cpuUsage();
    counted.set(name, await run());
    const { user, system } = process.cpuUsage(start);
    if (round === 0) continue;
    const sum = spent.get(name);
    sum.leads += name === SLOW ? LEADS / 10 : LEADS;
    sum.seconds += (user + system) / 1e6;
  }
}
for (const [name, counts] of counted) {
  if (name !== SLOW) assert.deepEqual(counts, counted.get("ours, Wasm"), name);
}

const rates = new Map([...spent].map(([name, sum]) => [name, sum.leads / sum.seconds]));
const rate = rates.get("ours, Wasm");
console.log(`${"20 rules in JSON Logic".padEnd(34)}${"leads/s".padStart(12)}${"ours is".padStart(12)}`);
for (const [name, each] of rates) {
  console.log(
    `${name.padEnd(34)}${Math.round(each).toLocaleString("en").padStart(12)}${`${(rate / each).toFixed(2)} x`.padStart(12)}`,
  );
}
const slow = Object.entries(FLOORS).filter(([name, floor]) => rate / rates.get(name) < floor);
for (const [name, floor] of slow) console.error(`ours is not ${floor} times as fast as ${name}`);
if (rate < LEAST) console.error(`ours is below ${LEAST} leads a second`);
process.exitCode = slow.length === 0 && rate >= LEAST ? 0 : 1;
