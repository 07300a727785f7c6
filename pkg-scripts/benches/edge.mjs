#!/usr/bin/env node
// Capture at the edge under load from a second process, in one run: ours beside the bare runtime that only inserts the same
// rows, and beside Hono with zod and libphonenumber-js/max; shards; the Inbox at a million leads; memory.
//
//   pkg-scripts/bench edge
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@libsql/client";
import { cpu, install, loader, quiet, ROOT, start } from "../edge/measure.mjs";
import { template } from "../edge/rows.mjs";
import { SITE } from "../edge/site.mjs";

const SIZE = 20;
const CONNECTIONS = 8;
const BATCHES = Number(process.env.LEADKIT_BENCH_BATCHES ?? 200);
const ROUNDS = Number(process.env.LEADKIT_BENCH_ROUNDS ?? 4);
const TOKEN = "bench-token-of-nobody";
const ENV = { LEADKIT_ADMIN_TOKEN: TOKEN, LEADKIT_SECRET: "bench" };

const folder = mkdtempSync(join(tmpdir(), "leadkit-bench-"));
const load = loader();
const started = [];
let runs = 0;
const failures = [];

try {
  await install();
  writeFileSync(join(folder, "leadkit.json"), SITE);
  let rows;
  for (const runtime of ["Node", "workerd"]) {
    const servers = { leadkit: await ours(runtime) };
    rows ??= await sample(servers.leadkit.url);
    servers.bare = await other(runtime, "bare", rows);
    servers.hono = await other(runtime, "hono", rows);
    if (runtime === "Node") servers["bare, our store"] = await other(runtime, "store", rows);
    for (const size of [SIZE, 1]) report(runtime, size, await compare(servers, size));
    await Promise.all(started.splice(0).map((server) => server.stop()));
  }
} finally {
  load.stop();
  await Promise.all(started.map((server) => server.stop()));
  rmSync(folder, { recursive: true, force: true });
}
for (const failure of failures) console.error(failure);
process.exitCode = failures.length === 0 ? 0 : 1;

/** Our own server on a runtime, with its destination held so that capture alone is measured. */
async function ours(runtime, objects = 1) {
  const place = mkdtempSync(join(folder, "ours-"));
  writeFileSync(join(place, "leadkit.json"), SITE);
  const args =
    runtime === "Node"
      ? [
          join(ROOT, "pkg/cli/main.js"),
          "serve",
          "--config",
          join(place, "leadkit.json"),
          "--db",
          join(place, "leads.db"),
          "--port",
          "0",
        ]
      : [join(ROOT, "tests/edge/workerd.mjs"), place, JSON.stringify(ENV), String(objects)];
  const server = await start(args, ENV);
  started.push(server);
  server.file = join(place, "leads.db");
  const held = await fetch(`${server.url}/v1/admin/destinations/shop/crm/pause`, {
    method: "POST",
    headers: { authorization: `Bearer ${TOKEN}` },
  });
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

/** The rows of a lead as our server has stored them. */
async function sample(url) {
  await send(url, 1, 1, 1);
  const client = createClient({ url: `file:${started[0].file}` });
  try {
    await fetch(`${url}/v1/admin/leads`, { headers: { authorization: `Bearer ${TOKEN}` } });
    return await template(client);
  } finally {
    client.close();
  }
}

async function send(url, batches, size, connections) {
  runs += 1;
  const out = await load.send({ url, run: runs, first: 0, batches, size, connections });
  if (out.leads.ok !== batches * size)
    throw new Error(`not all were stored: ${JSON.stringify(out.statuses)} ${JSON.stringify(out.leads)}`);
  return out;
}

/** Slices in turn, so that none has the quiet minutes for itself; the first only warms up. */
async function compare(servers, size) {
  const sums = Object.fromEntries(
    Object.keys(servers).map((name) => [name, { leads: 0, cpu: 0, seconds: 0, waits: [] }]),
  );
  const batches = size === 1 ? BATCHES * 4 : BATCHES;
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [name, { url, pid }] of Object.entries(servers)) {
      await quiet(pid());
      const before = cpu(pid());
      const { seconds, waits } = await send(url, batches, size, CONNECTIONS);
      await quiet(pid());
      if (round === 0) continue;
      const sum = sums[name];
      sum.leads += batches * size;
      sum.cpu += cpu(pid()) - before;
      sum.seconds += seconds;
      sum.waits.push(...waits);
    }
  }
  return sums;
}

function report(runtime, size, sums) {
  const each = (name) => (sums[name].cpu / sums[name].leads) * 1e6;
  const rate = (name) => sums[name].leads / sums[name].seconds;
  console.log(
    `${`${runtime}, leads by ${size}`.padEnd(28)}${"leads/s".padStart(10)}${"of bare".padStart(10)}${"µs CPU/lead".padStart(14)}${"of bare".padStart(10)}${"beyond".padStart(10)}`,
  );
  for (const name of Object.keys(sums)) {
    const beyond = each(name) - each("bare");
    console.log(
      `${name.padEnd(28)}${Math.round(rate(name)).toLocaleString("en").padStart(10)}${(rate(name) / rate("bare")).toFixed(2).padStart(10)}${each(name).toFixed(0).padStart(14)}${(each(name) / each("bare")).toFixed(2).padStart(10)}${beyond.toFixed(0).padStart(10)}`,
    );
  }
  console.log();
}
