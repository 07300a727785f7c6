// The real core and real SQL on a virtual clock: no time passes but what is told, so nothing here waits or is late.
import { readFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { startCore } from "../../pkg/edge/core.js";
import { Driver } from "../../pkg/edge/driver.js";
import { runsOf } from "../../pkg/edge/host.js";
import { batch, leadId } from "./client.mjs";

export const START = 1_795_325_565_676;
const core = startCore(readFileSync(new URL("../../pkg/wasm/edge.wasm", import.meta.url)));
const migrations = JSON.parse(core.migrations());

/** An edge with these destinations. `receive` answers each request: `{status, headers, body, delay}`. */
export class World {
  constructor(destinations, receive, env = {}) {
    this.now = START;
    this.events = [];
    this.requests = [];
    this.lines = [];
    this.receive = receive;
    this.env = { LEADKIT_ADMIN_TOKEN: "token", ...env };
    this.db = new DatabaseSync(":memory:");
    for (const statements of migrations) for (const sql of statements) this.db.exec(sql);
    this.statements = new Map();
    this.site = JSON.stringify({
      site: { id: "s", origins: [] },
      forms: { f: { fields: [{ name: "email", type: "text" }] } },
      destinations,
    });
    this.start();
  }

  /** A process starts: it knows nothing but what is stored. */
  start() {
    const timers = new Map();
    const epoch = {};
    this.epoch = epoch;
    const wake = (object, at) => {
      if ((timers.get(object) ?? Number.POSITIVE_INFINITY) <= at) return;
      timers.set(object, at);
      this.at(at, () => {
        if (this.epoch !== epoch || timers.get(object) !== at) return;
        timers.delete(object);
        void this.driver.wake(object);
      });
    };
    const host = {
      sql: async (object, statements, due) => {
        const rows = this.transaction(statements);
        if (due !== undefined) wake(object, due);
        return rows;
      },
      fetch: (request) => this.fetch(request, epoch),
      now: () => this.now,
      entropy: () => leadId(this.now).replaceAll("-", "").repeat(2),
      wake,
      asset: async () => undefined,
      log: (line) => this.lines.push(line),
      env: (name) => this.env[name],
    };
    this.driver = new Driver(core, host, { sites: [this.site] });
    for (const object of this.driver.objects()) wake(object, this.now);
  }

  at(time, run) {
    this.events.push({ at: Math.max(time, this.now), run });
  }

  transaction(statements) {
    this.db.exec("BEGIN IMMEDIATE");
    const rows = statements.map((each) => {
      const { sql } = each;
      if (!this.statements.has(sql)) this.statements.set(sql, this.db.prepare(sql));
      return runsOf(each).flatMap((args) => this.statements.get(sql).all(...args));
    });
    this.db.exec("COMMIT");
    return rows.map((list) => list.map((row) => ({ ...row })));
  }

  fetch(request, epoch) {
    const entry = { ...request, headers: Object.fromEntries(request.headers), at: this.now };
    // Every attempt is written before its request, for each lead of it.
    entry.begun = this.rows("SELECT count(*) AS n FROM attempt WHERE ended_at IS NULL")[0].n;
    this.requests.push(entry);
    const { status = 200, headers = [], body = "", delay = 10, error } = this.receive(entry, this.requests.length);
    return new Promise((resolve) => {
      this.at(this.now + delay, () => {
        if (this.epoch === epoch) resolve(error === undefined ? { status, headers, body } : { error });
      });
    });
  }

  rows(sql, ...args) {
    return this.db.prepare(sql).all(...args);
  }

  /** How many deliveries there are by state. */
  states() {
    const rows = this.rows("SELECT state, count(*) AS n FROM delivery GROUP BY state");
    return Object.fromEntries(rows.map(({ state, n }) => [state, n]));
  }

  /** Leads with these addresses come, as many in a batch as may. */
  async send(addresses) {
    const ids = [];
    for (let at = 0; at < addresses.length; at += 50) ids.push(...(await this.post(addresses.slice(at, at + 50))));
    return ids;
  }

  async post(addresses) {
    const items = addresses.map((email) => ({ id: leadId(this.now), at: this.now, form: "f", data: { email } }));
    const text = new TextEncoder().encode(JSON.stringify(batch(items, { k: "s" })));
    const incoming = { method: "POST", url: "http://edge/v1/leads", headers: [["content-type", "text/plain"]] };
    const { body } = await this.driver.handle(incoming, text);
    if (!JSON.parse(body).r.every(({ s }) => s === "ok")) throw new Error(body);
    return items.map(({ id }) => id);
  }

  async admin(method, path, body) {
    const headers = [["authorization", "Bearer token"]];
    const bytes = new TextEncoder().encode(body === undefined ? "" : JSON.stringify(body));
    const answer = await this.driver.handle({ method, url: `http://edge/v1/admin/${path}`, headers }, bytes);
    return JSON.parse(answer.body);
  }

  /** Lets time pass. */
  async run(ms) {
    const until = this.now + ms;
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      this.events.sort((a, b) => a.at - b.at);
      const next = this.events[0];
      if (next === undefined || next.at > until) break;
      this.events.shift();
      this.now = Math.max(this.now, next.at);
      next.run();
    }
    this.now = until;
  }
}
