// A server of Node beside which `leadkit serve` is measured: node.mjs KIND DATABASE ROWS, where KIND is `bare` or `hono`.
// Both store through libSQL's client, a request in a transaction, as durably as ours. With KIND `store` the rows go through
// the store of `leadkit serve` itself, which commits many requests at once and keeps its statements prepared.
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { createClient } from "@libsql/client";
import { startCore } from "../../pkg/edge/core.js";
import { LibsqlStore } from "../../pkg/edge/libsql.js";
import { answer, inserts } from "./rows.mjs";

const [kind, url, text] = process.argv.slice(2);
const rows = JSON.parse(text);
const core = startCore(readFileSync(new URL("../../pkg/wasm/edge.wasm", import.meta.url)));
const own = await LibsqlStore.open({ url }, JSON.parse(core.migrations()));
const client = createClient({ url: `file:${url}` });
await client.execute("PRAGMA synchronous=FULL");
const store = kind === "store" ? own : { batch: (statements) => client.batch(statements, "write") };

const listening = (info) => console.log(`${kind} listens on http://127.0.0.1:${info.port}`);
if (kind === "hono") {
  const require = createRequire(new URL("../../.cache/edge-bench/", import.meta.url));
  const { serve } = await import(pathToFileURL(require.resolve("@hono/node-server")).href);
  const { app } = await import("../../.cache/edge-bench/peer.bundle.mjs");
  serve({ fetch: app(rows, (statements) => store.batch(statements)).fetch, port: 0, hostname: "127.0.0.1" }, listening);
} else {
  const server = createServer((request, response) => {
    const chunks = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", async () => {
      const { items } = JSON.parse(Buffer.concat(chunks).toString());
      await store.batch(inserts(rows, items, randomUUID()));
      response.writeHead(200, { "content-type": "application/json" });
      response.end(answer(items));
    });
  });
  server.listen(0, "127.0.0.1", () => listening(server.address()));
}
process.once("SIGTERM", () => process.exit(0));
