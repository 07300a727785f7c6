/** A database file of libSQL through its engine in this process: statements are prepared once, and transactions are whole. */
import Database from "libsql";

import type { Row, Statement, Value } from "./host.js";

/** How long a statement waits for another process that writes, in milliseconds. */
const BUSY_MS = 5_000;
/** The most statements that are kept prepared; the core writes fewer. */
const MOST_PREPARED = 256;
/** What only reads needs no lock for writing. */
const READS = /^\s*SELECT\b/i;

interface Prepared {
  readonly statement: Database.Statement;
  readonly answers: boolean;
}

/** An opened file. */
export class FileDatabase {
  readonly #database: Database.Database;
  readonly #prepared = new Map<string, Prepared>();

  /** Opens a file with a write-ahead log that is on the disk before a transaction counts. */
  constructor(path: string) {
    this.#database = new Database(path.startsWith("file:") ? path.slice("file:".length) : path);
    // What is deleted is overwritten, so that an erasure leaves nothing to be found in the file.
    const settings = ["journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", `busy_timeout=${BUSY_MS}`];
    for (const setting of settings) this.#pragma(setting);
  }

  /** Runs the statements as one transaction. */
  run(statements: readonly Statement[]): Row[][] {
    const begin = statements.every(({ sql }) => READS.test(sql)) ? "BEGIN" : "BEGIN IMMEDIATE";
    this.#one(begin, []);
    try {
      const rows = statements.map((statement) => this.#all(statement));
      this.#one("COMMIT", []);
      return rows;
    } catch (error) {
      if (this.#database.inTransaction) this.#one("ROLLBACK", []);
      throw error;
    }
  }

  /** Empties the write-ahead log, which still holds what was deleted. */
  scrub(): void {
    this.#pragma("wal_checkpoint(TRUNCATE)");
  }

  /** Closes the file. */
  close(): void {
    this.#prepared.clear();
    this.#database.close();
  }

  #pragma(setting: string): void {
    this.#database.prepare(`PRAGMA ${setting}`).all();
  }

  #all(statement: Statement): Row[] {
    const { sql, args, each } = statement;
    return each === undefined ? this.#one(sql, args) : each.flatMap((own) => this.#one(sql, own));
  }

  #one(sql: string, args: Statement["args"]): Row[] {
    const { statement, answers } = this.#prepare(sql);
    if (answers) return statement.all(bound(args)) as Row[];
    statement.run(bound(args));
    return [];
  }

  #prepare(sql: string): Prepared {
    const known = this.#prepared.get(sql);
    if (known !== undefined) return known;
    if (this.#prepared.size >= MOST_PREPARED) this.#prepared.clear();
    const statement = this.#database.prepare(sql);
    const prepared = { statement, answers: statement.reader };
    this.#prepared.set(sql, prepared);
    return prepared;
  }
}

/** Arguments as the engine takes them: a plain number would be bound as a fraction. */
export function bound(args: readonly Value[]): (Value | bigint)[] {
  return args.map((value) => (Number.isSafeInteger(value) ? BigInt(value as number) : value));
}
