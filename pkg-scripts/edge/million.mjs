// A database of a million leads, made once from a lead that the edge has stored: other ids, people, times and dispositions.
import { createHash } from "node:crypto";
import { existsSync, renameSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { typed } from "./site.mjs";

export const LEADS = 1_000_000;
const CHUNK = 20_000;
/** The newest lead came at this time, and each other one a minute before the next. */
const NEWEST = 1_795_000_000_000;
const TABLES = ["lead", "delivery", "entry"];

/** The id of the lead with this number. */
export const idOf = (number) => `019f22e2-79b0-7cc3-98c4-${number.toString(16).padStart(12, "0")}`;
const shardOf = (id) => (createHash("sha256").update(id).digest()[0] ?? 0) % 64;
/** One in fifty is for review, and one in ten thousand spam. */
const disposition = (number) => (number % 10_000 === 7 ? "spam" : number % 50 === 3 ? "review" : "accept");

/** Fills a database that holds one lead, unless the file at `path` has been made before. `make` makes that database. */
export async function million(path, make) {
  if (existsSync(path)) return path;
  const part = `${path}.part`;
  for (const end of ["", "-wal", "-shm"]) rmSync(part + end, { force: true });
  await make(part);
  const Database = createRequire(import.meta.url)("libsql");
  const database = new Database(part);
  database.exec("PRAGMA journal_mode=OFF");
  database.exec("PRAGMA synchronous=OFF");
  for (const table of TABLES) database.exec(`CREATE TEMP TABLE t_${table} AS SELECT * FROM ${table} LIMIT 1`);
  for (const table of TABLES) database.exec(`DELETE FROM ${table}`);
  const changed = {
    lead: { shard: 1, id: 2, received_at: 3, occurred_at: 3, values: 6 },
    delivery: { shard: 1, lead: 2, first_at: 3 },
    entry: { shard: 1, id: 2, received_at: 3, disposition: 7, name: 4, email: 5 },
  };
  const statements = TABLES.map((table) => {
    const columns = database.prepare(`SELECT * FROM t_${table}`).columns();
    const names = columns.map(({ name }) => `"${name}"`);
    const values = columns.map(({ name }) =>
      changed[table][name] === undefined ? `t."${name}"` : `j.value->>${changed[table][name] - 1}`,
    );
    return database.prepare(
      `INSERT INTO ${table}(${names}) SELECT ${values} FROM json_each(?) j CROSS JOIN t_${table} t`,
    );
  });
  for (let first = 0; first < LEADS; first += CHUNK) {
    const rows = Array.from({ length: CHUNK }, (_, place) => {
      const number = first + place;
      const data = typed(number);
      const id = idOf(number);
      const at = NEWEST - (LEADS - number) * 60_000;
      return [shardOf(id), id, at, data.full_name, data.email, JSON.stringify(data), disposition(number)];
    });
    const text = JSON.stringify(rows);
    database.exec("BEGIN");
    for (const statement of statements) statement.run(text);
    database.exec("COMMIT");
  }
  database.exec("ANALYZE");
  database.close();
  renameSync(part, path);
  return path;
}

/** What the Inbox asks for, by name: a path of the admin API for the n-th question. */
export const QUESTIONS = {
  "the newest": () => "leads?limit=50",
  "a page further down": (n) => `leads?limit=50&before=${NEWEST - n * 60_000 * 7919}.${idOf(LEADS - n * 7919)}`,
  "of a form": () => "leads?limit=50&form=contact",
  "for review": () => "leads?limit=50&disposition=review",
  "the rare spam": () => "leads?limit=50&disposition=spam",
  "of no form": () => "leads?limit=50&form=nothing",
  "one lead": (n) => `leads/shop/${idOf((n * 104_729) % LEADS)}`,
};
