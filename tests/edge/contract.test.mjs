// One contract for every store: a file of libSQL on Node, Deno and Bun, a real libSQL server from each of them, and the
// SQLite of Durable Objects. And the edge on that server: leads are stored, known again and listed.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { Miniflare } from "miniflare";
import { startCore } from "../../pkg/edge/core.js";
import { admin, batch, item, post } from "./client.mjs";
import { CASES } from "./contract.mjs";
import { COMMANDS, RUNTIMES, start } from "./runtime.mjs";
import { startSqld } from "./sqld.mjs";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const folder = await mkdtemp(join(tmpdir(), "leadkit-contract-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const run = promisify(execFile);

async function inProcess(runtime, ...args) {
  const [command, ...flags] = COMMANDS[runtime];
  const { stdout } = await run(command, [...flags, join(ROOT, "tests/edge/contract-process.mjs"), ...args], {
    maxBuffer: 1 << 26,
  });
  return JSON.parse(stdout.trim().split("\n").at(-1));
}

function check({ kept, newer, cases }) {
  assert.deepEqual(kept, [[{ first: 1, second: 7 }]], "what was there is kept, and the next migration is applied");
  assert.equal(newer, "migration_missing");
  checkCases(cases);
}

function checkCases(cases) {
  for (const [name, { gives }] of Object.entries(CASES)) assert.deepEqual(cases[name], gives, name);
}

describe("a file of libSQL", () => {
  for (const runtime of RUNTIMES.filter((name) => name !== "workerd")) {
    test(`on ${runtime}`, async () => check(await inProcess(runtime, join(folder, `${runtime}.db`))));
  }
});

describe("a libSQL server over its HTTP protocol", () => {
  for (const runtime of RUNTIMES.filter((name) => name !== "workerd")) {
    test(`from ${runtime}`, async () => {
      const sqld = await startSqld();
      try {
        check(await inProcess(runtime, sqld.url, sqld.token));
      } finally {
        await sqld.stop();
      }
    });
  }

  test("the edge stores leads there once, and lists them", async () => {
    const sqld = await startSqld();
    const options = { env: { LEADKIT_DATABASE_URL: sqld.url, LEADKIT_DB_TOKEN: sqld.token }, ownDatabase: true };
    let server = await start("node", options);
    try {
      const items = Array.from({ length: 20 }, () => item());
      const first = await post(server.url, batch(items));
      assert.deepEqual(
        first.body.r,
        items.map(({ id }) => ({ id, s: "ok" })),
      );
      await server.kill();
      server = await start("node", options);
      const again = await post(server.url, batch(items));
      assert.deepEqual(
        again.body.r,
        items.map(({ id }) => ({ id, s: "dup" })),
      );
      const { body } = await admin(server.url, "leads?limit=200");
      assert.deepEqual(body.leads.map(({ id }) => id).sort(), items.map(({ id }) => id).sort());
    } finally {
      await server.stop();
      await sqld.stop();
    }
  });

  test("a wrong token opens nothing", async () => {
    const sqld = await startSqld();
    try {
      await assert.rejects(inProcess("node", sqld.url, `${sqld.token.slice(0, -6)}AAAAAA`));
    } finally {
      await sqld.stop();
    }
  });
});

test("the SQLite of a Durable Object", { skip: !RUNTIMES.includes("workerd") }, async () => {
  const core = startCore(readFileSync(join(ROOT, "pkg/wasm/edge.wasm")));
  const contents = `
    import { objectClass } from "./pkg/edge/object.js";
    import { runCases } from "./tests/edge/contract.mjs";
    const core = { migrations: () => ${JSON.stringify(core.migrations())} };
    const driver = () => ({ wake: async () => undefined });
    export const Shard = objectClass({ core, driver, log: () => undefined });
    export default {
      async fetch(_request, env) {
        const stub = env.SHARD.get(env.SHARD.idFromName("shop/0"));
        return Response.json(await runCases({ batch: (statements) => stub.sql("shop/0", statements) }));
      },
    };`;
  const bundle = await build({
    stdin: { contents, resolveDir: ROOT },
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
    durableObjects: { SHARD: { className: "Shard", useSQLite: true } },
  });
  try {
    const response = await miniflare.dispatchFetch("http://edge.invalid/");
    checkCases(await response.json());
  } finally {
    await miniflare.dispose();
  }
});
