/** Storage in libSQL: a file with a write-ahead log, or a server by its address. All objects share one database. */
import { type Client, createClient } from "@libsql/client";

import { EdgeError } from "./error.js";
import type { Row, Statement } from "./host.js";

/** How long a statement waits for another process that writes, in milliseconds. */
const BUSY_MS = 5_000;

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

/** An opened database. */
export class LibsqlStore {
  readonly #client: Client;
  readonly #waiting: Waiting[] = [];

  readonly #remote: boolean;

  private constructor(client: Client, remote: boolean) {
    this.#client = client;
    this.#remote = remote;
  }

  /** Opens the database and brings its tables up to date. */
  static async open(options: LibsqlOptions, migrations: readonly (readonly string[])[]): Promise<LibsqlStore> {
    const remote = /^(libsql|https?|wss?):/.test(options.url);
    const url = remote || options.url.startsWith("file:") ? options.url : `file:${options.url}`;
    const { authToken } = options;
    // The settings below are those of a connection, so a file has one alone.
    const alone = remote ? {} : { concurrency: 1 };
    const client = createClient({ url, ...alone, ...(authToken === undefined ? {} : { authToken }) });
    if (!remote) {
      await client.execute("PRAGMA journal_mode=WAL");
      await client.execute("PRAGMA synchronous=FULL");
      // What is deleted is overwritten, so that an erasure leaves nothing to be found in the file.
      await client.execute("PRAGMA secure_delete=ON");
      await client.execute(`PRAGMA busy_timeout=${BUSY_MS}`);
    }
    const store = new LibsqlStore(client, remote);
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
    const batch = statements.map(({ sql, args }) => ({ sql, args: [...args] }));
    const results = await this.#client.batch(batch, "write");
    return results.map(({ columns, rows }) =>
      rows.map((row) => Object.fromEntries(columns.map((name, at) => [name, row[at]])) as Row),
    );
  }

  /** Empties the write-ahead log, which still holds what was deleted. A server does that in its own time. */
  async scrub(): Promise<void> {
    if (!this.#remote) await this.#client.execute("PRAGMA wal_checkpoint(TRUNCATE)");
  }

  /** Closes the database. */
  close(): void {
    this.#client.close();
  }

  /** Each migration and its number commit together, so that a crash between two leaves a known state. */
  async #migrate(migrations: readonly (readonly string[])[]): Promise<void> {
    const meta = "CREATE TABLE IF NOT EXISTS migration(n INTEGER PRIMARY KEY)";
    await this.#client.execute(meta);
    const { rows } = await this.#client.execute("SELECT coalesce(max(n),0) AS n FROM migration");
    const done = Number(rows[0]?.["n"] ?? 0);
    if (done > migrations.length) throw new EdgeError("migration_missing", { found: done, known: migrations.length });
    for (const [index, statements] of [...migrations.entries()].slice(done)) {
      const number = { sql: "INSERT INTO migration(n) VALUES(?1)", args: [index + 1] };
      await this.#client.batch([number, ...statements], "write");
    }
  }
}
