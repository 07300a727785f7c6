/**
 * A Durable Object: the rows of some shards, or the index of a site, with an alarm for what is due.
 *
 * The alarm never throws and is always set again while anything is pending: an alarm that throws six times is never
 * called again, and some are lost when a worker is deployed.
 */
import { DurableObject, type DurableObjectState, type DurableObjectStorage } from "cloudflare:workers";

import type { Core } from "./core.js";
import type { Driver } from "./driver.js";
import { EdgeError } from "./error.js";
import { type Row, runsOf, type Statement } from "./host.js";

/** How long an alarm waits for what it started, in milliseconds. Requests go on after it; leases keep them apart. */
const PATIENCE_MS = 1_000;
/** How soon an object wakes again that woke just now: what comes meanwhile is found together. In milliseconds. */
const GAP_MS = 40;
/** How soon an object comes back whose wake-up failed, in milliseconds. */
const AGAIN_MS = 1_000;
/** How soon an object comes back while anything is pending and nothing else is known, in milliseconds. */
const SWEEP_MS = 60_000;

/** What a worker calls on an object. */
export interface ShardObject {
  sql(object: string, statements: readonly Statement[], wake?: number): Promise<readonly (readonly Row[])[]>;
  arm(object: string, at: number): Promise<void>;
}

/** What the object needs from the deployment. */
export interface ObjectParts<Env> {
  readonly core: Core;
  /** A driver whose own object is reached without a detour. */
  driver(env: Env, own: { readonly name: () => string; readonly object: ShardObject }): Driver;
  log(line: Readonly<Record<string, unknown>>): void;
}

/** The class that a worker exports beside its handler. */
export type ObjectClass<Env> = new (ctx: DurableObjectState, env: Env) => ShardObject & { alarm(): Promise<void> };

/** Makes the class that the worker exports. */
export function objectClass<Env>(parts: ObjectParts<Env>): ObjectClass<Env> {
  return class LeadkitObject extends DurableObject<Env> implements ShardObject {
    #name = "";
    #alarm: number | null = null;
    #woken = 0;
    readonly #driver: Driver;

    constructor(ctx: DurableObjectState, env: Env) {
      super(ctx, env);
      this.#driver = parts.driver(env, { name: () => this.#name, object: this });
      void ctx.blockConcurrencyWhile(async () => {
        migrate(ctx.storage, JSON.parse(parts.core.migrations()) as string[][]);
        this.#name = ownName(ctx.storage);
        this.#alarm = await ctx.storage.getAlarm();
        this.#arm(this.#pending() ? Date.now() + AGAIN_MS : undefined);
      });
    }

    async sql(object: string, statements: readonly Statement[], wake?: number) {
      const { storage } = this.ctx;
      this.#learnName(object);
      // Without an `await` in between, the write and the alarm commit together, and the answer waits for both.
      const rows = storage.transactionSync(() =>
        statements.map((statement) =>
          runsOf(statement).flatMap((args) => storage.sql.exec(statement.sql, ...args).toArray()),
        ),
      );
      this.#arm(wake);
      return rows;
    }

    async arm(object: string, at: number): Promise<void> {
      this.#learnName(object);
      this.#arm(at);
    }

    async alarm(): Promise<void> {
      this.#alarm = null;
      this.#woken = Date.now();
      try {
        const run = this.#driver.wake(this.#name);
        // Without `waitUntil` the runtime stops what outlasts the alarm, and what is stopped keeps its connections.
        this.ctx.waitUntil(run.catch((error: unknown) => this.#failed(error)));
        await Promise.race([run, new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);
        this.#arm(this.#pending() ? Date.now() + SWEEP_MS : undefined);
      } catch {
        // `#failed` has told it and set the alarm.
      }
    }

    #failed(error: unknown): void {
      const code = error instanceof EdgeError ? error.code : "unknown";
      parts.log({ level: "alert", event: "wake_failed", object: this.#name, code });
      this.#arm(Date.now() + AGAIN_MS);
    }

    /** Sets the alarm unless it rings earlier anyway. */
    #arm(wanted: number | undefined): void {
      if (wanted === undefined) return;
      const now = Date.now();
      // Later than the alarm that may be ringing: one for the same time would be deleted together with it.
      const at = Math.max(wanted, now + 1, this.#woken + GAP_MS);
      const stale = this.#alarm !== null && this.#alarm < now - SWEEP_MS;
      if (this.#alarm !== null && this.#alarm <= at && !stale) return;
      this.#alarm = at;
      void this.ctx.storage.setAlarm(at);
    }

    #pending(): boolean {
      const sql =
        "SELECT EXISTS(SELECT 1 FROM delivery WHERE due IS NOT NULL) OR EXISTS(SELECT 1 FROM feed) OR EXISTS(SELECT 1 FROM erasure WHERE due<9007199254740991) AS pending";
      return this.ctx.storage.sql.exec(sql).toArray()[0]?.["pending"] === 1;
    }

    /** An alarm does not say which object rings, so the name is kept. */
    #learnName(name: string): void {
      if (this.#name === name) return;
      this.#name = name;
      this.ctx.storage.sql.exec("INSERT OR REPLACE INTO own(key,value) VALUES('name',?1)", name);
    }
  };
}

function ownName(storage: DurableObjectStorage): string {
  storage.sql.exec("CREATE TABLE IF NOT EXISTS own(key TEXT PRIMARY KEY, value TEXT NOT NULL)");
  return String(storage.sql.exec("SELECT value FROM own WHERE key='name'").toArray()[0]?.["value"] ?? "");
}

function migrate(storage: DurableObjectStorage, migrations: readonly (readonly string[])[]): void {
  storage.sql.exec("CREATE TABLE IF NOT EXISTS migration(n INTEGER PRIMARY KEY)");
  const rows = storage.sql.exec("SELECT coalesce(max(n),0) AS n FROM migration").toArray();
  const done = Number(rows[0]?.["n"] ?? 0);
  if (done > migrations.length) throw new EdgeError("migration_missing", { found: done, known: migrations.length });
  for (const [index, statements] of [...migrations.entries()].slice(done)) {
    storage.transactionSync(() => {
      for (const sql of statements) storage.sql.exec(sql);
      storage.sql.exec("INSERT INTO migration(n) VALUES(?1)", index + 1);
    });
  }
}
