// Runs the cases of contract.mjs on libSQL in the runtime that runs this: contract-process.mjs PATH-OR-URL [TOKEN]
import process from "node:process";
import { LibsqlStore } from "../../pkg/edge/libsql.js";
import { runCases } from "./contract.mjs";

const [url, authToken] = process.argv.slice(2);
const migrations = [
  ["CREATE TABLE first(n INTEGER)"],
  ["CREATE TABLE second(n INTEGER)", "INSERT INTO second VALUES(7)"],
];
const opened = async (list) => LibsqlStore.open({ url, authToken }, list);
const before = await opened(migrations.slice(0, 1));
await before.batch([{ sql: "INSERT INTO first VALUES(1)", args: [] }]);
before.close();
const store = await opened(migrations);
const kept = await store.batch([{ sql: "SELECT f.n AS first, s.n AS second FROM first f, second s", args: [] }]);
const newer = await opened([]).then(
  () => "opened",
  (error) => error.code,
);
const cases = await runCases({ batch: (statements) => store.batch(statements) });
store.close();
process.stdout.write(`\n${JSON.stringify({ kept, newer, cases })}\n`);
// The client of a server keeps its connections for a while.
process.exit(0);
