// A worker in workerd beside which ours is measured: worker.mjs KIND FOLDER ROWS, where KIND is `bare` or `hono`.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { Miniflare } from "miniflare";
import { startCore } from "../../pkg/edge/core.js";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const [kind, folder, rows] = process.argv.slice(2);
const core = startCore(readFileSync(join(ROOT, "pkg/wasm/edge.wasm")));

const shard = `
import { DurableObject } from "cloudflare:workers";
const MIGRATIONS = ${core.migrations()};
export class Shard extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS migration(n INTEGER PRIMARY KEY)");
    if (ctx.storage.sql.exec("SELECT * FROM migration").toArray().length > 0) return;
    ctx.storage.transactionSync(() => {
      for (const sql of MIGRATIONS.flat()) ctx.storage.sql.exec(sql);
      ctx.storage.sql.exec("INSERT INTO migration(n) VALUES(1)");
    });
  }
  async sql(statements) {
    const { storage } = this.ctx;
    return storage.transactionSync(() => statements.map(({ sql, args }) => storage.sql.exec(sql, ...args).toArray()));
  }
}
const store = (statements, env) => env.SHARD.get(env.SHARD.idFromName("shop/0")).sql(statements);
const rows = ${rows};
`;
const worker =
  kind === "hono"
    ? `import { app } from "./.cache/edge-bench/peer.bundle.mjs";
       ${shard}
       const hono = app(rows, (statements, context) => store(statements, context.env));
       export default { fetch: (request, env, context) => hono.fetch(request, env, context) };`
    : `import { answer, inserts } from "./pkg-scripts/edge/rows.mjs";
       ${shard}
       export default {
         async fetch(request, env) {
           const { items } = await request.json();
           await store(inserts(rows, items, crypto.randomUUID()), env);
           return new Response(answer(items), { headers: { "content-type": "application/json" } });
         },
       };`;
const bundle = await build({
  stdin: { contents: worker, resolveDir: ROOT },
  bundle: true,
  write: false,
  format: "esm",
  target: "es2022",
  external: ["cloudflare:workers"],
  logLevel: "silent",
});
const miniflare = new Miniflare({
  modules: [{ type: "ESModule", path: "worker.mjs", contents: bundle.outputFiles[0].text }],
  compatibilityDate: "2026-04-01",
  host: "127.0.0.1",
  port: 0,
  durableObjects: { SHARD: { className: "Shard", useSQLite: true } },
  durableObjectsPersist: join(folder, "objects"),
});
const url = await miniflare.ready;
console.log(`${kind} listens on ${url.origin}`);
process.once("SIGTERM", () => {
  void miniflare.dispose().then(() => process.exit(0));
});
