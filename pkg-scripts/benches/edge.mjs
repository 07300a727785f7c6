#!/usr/bin/env node
// Capture at the edge under load from a second process, in one run: ours beside the bare runtime that only inserts the same
// rows, and beside Hono with zod and libphonenumber-js/max; shards; memory; the Inbox at a million leads. Says what misses
// its limit. Takes about five minutes, and one more the first time, for the million.
//
//   pkg-scripts/bench edge
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@libsql/client";
import { CACHE, cpu, install, loader, memory, quiet, ROOT, start } from "../edge/measure.mjs";
import { million, QUESTIONS } from "../edge/million.mjs";
import { template } from "../edge/rows.mjs";
import { SITE } from "../edge/site.mjs";

/** The limits: parts of what the others do, leads a second, and milliseconds. */
const LIMITS = { ofBare: 0.8, ofHono: 2 / 3, rate: 2_000, batchMs: 10, questionMs: 50, growth: 0.1 };
const SIZE = 20;
const CONNECTIONS = 8;
const BATCHES = Number(process.env.LEADKIT_BENCH_BATCHES ?? 200);
const ROUNDS = Number(process.env.LEADKIT_BENCH_ROUNDS ?? 4);
/** How long leads come in while the memory is watched, in seconds; `soak memory` takes an hour. */
const SECONDS = Number(process.env.LEADKIT_BENCH_SECONDS ?? 20);
const TOKEN = "bench-token-of-nobody";
const ENV = { LEADKIT_ADMIN_TOKEN: TOKEN, LEADKIT_SECRET: "bench" };
const AUTHORISED = { headers: { authorization: `Bearer ${TOKEN}` } };
const PARTS = { compare, shards, memory: memoryOverTime, inbox };

const folder = mkdtempSync(join(tmpdir(), "leadkit-bench-"));
const load = loader();
const started = [];
const missed = [];
let runs = Date.now() % 30_000;

const wanted = process.env.LEADKIT_BENCH_PARTS?.split(",") ?? Object.keys(PARTS);
try {
  await install();
  for (const part of wanted) {
    await PARTS[part]();
    await Promise.all(started.splice(0).map((server) => server.stop()));
  }
} finally {
  load.stop();
  await Promise.all(started.map((server) => server.stop()));
  rmSync(folder, { recursive: true, force: true });
}
for (const line of missed) console.error(line);
process.exitCode = missed.length === 0 ? 0 : 1;

function expect(holds, line) {
  if (!holds) missed.push(line);
}

/** Our own server on a runtime, with its destination held so that capture alone is measured. */
async function ours(runtime, objects = 1, db = undefined) {
  const place = mkdtempSync(join(folder, "ours-"));
  const [config, file] = [join(place, "leadkit.json"), db ?? join(place, "leads.db")];
  writeFileSync(config, SITE);
  const args =
    runtime === "Node"
      ? [join(ROOT, "pkg/cli/main.js"), "serve", "--config", config, "--db", file, "--port", "0"]
      : [join(ROOT, "tests/edge/workerd.mjs"), place, JSON.stringify(ENV), String(objects)];
  const server = { ...(await start(args, ENV)), file };
  started.push(server);
  const held = await fetch(`${server.url}/v1/admin/destinations/shop/crm/pause`, { method: "POST", ...AUTHORISED });
  if (!held.ok) throw new Error(`the destination could not be held: ${held.status} ${await held.text()}`);
  return server;
}

async function other(runtime, kind, rows) {
  const place = mkdtempSync(join(folder, `${kind}-`));
  const [file, where] = runtime === "Node" ? ["node.mjs", join(place, "leads.db")] : ["worker.mjs", place];
  const server = await start([join(ROOT, "pkg-scripts/edge", file), kind, where, JSON.stringify(rows)]);
  started.push(server);
  return server;
}

async function send(url, batches, size, connections) {
  runs += 1;
  const out = await load.send({ url, run: runs, first: 0, batches, size, connections });
  if (out.leads.ok !== batches * size) {
    throw new Error(`not all were stored: ${JSON.stringify(out.statuses)} ${JSON.stringify(out.leads)}`);
  }
  return out;
}

async function compare() {
  let rows;
  for (const runtime of ["Node", "workerd"]) {
    const servers = { leadkit: await ours(runtime) };
    if (rows === undefined) {
      await send(servers.leadkit.url, 1, 1, 1);
      await fetch(`${servers.leadkit.url}/v1/admin/leads`, AUTHORISED);
      const client = createClient({ url: `file:${servers.leadkit.file}` });
      rows = await template(client);
      client.close();
    }
    servers.bare = await other(runtime, "bare", rows);
    servers.hono = await other(runtime, "hono", rows);
    if (runtime === "Node") servers["bare, our store"] = await other(runtime, "store", rows);
    for (const size of [SIZE, 1]) report(runtime, size, await slices(servers, size));
    await Promise.all(started.splice(0).map((server) => server.stop()));
  }
}

/** Slices in turn, so that none has the quiet minutes for itself; the first only warms up. */
async function slices(servers, size) {
  const none = () => ({ leads: 0, cpu: 0, seconds: 0, best: 0 });
  const sums = Object.fromEntries(Object.keys(servers).map((name) => [name, none()]));
  const batches = size === 1 ? BATCHES * 3 : BATCHES;
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [name, { url, pid }] of Object.entries(servers)) {
      await quiet(pid());
      const before = cpu(pid());
      const { seconds } = await send(url, batches, size, CONNECTIONS);
      await quiet(pid());
      if (round === 0) continue;
      const sum = sums[name];
      sum.leads += batches * size;
      sum.cpu += cpu(pid()) - before;
      sum.seconds += seconds;
      sum.best = Math.max(sum.best, (batches * size) / seconds);
    }
  }
  return sums;
}

function line(name, ...columns) {
  console.log(name.padEnd(30) + columns.map((text) => String(text).padStart(14)).join(""));
}

function report(runtime, size, sums) {
  const what = `${runtime}, leads by ${size}`;
  const each = (name) => (sums[name].cpu / sums[name].leads) * 1e6;
  const rate = (name) => sums[name].leads / sums[name].seconds;
  const beyond = (name) => each(name) - each("bare");
  line(what, "leads/s", "of bare", "µs CPU/lead", "beyond bare");
  for (const name of Object.keys(sums)) {
    const part = (rate(name) / rate("bare")).toFixed(2);
    line(name, Math.round(rate(name)).toLocaleString("en"), part, each(name).toFixed(0), beyond(name).toFixed(0));
  }
  const part = rate("leadkit") / rate("bare");
  expect(part >= LIMITS.ofBare, `${what}: ${part.toFixed(2)} of what the bare runtime takes, below ${LIMITS.ofBare}`);
  const [own, most] = [beyond("leadkit"), Math.max(0, beyond("hono")) * LIMITS.ofHono];
  expect(own <= most, `${what}: ${own.toFixed(0)} µs beyond the inserts, more than two thirds of Hono's`);
  if (size > 1) {
    const { best } = sums.leadkit;
    expect(best >= LIMITS.rate, `${what}: ${Math.round(best)} leads a second at best, below ${LIMITS.rate}`);
    const ms = (each("leadkit") * size) / 1000;
    line("CPU of a batch of 20", `${ms.toFixed(1)} ms`);
    expect(ms <= LIMITS.batchMs, `${what}: ${ms.toFixed(1)} ms for a batch, more than ${LIMITS.batchMs}`);
  }
  console.log();
}

/** The same load on more and more objects. In workerd on one machine all of them share a thread and a disk. */
async function shards() {
  line("workerd, leads by 20", "leads/s", "µs CPU/lead");
  for (const objects of [1, 2, 4, 8]) {
    const server = await ours("workerd", objects);
    await send(server.url, BATCHES / 2, SIZE, CONNECTIONS * 2);
    const before = cpu(server.pid());
    const { seconds } = await send(server.url, BATCHES * 2, SIZE, CONNECTIONS * 2);
    await quiet(server.pid());
    const leads = BATCHES * 2 * SIZE;
    const each = ((cpu(server.pid()) - before) / leads) * 1e6;
    line(`${objects} shards`, Math.round(leads / seconds).toLocaleString("en"), each.toFixed(0));
    await started.pop().stop();
  }
  console.log();
}

/** What a server has in use while leads come in: the last quarter of the time beside the second. */
async function memoryOverTime() {
  line(`memory over ${SECONDS} s of leads`, "second quarter", "last quarter", "leads");
  for (const runtime of ["Node", "workerd"]) {
    const server = await ours(runtime);
    await send(server.url, BATCHES, SIZE, CONNECTIONS);
    const end = performance.now() + SECONDS * 1000;
    const seen = [];
    let leads = 0;
    while (performance.now() < end) {
      await send(server.url, BATCHES / 4, SIZE, CONNECTIONS);
      leads += (BATCHES / 4) * SIZE;
      seen.push(memory(server.pid()));
    }
    const quarter = (place) => {
      const part = seen.slice(Math.floor((seen.length * place) / 4), Math.ceil((seen.length * (place + 1)) / 4));
      return part.reduce((sum, bytes) => sum + bytes, 0) / part.length;
    };
    const [before, after] = [quarter(1), quarter(3)];
    const mega = (bytes) => `${(bytes / 1_048_576).toFixed(0)} MB`;
    line(runtime, mega(before), mega(after), leads.toLocaleString("en"));
    const grown = after / before - 1;
    expect(grown <= LIMITS.growth, `${runtime}: the memory grew by ${(grown * 100).toFixed(0)} %`);
    await started.pop().stop();
  }
  console.log();
}

/** What the Inbox asks for, one question after the other. */
async function inbox() {
  mkdirSync(CACHE, { recursive: true });
  const db = await million(join(CACHE, "million.db"), async (path) => {
    const server = await ours("Node", 1, path);
    await send(server.url, 1, 1, 1);
    await started.pop().stop();
  });
  const server = await ours("Node", 1, db);
  await fetch(`${server.url}/v1/admin/leads`, AUTHORISED);
  await quiet(server.pid());
  line("the Inbox at 1,000,000 leads", "p50 ms", "p95 ms", "CPU ms");
  for (const [name, path] of Object.entries(QUESTIONS)) {
    const waits = [];
    const before = cpu(server.pid());
    for (let n = 1; n <= 60; n += 1) {
      const asked = performance.now();
      const response = await fetch(`${server.url}/v1/admin/${path(n)}`, AUTHORISED);
      await response.text();
      if (!response.ok) throw new Error(`${path(n)}: ${response.status}`);
      waits.push(performance.now() - asked);
    }
    waits.sort((a, b) => a - b);
    const [p50, p95] = [waits[30], waits[57]];
    line(name, p50.toFixed(1), p95.toFixed(1), (((cpu(server.pid()) - before) / 60) * 1000).toFixed(1));
    expect(p95 <= LIMITS.questionMs, `the Inbox, ${name}: ${p95.toFixed(0)} ms at p95, more than ${LIMITS.questionMs}`);
  }
}
