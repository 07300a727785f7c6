/** Storage in libSQL: a file with a write-ahead log, or a server by its address. All objects share one database. */
import { createClient } from "@libsql/client";

import { EdgeError } from "./error.js";
import { bound, FileDatabase } from "./file.js";
import { type Row, runsOf, type Statement } from "./host.js";

/** Where the database is. */
export interface LibsqlOptions {
  /** A path, or an address that starts with `libsql:`, `https:` or `http:`. */
  readonly url: string;
  readonly authToken?: string | undefined;
}

/** The most transactions that are committed together. */
const LARGEST_GROUP = 64;

type Rows = readonly (readonly Row[])[];

interface Waiting {
  readonly statements: readonly Statement[];
  readonly resolve: (rows: Rows) => void;
  readonly reject: (reason: unknown) => void;
}

/** What runs statements as one transaction. */
interface Engine {
  run(statements: readonly Statement[]): Rows | Promise<Rows>;
  scrub(): void | Promise<void>;
  close(): void;
}

/** An opened database. */
export class LibsqlStore {
  readonly #engine: Engine;
  readonly #waiting: Waiting[] = [];

  private constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Opens the database and brings its tables up to date. */
  static async open(options: LibsqlOptions, migrations: readonly (readonly string[])[]): Promise<LibsqlStore> {
    const { url, authToken } = options;
    const remote = /^(libsql|https?|wss?):/.test(url);
    const engine = remote ? server(url, authToken) : new FileDatabase(url);
    const store = new LibsqlStore(engine);
    await store.#migrate(migrations);
    return store;
  }

  /**
   * Runs the statements as one transaction. What is asked for while another transaction runs is committed together, because
   * waiting for the disk is what takes the time; who is in a group that fails is run alone.
   */
  batch(statements: readonly Statement[]): Promise<Rows> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ statements, resolve, reject });
      if (this.#waiting.length === 1) void this.#flush();
    });
  }

  async #flush(): Promise<void> {
    while (this.#waiting.length > 0) {
      // What arrived while the disk was busy is read first, and joins the group.
      await new Promise((resolve) => setImmediate(resolve));
      const group = this.#waiting.slice(0, LARGEST_GROUP);
      try {
        const rows = await this.#run(group.flatMap(({ statements }) => statements));
        let at = 0;
        for (const { statements, resolve } of group) {
          resolve(rows.slice(at, at + statements.length));
          at += statements.length;
        }
      } catch {
        for (const { statements, resolve, reject } of group) await this.#run(statements).then(resolve, reject);
      }
      // Only then, so that what comes meanwhile waits for its own turn and starts no second one.
      this.#waiting.splice(0, group.length);
    }
  }

  async #run(statements: readonly Statement[]): Promise<Rows> {
    return this.#engine.run(statements);
  }

  /** Empties the write-ahead log, which still holds what was deleted. A server does that in its own time. */
  async scrub(): Promise<void> {
    await this.#engine.scrub();
  }

  /** Closes the database. */
  close(): void {
    this.#engine.close();
  }

  /** Each migration and its number commit together, so that a crash between two leaves a known state. */
  async #migrate(migrations: readonly (readonly string[])[]): Promise<void> {
    const meta = { sql: "CREATE TABLE IF NOT EXISTS migration(n INTEGER PRIMARY KEY)", args: [] };
    const last = { sql: "SELECT coalesce(max(n),0) AS n FROM migration", args: [] };
    const [, found] = await this.#run([meta, last]);
    const done = Number(found?.[0]?.["n"] ?? 0);
    if (done > migrations.length) throw new EdgeError("migration_missing", { found: done, known: migrations.length });
    for (const [index, statements] of [...migrations.entries()].slice(done)) {
      const number = { sql: "INSERT INTO migration(n) VALUES(?1)", args: [index + 1] };
      await this.#run([number, ...statements.map((sql) => ({ sql, args: [] }))]);
    }
  }
}

/** A server of libSQL. A batch of its protocol is one transaction, and the connection is no one's between two. */
function server(url: string, authToken: string | undefined): Engine {
  const client = createClient(authToken === undefined ? { url } : { url, authToken });
  return {
    async run(statements) {
      const runs = statements.map(runsOf);
      const batch = statements.flatMap(({ sql }, place) =>
        (runs[place] ?? []).map((args) => ({ sql, args: bound(args) })),
      );
      const results = (await client.batch(batch, "write")).map(({ columns, rows }) =>
        rows.map((row) => Object.fromEntries(columns.map((name, at) => [name, row[at]])) as Row),
      );
      return runs.map((each) => results.splice(0, each.length).flat());
    },
    scrub: () => undefined,
    close: () => client.close(),
  };
}
