// A database of every earlier version is brought up to date with what lies in it.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { startCore } from "../../pkg/edge/core.js";
import { LibsqlStore } from "../../pkg/edge/libsql.js";

const core = startCore(readFileSync(new URL("../../pkg/wasm/edge.wasm", import.meta.url)));
const migrations = JSON.parse(core.migrations());

/** A row of the first version in every table that a later version changes. */
const ROWS = [
  `INSERT INTO lead VALUES('s',1,'a','h','n','f@1',1,1,1,1,'c','{"x":1}','{}','{}','[]','{}')`,
  "INSERT INTO delivery VALUES('s',1,'a','crm','done',NULL,NULL,1,0,1,200,NULL,NULL)",
  "INSERT INTO attempt VALUES('s',1,'a','crm',1,1,2,200,NULL)",
  "INSERT INTO lane VALUES('s',0,'crm',3,7)",
];

const run = async (store, sql) => (await store.batch([{ sql, args: [] }]))[0];

for (let version = 1; version < migrations.length; version += 1) {
  test(`version ${version} becomes version ${migrations.length}, and nothing is lost`, async () => {
    const folder = mkdtempSync(join(tmpdir(), "leadkit-migration-"));
    const url = join(folder, "leads.db");
    const columns = new Map();
    try {
      const old = await LibsqlStore.open({ url }, migrations.slice(0, version));
      // Columns that a later version added have a default, so rows are written by the names of the first version.
      for (const [at, sql] of ROWS.entries()) {
        const table = /INTO (\w+)/.exec(sql)[1];
        const first = columnsOf(migrations[0], table);
        columns.set(table, first);
        const names = first.map((name) => `"${name}"`).join();
        await run(old, sql.replace(`INTO ${table}`, `INTO ${table}(${names})`));
        assert.equal((await run(old, `SELECT * FROM ${table}`)).length, 1, String(at));
      }
      old.close();
      const store = await LibsqlStore.open({ url }, migrations);
      for (const table of columns.keys()) {
        const [row] = await run(store, `SELECT * FROM ${table}`);
        assert.equal(row.site, "s", table);
      }
      const [lane] = await run(store, "SELECT failures, open_until, held FROM lane");
      assert.deepEqual([lane.failures, lane.open_until, lane.held], [3, 7, null]);
      const [attempt] = await run(store, "SELECT status, sent, came FROM attempt");
      assert.deepEqual([attempt.status, attempt.sent, attempt.came], [200, null, null]);
      store.close();
      // Once more: nothing is applied twice.
      (await LibsqlStore.open({ url }, migrations)).close();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

/** The names of the columns of a table, from the statement that made it. */
function columnsOf(statements, table) {
  const made = statements.find((sql) => sql.startsWith(`CREATE TABLE ${table}(`));
  const parts = made.slice(made.indexOf("(") + 1).split(/,(?![^(]*\))/);
  const names = parts.map((part) => part.trim().split(" ")[0].replaceAll('"', ""));
  return names.filter((name) => /^[a-z_]+$/.test(name));
}
