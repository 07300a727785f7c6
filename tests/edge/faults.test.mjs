// Faults of receivers, of the disk, of the clock and of upgrades: what was acknowledged is stored and arrives.
import assert from "node:assert/strict";
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { startCore } from "../../pkg/edge/core.js";
import { LibsqlStore } from "../../pkg/edge/libsql.js";
import { admin, batch, item, post, receiver } from "./client.mjs";
import { config, start, until } from "./runtime.mjs";

const core = startCore(readFileSync(new URL("../../pkg/wasm/edge.wasm", import.meta.url)));
const migrations = JSON.parse(core.migrations());
const here = () => mkdtempSync(join(tmpdir(), "leadkit-faults-"));
const clean = (folder) => rmSync(folder, { recursive: true, force: true });

/** A page: sends its leads until each is answered, whatever happens to the edge. */
function page(address) {
  const page = { sent: 0, acknowledged: new Set(), running: true };
  const send = async (items) => {
    for (;;) {
      try {
        const { status, body } = await post(address(), batch(items));
        if (status === 200 && body.r.every(({ s }) => s === "ok" || s === "dup")) break;
      } catch {
        // Nobody was there; the page tries again.
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    for (const { id } of items) page.acknowledged.add(id);
  };
  page.ended = (async () => {
    while (page.running) {
      const items = [item(), item()];
      page.sent += items.length;
      await send(items);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  })();
  page.stop = async () => {
    page.running = false;
    await page.ended;
  };
  return page;
}

async function counted(url) {
  const { body } = await admin(url, "destinations?site=shop");
  const sum = {};
  for (const { states } of body.destinations) {
    for (const [state, n] of Object.entries(states)) sum[state] = (sum[state] ?? 0) + n;
  }
  return sum;
}

const total = (states) => Object.values(states).reduce((sum, n) => sum + n, 0);

test("each way in which a receiver can answer has its end, and no way stops another", async () => {
  const hook = await receiver();
  const garbage = createServer((socket) => socket.on("error", () => undefined).end("not TLS at all\r\n\r\n"));
  await new Promise((resolve) => garbage.listen(0, "127.0.0.1", resolve));
  const bomb = gzipSync(Buffer.alloc(50_000_000));
  const at = (status, headers) => ({ status, headers });
  /** What is answered, and what becomes of the delivery after the first attempt. */
  const cases = {
    ok: [at(200), "done"],
    created: [at(201), "done"],
    empty: [at(204), "done"],
    moved: [at(301, { location: "/ok" }), "due"],
    found: [at(307, { location: "/ok" }), "due"],
    bad: [at(400), "dead"],
    unauthorised: [at(401), "parked"],
    forbidden: [at(403), "parked"],
    missing: [at(404), "dead"],
    timeout: [at(408), "due"],
    conflict: [at(409), "dead"],
    gone: [at(410), "dead"],
    large: [at(413), "dead"],
    unfit: [at(422), "dead"],
    early: [at(425), "due"],
    often: [at(429), "due"],
    seconds: [at(429, { "retry-after": "3600" }), "due", 3_600_000],
    date: [at(503, { "retry-after": new Date(Date.now() + 7_200_000).toUTCString() }), "due", 7_100_000],
    nonsense: [at(429, { "retry-after": "soon" }), "due"],
    negative: [at(429, { "retry-after": "-5" }), "due"],
    enormous: [at(429, { "retry-after": "1000000000" }), "due", 86_400_000],
    broken: [at(500), "due"],
    gateway: [at(502), "due"],
    unavailable: [at(503), "due"],
    late: [at(504), "due"],
    reset: ["cut", "due"],
    endless: [{ status: 200, body: "x".repeat(5_000_000) }, "done"],
    bomb: [{ status: 200, headers: { "content-encoding": "gzip" }, body: bomb }, "done"],
    liar: [{ status: 200, headers: { "content-encoding": "gzip" }, body: "no gzip" }, undefined],
    tls: [null, "due"],
    nobody: [null, "due"],
  };
  hook.answer(({ path }) => cases[path.slice(1)][0]);
  const urls = { tls: `https://127.0.0.1:${garbage.address().port}/`, nobody: "http://127.0.0.1:1/" };
  const destinations = Object.fromEntries(
    Object.keys(cases).map((name) => [name, { type: "webhook", url: urls[name] ?? `${hook.url}/${name}` }]),
  );
  const edge = await start("node", { config: { ...config(), destinations } });
  const begun = Date.now();
  const lead = item();
  await post(edge.url, batch([lead]));
  const read = async () => (await admin(edge.url, `leads/shop/${lead.id}`)).body.deliveries;
  const tried = ({ state, status, error }) =>
    state !== "leased" && (state !== "due" || status !== null || error !== null);
  const deliveries = await until(
    async () => {
      const all = await read();
      return all.every(tried) && all;
    },
    "an attempt at each",
    60_000,
  );
  for (const { destination, state, due, reason } of deliveries) {
    const [, expected, wait] = cases[destination];
    assert.ok(
      expected === undefined ? ["done", "due"].includes(state) : state === expected,
      `${destination} is ${state}`,
    );
    assert.ok(state !== "dead" || reason, `${destination} is dead without a reason`);
    if (wait !== undefined) assert.ok(due - begun >= wait, `${destination} comes again after ${due - begun} ms`);
  }
  assert.equal(deliveries.length, Object.keys(cases).length);
  assert.equal((await post(edge.url, batch([item()]))).status, 200);
  await edge.stop();
  garbage.close();
  await hook.stop();
});

test("two runners on one file deliver each lead once", async () => {
  const folder = here();
  const hook = await receiver();
  const edges = [await start("node", { folder, hook: hook.url }), await start("node", { folder, hook: hook.url })];
  for (let at = 0; at < 30; at += 1) {
    const { body } = await post(edges[at % 2].url, batch([item(), item()]));
    assert.deepEqual(
      body.r.map(({ s }) => s),
      ["ok", "ok"],
    );
  }
  await until(async () => (await counted(edges[0].url)).done === 120, "every delivery", 120_000);
  const ids = hook.taken.map(({ headers }) => headers["webhook-id"]);
  assert.equal(new Set(ids).size, 120);
  assert.equal(ids.length, 120, "a lease is held by one runner");
  for (const edge of edges) await edge.stop();
  await hook.stop();
  clean(folder);
});

test("a write-ahead log that was torn keeps what was acknowledged, and each lead with its deliveries", async () => {
  const folder = here();
  const edge = await start("node", { folder });
  const leads = [];
  for (let at = 0; at < 20; at += 1) {
    const one = item();
    await post(edge.url, batch([one]));
    leads.push(one.id);
  }
  await edge.kill();
  const log = join(folder, "leads.db-wal");
  assert.ok(existsSync(log));
  const whole = statSync(log).size;
  // A write that a power cut stopped in its middle; then logs that end somewhere.
  const torn = [
    () => appendFileSync(log, Buffer.alloc(3_000, 7)),
    ...[0.9, 0.5, 0.1, 0.001].map((part) => () => truncateSync(log, Math.floor(whole * part))),
  ];
  for (const [place, tear] of torn.entries()) {
    const copy = here();
    cpSync(folder, copy, { recursive: true });
    tear();
    const again = await start("node", { folder });
    const states = await counted(again.url);
    const { body } = await admin(again.url, "leads?limit=200");
    assert.equal(total(states), body.leads.length * 3, "leads times destinations are deliveries");
    if (place === 0) assert.equal(body.leads.length, leads.length);
    assert.equal((await post(again.url, batch([item()]))).body.r[0].s, "ok");
    await again.kill();
    clean(folder);
    cpSync(copy, folder, { recursive: true });
    clean(copy);
  }
  clean(folder);
});

test("a full disk refuses new leads with a time to come again, and loses none", async () => {
  const folder = here();
  const first = await start("node", { folder });
  const kept = item();
  await post(first.url, batch([kept]));
  await first.stop();
  const size = Math.ceil(statSync(join(folder, "leads.db")).size / 1024) + 600;
  const shell = `trap '' XFSZ; ulimit -f ${size}; exec "$0" "$@"`;
  const full = await start("node", { folder, wrap: ["bash", "-c", shell] });
  const big = () => item({ ...item().data, message: "x".repeat(5_000) });
  const acknowledged = [];
  let refused;
  for (let at = 0; at < 2_000 && refused === undefined; at += 1) {
    const one = big();
    const answer = await post(full.url, batch([one]));
    if (answer.status === 200) acknowledged.push(one.id);
    else refused = answer;
  }
  assert.equal(refused?.status, 503);
  assert.ok(refused.body.after_ms > 0);
  assert.ok(acknowledged.length > 0);
  await full.kill();
  const again = await start("node", { folder });
  for (const id of [kept.id, ...acknowledged])
    assert.equal((await admin(again.url, `leads/shop/${id}`)).status, 200, id);
  assert.equal((await post(again.url, batch([big()]))).body.r[0].s, "ok");
  await again.stop();
  clean(folder);
});

test("a clock that jumps back and forth loses nothing and delivers nothing twice", async () => {
  const folder = here();
  const hook = await receiver();
  const clock = join(folder, "clock");
  const skew = join(folder, "skew.mjs");
  writeFileSync(clock, "0");
  writeFileSync(
    skew,
    `import { readFileSync } from "node:fs";\nconst real = Date.now;\nDate.now = () => real() + Number(readFileSync(${JSON.stringify(clock)}, "utf8"));\n`,
  );
  const env = { NODE_OPTIONS: `--import=${pathToFileURL(skew)}` };
  const edge = await start("node", { folder, hook: hook.url, env });
  let sent = 0;
  for (const jump of [0, 86_400_000, -86_400_000, 3_600_000, -31_536_000_000, 0]) {
    writeFileSync(clock, String(jump));
    const items = [item(), item(), item()];
    sent += items.length;
    assert.ok((await post(edge.url, batch(items))).body.r.every(({ s }) => s === "ok"));
  }
  await edge.stop();
  const again = await start("node", { folder, hook: hook.url });
  const ids = () => new Set(hook.taken.map(({ headers }) => headers["webhook-id"])).size;
  // What was due by a clock that ran ahead waits for that time, unless a person does not.
  const replay = { method: "POST", body: JSON.stringify({ states: ["due", "leased"] }) };
  await until(
    async () => {
      for (const name of ["crm", "women"]) await admin(again.url, `destinations/shop/${name}/replay`, replay);
      return ids() === sent * 2;
    },
    "every delivery",
    120_000,
  );
  await again.stop();
  await hook.stop();
  clean(folder);
});

test("an upgrade loses no lead while requests come in: the old process ends, the new one goes on with its file", async () => {
  const folder = here();
  const hook = await receiver();
  let edge = await start("node", { folder, hook: hook.url });
  const pages = Array.from({ length: 4 }, () => page(() => edge.url));
  const progress = () => pages.reduce((sum, { acknowledged }) => sum + acknowledged.size, 0);
  for (let upgrade = 0; upgrade < 3; upgrade += 1) {
    const before = progress();
    await until(() => progress() >= before + 8, "leads", 60_000);
    const old = edge;
    // The new process starts beside the old one, as in a rolling upgrade, or after it.
    if (upgrade % 2 === 0) edge = await start("node", { folder, hook: hook.url });
    await old.stop();
    if (upgrade % 2 === 1) edge = await start("node", { folder, hook: hook.url });
  }
  for (const each of pages) await each.stop();
  const sent = pages.reduce((sum, { sent }) => sum + sent, 0);
  assert.equal(progress(), sent);
  const states = await until(
    async () => {
      const states = await counted(edge.url);
      return states.done === sent * 2 && states;
    },
    "every delivery",
    150_000,
  );
  assert.equal(total(states), sent * 3);
  assert.equal(new Set(hook.taken.map(({ headers }) => headers["webhook-id"])).size, sent * 2);
  await edge.stop();
  await hook.stop();
  clean(folder);
});

test("a newer schema comes under a running process, which goes on; it does not start again on what it does not know", async () => {
  const folder = here();
  const edge = await start("node", { folder });
  const pages = [page(() => edge.url), page(() => edge.url)];
  const progress = () => pages.reduce((sum, { acknowledged }) => sum + acknowledged.size, 0);
  await until(() => progress() >= 4, "leads", 60_000);
  const newer = [...migrations, ["ALTER TABLE lead ADD COLUMN later TEXT", "CREATE TABLE later(a TEXT)"]];
  const store = await LibsqlStore.open({ url: join(folder, "leads.db") }, newer);
  const before = progress();
  await until(() => progress() >= before + 8, "leads after it", 60_000);
  for (const each of pages) await each.stop();
  const [[{ n }]] = await store.batch([{ sql: "SELECT count(*) AS n FROM lead", args: [] }]);
  store.close();
  assert.equal(n, progress());
  await edge.stop();
  await assert.rejects(start("node", { folder }), /ended/);
  clean(folder);
});
