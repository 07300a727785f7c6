// What `leadkit doctor` finds, and that it tells no secret and touches nothing.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { createClient } from "@libsql/client";
import { batch, item, post, receiver } from "./client.mjs";
import { config, SECRET, start, until } from "./runtime.mjs";

const CLI = fileURLToPath(new URL("../../pkg/cli/main.js", import.meta.url));
const ENV = {
  LEADKIT_ADMIN_TOKEN: "a-long-token-that-nobody-guesses",
  LEADKIT_SECRET: "another-long-secret-of-the-edge",
  WEBHOOK_SECRET: SECRET,
};
const ALLOWED = { ...ENV, LEADKIT_ALLOW_PRIVATE: "1" };

let folder;
let hook;
let edge;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), "leadkit-"));
  hook = await receiver();
});
after(async () => {
  await edge?.stop();
  await hook?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const file = (name) => join(folder, name);

function leadkit(env, ...args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [CLI, "doctor", ...args], { env: { PATH: process.env.PATH, ...env } });
    let [out, err] = ["", ""];
    child.stdout.on("data", (chunk) => (out += chunk));
    child.stderr.on("data", (chunk) => (err += chunk));
    child.once("close", (code) => resolve({ code, out, err }));
  });
}

/** Everything that is not well, as `check state sentence`. */
async function complaints(env, ...args) {
  const { code, out, err } = await leadkit(env, "--json", ...args);
  assert.equal(err, "");
  const { ok, checks } = JSON.parse(out);
  const found = checks.filter(({ state }) => state !== "ok" && state !== "skipped");
  assert.deepEqual([ok, code], found.length === 0 ? [true, 0] : [false, 1]);
  for (const secret of [...Object.values(env).filter((value) => value.length > 9), "example.com", hook.url]) {
    assert.ok(!out.includes(secret), "a secret or an address is told");
  }
  return found.map(({ check, state, says }) => `${check} ${state} ${says}`);
}

async function sql(...statements) {
  const client = createClient({ url: `file:${file("leads.db")}` });
  for (const statement of statements) await client.execute(statement);
  client.close();
}

test("a deployment that is well has no complaints, and doctor asks no destination for anything", async () => {
  edge = await start("node", { folder, hook: hook.url, env: ALLOWED });
  await post(edge.url, batch([item()]));
  await until(() => hook.taken.length === 2, "two deliveries");
  const args = ["--config", file("leadkit.json"), "--db", file("leads.db"), "--edge", edge.url];
  const warned = ["secret warning LEADKIT_ALLOW_PRIVATE is set, so destinations may be inside this network."];
  assert.deepEqual(await complaints(ALLOWED, ...args), warned);
  const { out, code } = await leadkit(ENV, ...args, "--offline");
  assert.equal(code, 0, out);
  assert.match(out, /^ok {7}config {7}.*leadkit\.json describes the site shop\.$/m);
  assert.match(out, /^ok {7}secret {7}Every secret is set and long enough\.$/m);
  assert.match(out, /^ok {7}clock {8}The edge answers, and its clock agrees with that of this machine\.$/m);
  assert.match(out, /^ok {7}storage {6}The database is sound, of this version, and can be written\.$/m);
  assert.match(out, /^ok {7}delivery {5}No delivery is stuck, parked or dead\.$/m);
  assert.equal(hook.taken.length, 2);
  await edge.stop();
  edge = undefined;
});

test("missing and short secrets are named and not told", async () => {
  const args = ["--config", file("leadkit.json"), "--db", file("leads.db"), "--offline"];
  assert.deepEqual(await complaints({}, ...args), [
    "secret fault LEADKIT_ADMIN_TOKEN is not set, so nobody can open the Inbox.",
    "secret warning LEADKIT_SECRET is not set, so receipts are not signed.",
    "secret fault WEBHOOK_SECRET is not set, but the site shop needs it.",
  ]);
  const short = { LEADKIT_ADMIN_TOKEN: "short-token", LEADKIT_SECRET: "short", WEBHOOK_SECRET: "whsec_c2hv" };
  assert.deepEqual(await complaints({ ...short, LEADKIT_METRICS_TOKEN: "short-token" }, ...args), [
    "secret fault LEADKIT_ADMIN_TOKEN has fewer than 24 characters and can be guessed.",
    "secret fault LEADKIT_SECRET has fewer than 16 characters and can be guessed.",
    "secret warning LEADKIT_METRICS_TOKEN is the token of the Inbox: who reads numbers can read leads.",
    "secret fault WEBHOOK_SECRET has fewer than 16 characters and can be guessed.",
  ]);
});

test("a clock that is wrong and an edge that is ill or away are found", async () => {
  const args = ["--config", file("leadkit.json"), "--db", file("leads.db"), "--offline"];
  let answer = [200, 0];
  const server = createServer((_, response) => {
    const [status, off] = answer;
    response.writeHead(status, { date: new Date(Date.now() + off).toUTCString() });
    response.end();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const edge = ["--edge", `http://127.0.0.1:${server.address().port}`];
  const expect = async (status, off, pattern) => {
    answer = [status, off];
    const [first = ""] = await complaints(ENV, ...args, ...edge);
    assert.match(first, pattern);
  };
  await expect(200, 0, /^$/);
  await expect(200, 30_000, /^clock warning The clocks differ by (2[89]|3[01]) seconds\.$/);
  await expect(200, -90_000, /^clock fault The clocks differ by (8[89]|9[01]) seconds: signatures will be refused\.$/);
  await expect(503, 0, /^clock fault The edge answers with 503: it cannot store leads\.$/);
  await new Promise((resolve) => server.close(resolve));
  await expect(200, 0, /^clock fault The edge does not answer\.$/);
});

test("destinations that cannot be reached are told apart", async () => {
  const text = config(hook.url);
  const { crm } = text.destinations;
  text.destinations = {
    crm,
    closed: { type: "webhook", url: "http://127.0.0.1:1/x" },
    unknown: { type: "webhook", url: "https://nobody.invalid/x" },
    plain: { type: "webhook", url: hook.url.replace("http:", "https:") },
    fixed: { type: "hubspot", token: { env: "WEBHOOK_SECRET" } },
  };
  writeFileSync(file("other.json"), JSON.stringify(text));
  const args = ["--config", file("other.json"), "--db", file("leads.db")];
  const found = (await complaints(ALLOWED, ...args)).filter((line) => line.startsWith("destination"));
  assert.deepEqual(found.slice(0, 2), [
    "destination fault shop/closed cannot be reached (ECONNREFUSED).",
    "destination fault shop/unknown has a host that is not known.",
  ]);
  assert.match(found[2], /^destination fault shop\/plain cannot be reached \(\w+\)\.$/);
  assert.equal(found.length, 3);
  const refused = (await complaints(ENV, ...args)).filter((line) => line.startsWith("destination"));
  assert.deepEqual(refused, [
    "destination fault shop/crm has an address without HTTPS and gets nothing.",
    "destination fault shop/closed has an address without HTTPS and gets nothing.",
    "destination fault shop/unknown has a host that is not known.",
    "destination fault shop/plain is inside a private network and gets nothing.",
  ]);
});

test("deliveries that are stuck, held, parked or dead are counted", async () => {
  const args = ["--config", file("leadkit.json"), "--db", file("leads.db"), "--offline"];
  const set = (more) => `UPDATE delivery SET ${more}`;
  await sql(set(`state='due', due=${Date.now() - 3 * 3_600_000}, reason=NULL WHERE destination='crm'`));
  await sql(set("state='parked', due=NULL, reason=NULL WHERE destination='women'"));
  assert.deepEqual(await complaints(ENV, ...args), [
    "delivery warning shop/crm: 1 deliveries are stuck, the oldest for 3 hours. Is the edge running?",
    "delivery warning shop/women: 1 deliveries are parked (refused key) until a person acts.",
  ]);
  await sql(
    "INSERT OR REPLACE INTO lane(site,shard,destination,failures,open_until,held) VALUES('shop',0,'crm',0,0,'paused')",
    set("state='dead', due=NULL, reason='expired' WHERE destination='women'"),
  );
  assert.deepEqual(await complaints(ENV, ...args), [
    "delivery warning shop/crm is held (paused) while 1 deliveries wait. Resume it when it is ready.",
    "delivery warning shop/women: 1 deliveries ended without arriving (expired). Replay them once the cause is gone.",
  ]);
});

test("a database that is missing, foreign, newer or damaged is found, and one that cannot be looked at ends with 2", async () => {
  const storage = async (db) => {
    const all = await complaints(ENV, "--config", file("leadkit.json"), "--db", db, "--offline");
    return all.filter((line) => line.startsWith("storage"));
  };
  const missing = file("missing.db");
  assert.deepEqual(await storage(missing), [
    `storage fault The database cannot be read: ${missing}: there is no such file.`,
  ]);
  writeFileSync(file("noise.db"), "not a database at all, but long enough to be taken for one".repeat(100));
  assert.match((await storage(file("noise.db")))[0], /^storage fault The database cannot be read: SQLITE_NOTADB/);
  await sql("INSERT INTO migration(n) VALUES(9999)");
  assert.deepEqual(await storage(file("leads.db")), [
    "storage fault The database was written by a newer version of leadkit.",
  ]);
  const lost = await leadkit(ENV, "--config", file("nothing.json"));
  assert.equal(lost.code, 2);
  writeFileSync(file("wrong.json"), "{}");
  const wrong = await complaints(ENV, "--config", file("wrong.json"), "--db", file("leads.db"), "--offline");
  assert.match(wrong[0], /^config fault .*wrong\.json has \d+ faults, first: .+ Run leadkit lint .*wrong\.json\.$/);
});
