// Capture and transfer on a virtual clock, with the real core and real SQL: chance decides when leads come, what receivers
// say, when the storage fails and when everything stops. LEADKIT_SEED runs one seed, LEADKIT_SEEDS says how many.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { startCore } from "../../pkg/edge/core.js";
import { Driver } from "../../pkg/edge/driver.js";
import { runsOf } from "../../pkg/edge/host.js";
import { batch } from "./client.mjs";

const DAY = 86_400_000;
const START = 1_795_325_565_676;
const DESTINATIONS = ["a", "b"];
/** How often a lost wake-up is found. The hosts do it more often; rarely is enough here, and leaves time for more seeds. */
const SWEEP = 900_000;

const core = startCore(readFileSync(new URL("../../pkg/wasm/edge.wasm", import.meta.url)));
const migrations = JSON.parse(core.migrations());
const site = JSON.stringify({
  site: { id: "s", origins: [] },
  forms: { f: { fields: [{ name: "x", type: "text" }] } },
  destinations: Object.fromEntries(
    DESTINATIONS.map((name) => [name, { type: "webhook", url: `https://${name}.example.com/` }]),
  ),
});

/** mulberry32: small, seeded, the same everywhere. */
function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

class World {
  constructor(seed) {
    this.chance = random(seed);
    this.now = START;
    this.events = [];
    this.epoch = 0;
    this.crashes = 0;
    this.healed = false;
    this.requests = new Map();
    this.sent = new Map();
    this.acknowledged = new Set();
    this.db = new DatabaseSync(":memory:");
    for (const statements of migrations) for (const sql of statements) this.db.exec(sql);
    this.statements = new Map();
    this.start();
  }

  at(time, run) {
    this.events.push({ at: Math.max(time, this.now), run });
  }

  pick(list) {
    return list[Math.floor(this.chance() * list.length)];
  }

  hex(digits) {
    return Array.from({ length: digits }, () => this.pick([..."0123456789abcdef"])).join("");
  }

  /** A process starts: it knows nothing but what is stored, and wakes every object. */
  start() {
    const epoch = ++this.epoch;
    const alive = (run) => (this.epoch === epoch ? run() : new Promise(() => undefined));
    const timers = new Map();
    const wake = (object, at) => {
      const known = timers.get(object);
      if (known !== undefined && known <= at) return;
      timers.set(object, at);
      this.at(at, () => {
        if (this.epoch !== epoch || timers.get(object) !== at) return;
        timers.delete(object);
        this.driver.wake(object).catch(() => wake(object, this.now + 1000));
      });
    };
    const host = {
      sql: async (_object, statements, due) => {
        if (this.chance() < this.trouble) throw new Error("storage");
        this.mayCrash();
        return alive(() => {
          const rows = this.transaction(statements);
          this.mayCrash();
          // A crash after the write loses the answer, not the write.
          return alive(() => {
            if (due !== undefined) wake("s/0", due);
            return rows;
          });
        });
      },
      fetch: (request) => alive(() => this.receive(request, alive)),
      now: () => this.now,
      entropy: () => this.hex(64),
      wake: (object, at) => {
        // Now and then a wake-up is lost; the sweep finds what it was for.
        if (this.chance() >= this.trouble) wake(object, at);
      },
      asset: async () => undefined,
      log: () => undefined,
      env: () => undefined,
    };
    this.driver = new Driver(core, host, { sites: [site] });
    const sweep = () => {
      if (this.epoch !== epoch) return;
      for (const object of this.driver.objects()) wake(object, this.now);
      if (this.pending()) this.at(this.now + SWEEP, sweep);
    };
    sweep();
  }

  get trouble() {
    return this.healed ? 0 : 0.03;
  }

  mayCrash() {
    if (!this.healed && this.chance() < 0.01) {
      this.crashes += 1;
      this.epoch += 1;
      this.at(this.now + this.chance() * 5000, () => this.start());
    }
  }

  prepare(sql) {
    let statement = this.statements.get(sql);
    if (statement === undefined) {
      statement = this.db.prepare(sql);
      this.statements.set(sql, statement);
    }
    return statement;
  }

  transaction(statements) {
    this.db.exec("BEGIN IMMEDIATE");
    try {
      const rows = statements.map((each) => runsOf(each).flatMap((args) => this.prepare(each.sql).all(...args)));
      this.db.exec("COMMIT");
      return rows.map((list) => list.map((row) => ({ ...row })));
    } catch (error) {
      this.db.exec("ROLLBACK");
      throw error;
    }
  }

  pending() {
    const [{ open }] = this.prepare("SELECT count(*) AS open FROM delivery WHERE due IS NOT NULL").all();
    return open > 0 || this.acknowledged.size < this.sent.size || this.now < START + 600_000;
  }

  /** A receiver in one of its moods. */
  receive(request, alive) {
    this.mayCrash();
    const id = Object.fromEntries(request.headers)["webhook-id"];
    const log = this.requests.get(id) ?? [];
    this.requests.set(id, log);
    const reply = this.reply();
    const { answer, delay } = reply;
    log.push({ at: this.now, ended: this.now + delay, until: reply.until ?? 0, taken: reply.status === 200 });
    return new Promise((resolve) => {
      this.at(this.now + delay, () => void alive(() => resolve(answer)));
    });
  }

  reply() {
    const answer = (status, headers = []) => ({ status, headers, body: "" });
    const delay = Math.floor(this.chance() * (this.chance() < 0.1 ? 20_000 : 300));
    const lot = this.healed ? 0 : this.chance();
    if (lot < 0.45) return { status: 200, answer: answer(200), delay };
    if (lot < 0.75) return { answer: { error: "timeout" }, delay: 20_000 };
    if (lot < 0.8) {
      const wait = Math.floor(this.chance() * 7200);
      const until = this.now + delay + wait * 1000;
      return { answer: answer(429, [["retry-after", String(wait)]]), delay, until };
    }
    if (lot < 0.97) return { answer: answer(this.pick([500, 503, 301, 408])), delay };
    return { answer: answer(this.pick([400, 401, 410])), delay };
  }

  /** A page sends a lead again and again until it is answered. */
  page() {
    const id = `${this.hex(8)}-${this.hex(4)}-7${this.hex(3)}-8${this.hex(3)}-${this.hex(12)}`;
    const lead = { id, at: this.now, form: "f", data: { x: this.hex(6) } };
    this.sent.set(id, lead);
    const send = async () => {
      const text = JSON.stringify(batch([lead], { k: "s" }));
      const incoming = { method: "POST", url: "http://edge/v1/leads", headers: [["content-type", "text/plain"]] };
      let answered = false;
      this.at(this.now + 15_000, () => {
        if (!answered) void send();
      });
      const outgoing = await this.driver.handle(incoming, new TextEncoder().encode(text));
      if (outgoing.status !== 200) return;
      answered = true;
      const [{ s }] = JSON.parse(outgoing.body).r;
      assert.ok(s === "ok" || s === "dup", s);
      this.acknowledged.add(id);
    };
    void send();
  }

  async run(until) {
    for (;;) {
      this.events.sort((a, b) => a.at - b.at);
      const next = this.events[0];
      if (next === undefined || next.at > until) break;
      this.events.shift();
      this.now = Math.max(this.now, next.at);
      next.run();
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.now = until;
  }
}

async function simulate(seed) {
  const world = new World(seed);
  const leads = 1 + Math.floor(world.chance() * 12);
  for (let count = 0; count < leads; count += 1) {
    world.at(START + Math.floor(world.chance() * 600_000), () => world.page());
  }
  await world.run(START + (world.chance() < 0.2 ? 8 * DAY : 3_600_000));
  world.healed = true;
  world.start();
  await world.run(world.now + 9 * DAY);

  const rows = world.prepare("SELECT * FROM delivery").all();
  const stored = world.prepare("SELECT id FROM lead").all();
  assert.equal(world.acknowledged.size, world.sent.size, "every page was answered in the end");
  assert.deepEqual(new Set(stored.map(({ id }) => id)), new Set(world.sent.keys()), "every lead is stored once");
  assert.equal(rows.length, world.sent.size * DESTINATIONS.length, "leads times destinations are deliveries");
  assert.equal(
    world.prepare("SELECT count(*) AS n FROM entry").all()[0].n,
    stored.length,
    "the index knows every lead",
  );
  assert.equal(world.prepare("SELECT count(*) AS n FROM feed").all()[0].n, 0, "nothing waits for the index");
  const attempts = world.prepare("SELECT ended_at FROM attempt WHERE lead=? AND destination=? AND status=429");
  for (const row of rows) {
    const requests = world.requests.get(`${row.lead}:${row.destination}`) ?? [];
    const taken = requests.some((request) => request.taken);
    assert.ok(["done", "dead", "parked"].includes(row.state), `ended: ${row.state}`);
    assert.ok(row.state !== "done" || taken, "what is done was taken");
    assert.ok(row.state !== "dead" || row.reason !== null, "what is dead has a reason");
    assert.ok(requests.length <= row.tries, "no request without an attempt");
    // An answer that a crash swallowed told nobody when to come again.
    const known = new Set(attempts.all(row.lead, row.destination).map(({ ended_at }) => ended_at));
    requests.forEach((request, at) => {
      const before = requests[at - 1];
      const told = before !== undefined && known.has(before.ended) ? before.until : 0;
      assert.ok(request.at >= told, "no request before the time that was asked for");
    });
  }
  return { leads: stored.length, requests: [...world.requests.values()].flat().length, crashes: world.crashes };
}

test("whatever fails, every lead is stored once and each delivery ends with success or a reason", async () => {
  const one = process.env.LEADKIT_SEED;
  const first = Number(one ?? 1);
  const count = one === undefined ? Number(process.env.LEADKIT_SEEDS ?? 100) : 1;
  const sum = { seeds: count, leads: 0, requests: 0, crashes: 0 };
  for (let seed = first; seed < first + count; seed += 1) {
    const result = await simulate(seed).catch((error) => {
      throw new Error(`LEADKIT_SEED=${seed}: ${error.message}`, { cause: error });
    });
    for (const key of ["leads", "requests", "crashes"]) sum[key] += result[key];
  }
  console.log(JSON.stringify(sum));
});
