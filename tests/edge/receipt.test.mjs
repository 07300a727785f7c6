// What a verdict rests on: issued with the lead, seen in the Inbox, checked on the command line, and judged again.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { createClient } from "@libsql/client";
import { admin, batch, good, item, leadId, post } from "./client.mjs";
import { config, RUNTIMES, start } from "./runtime.mjs";

const MAIN = new URL("../../pkg/cli/main.js", import.meta.url).pathname;
const SECRET = "receipt-secret-marker";
const env = { LEADKIT_SECRET: SECRET };
const sha256 = (text) => createHash("sha256").update(text).digest("hex");

const leadkit = (args, input, secret = SECRET) => {
  const options = { input, encoding: "utf8", env: { ...process.env, LEADKIT_SECRET: secret } };
  return spawnSync(process.execPath, [MAIN, ...args], options);
};

for (const runtime of RUNTIMES) {
  describe(runtime, () => {
    const folder = mkdtempSync(join(tmpdir(), "leadkit-"));
    let edge;
    const restart = async (more) => {
      await edge?.stop();
      edge = await start(runtime, { folder, env, ...more });
    };
    before(() => restart());
    after(async () => {
      await edge?.stop();
      rmSync(folder, { recursive: true, force: true });
    });
    const read = async (id) => (await admin(edge.url, `leads/shop/${id}`)).body;

    test("a lead has a receipt that names rules, packs, words and time, and fits", async () => {
      const one = item({ ...good, message: "Hello" }, { ctx: { page: "https://shop.example/x" } });
      await post(edge.url, batch([one]));
      const lead = await read(one.id);
      const { receipt } = lead;
      assert.deepEqual(lead.receipt_faults, []);
      assert.equal(receipt.rules, sha256(JSON.stringify(config().qualify)));
      assert.equal(receipt.config, sha256(readFileSync(join(folder, "leadkit.json"))));
      assert.equal(receipt.verdict, sha256(JSON.stringify(lead.verdict)));
      assert.equal(receipt.context, sha256(JSON.stringify(one.ctx)));
      assert.deepEqual(receipt.consent, [
        { purpose: "contact", given: true, text_sha256: sha256("Contact me") },
        { purpose: "newsletter", given: false, text_sha256: sha256("Write to me") },
      ]);
      assert.equal(receipt.at, lead.received_at);
      assert.match(receipt.signature, /^[0-9a-f]{64}$/);
      const text = JSON.stringify(receipt);
      for (const value of [SECRET, "ada@example.com", "Hello"]) assert.ok(!text.includes(value), value);
      const again = await post(edge.url, batch([one]));
      assert.equal(again.body.r[0].s, "dup");
      assert.deepEqual((await read(one.id)).receipt, receipt);
    });

    test("the command line finds what was changed afterwards", async () => {
      const one = item();
      await post(edge.url, batch([one]));
      const lead = await read(one.id);
      const better = structuredClone(lead);
      better.verdict.disposition = "review";
      const forged = { ...lead, receipt: { ...lead.receipt, rules: "0".repeat(64) } };
      const lines = [lead, better, forged].map((line) => JSON.stringify(line)).join("\n");
      const { status, stdout } = leadkit(["verify"], lines);
      assert.equal(status, 1);
      assert.deepEqual(
        stdout.trim().split("\n").map(JSON.parse),
        [[], ["verdict"], ["signature"]].map((faults) => ({ id: one.id, valid: faults.length === 0, faults })),
      );
      assert.equal(leadkit(["verify"], JSON.stringify(lead)).status, 0);
      assert.match(leadkit(["verify"], JSON.stringify(lead), "another").stdout, /"faults":\["key"\]/);
    });

    test("an old lead is judged again by new rules, at the edge and on the command line", async () => {
      const one = item({ ...good, message: "Hello" });
      await post(edge.url, batch([one]));
      const judged = async () => (await admin(edge.url, `leads/shop/${one.id}/judge`)).body;
      const lead = await read(one.id);
      const same = await judged();
      assert.deepEqual(same.changed, []);
      assert.deepEqual(same.verdict, lead.verdict);
      assert.equal(same.rules, lead.receipt.rules);
      const stricter = config();
      stricter.qualify.private.rules[0].points = 9;
      stricter.qualify.private.segments = [{ id: "ada", when: { "==": [{ var: "values.full_name" }, "Ada"] } }];
      await restart({ config: stricter });
      const other = await judged();
      assert.notEqual(other.rules, lead.receipt.rules);
      assert.deepEqual(other.changed, ["scores", "segments", "reasons"]);
      assert.equal(other.verdict.scores.fit.points, 9);
      assert.deepEqual((await read(one.id)).verdict, lead.verdict, "what was decided then stays");
      assert.deepEqual((await read(one.id)).receipt_faults, []);
      const { status, stdout } = leadkit(["judge", "--config", join(folder, "leadkit.json")], JSON.stringify(lead));
      assert.equal(status, 0);
      assert.deepEqual(JSON.parse(stdout), { id: one.id, ...other.verdict });
      assert.equal((await admin(edge.url, `leads/shop/${leadId()}/judge`)).status, 404);
      assert.equal((await fetch(`${edge.url}/v1/admin/leads/shop/${one.id}/judge`)).status, 401);
    });

    test("without a secret a receipt says that nobody signed it", async () => {
      await restart({ env: { LEADKIT_SECRET: "" } });
      const one = item();
      await post(edge.url, batch([one]));
      const lead = await read(one.id);
      assert.deepEqual(lead.receipt_faults, ["unsigned"]);
      assert.equal(lead.receipt.signature, undefined);
    });
  });
}

test("a database of every earlier version is brought up to date, and its lead says that it has no receipt", async () => {
  const edge = await import("../../pkg/wasm/edge.js");
  edge.initSync({ module: readFileSync(new URL("../../pkg/wasm/edge.wasm", import.meta.url)) });
  const migrations = JSON.parse(edge.migrations());
  assert.ok(migrations.length > 1);
  for (let version = 1; version < migrations.length; version += 1) {
    const folder = mkdtempSync(join(tmpdir(), "leadkit-"));
    const db = createClient({ url: `file:${join(folder, "leads.db")}` });
    await db.execute("CREATE TABLE migration(n INTEGER PRIMARY KEY)");
    for (const [index, statements] of migrations.slice(0, version).entries()) {
      await db.batch([`INSERT INTO migration(n) VALUES(${index + 1})`, ...statements], "write");
    }
    const id = leadId();
    const shard = createHash("sha256").update(id).digest()[0] % 64;
    const args = [shard, id, '{"full_name":"Ada"}', '{"disposition":"accept","values":{"full_name":"Ada"}}'];
    const columns =
      'site,shard,id,hash,nonce,form,received_at,occurred_at,config,"values",unknown,verdict,consent,context';
    const values = "'shop',?1,?2,'h','n','contact',7,7,'c',?3,'{}',?4,'[]','{}'";
    await db.execute({ sql: `INSERT INTO lead(${columns}) VALUES(${values})`, args });
    db.close();
    const runs = await start("node", { folder, env });
    try {
      const lead = (await admin(runs.url, `leads/shop/${id}`)).body;
      assert.deepEqual(lead.receipt_faults, ["missing"], `version ${version}`);
      assert.equal(lead.values.full_name, "Ada");
      const { body } = await admin(runs.url, `leads/shop/${id}/judge`);
      assert.deepEqual(
        body.verdict.problems.map(({ field }) => field),
        ["email", "ok"],
      );
    } finally {
      await runs.kill();
      rmSync(folder, { recursive: true, force: true });
    }
  }
});
