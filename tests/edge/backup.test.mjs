// The drill: a backup under load, a server that dies, and another that goes on from the backup.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { createClient } from "@libsql/client";
import { admin, batch, item, post, receiver } from "./client.mjs";
import { start, until } from "./runtime.mjs";

const CLI = fileURLToPath(new URL("../../pkg/cli/main.js", import.meta.url));

let folder;
before(() => {
  folder = mkdtempSync(join(tmpdir(), "leadkit-"));
});
after(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the command line without blocking the load. */
function leadkit(...args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [CLI, ...args], { stdio: ["ignore", "pipe", "pipe"] });
    let text = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (text += chunk));
    child.once("close", (code) => resolve({ code, text }));
  });
}

async function rows(file, sql) {
  const client = createClient({ url: `file:${file}` });
  try {
    return (await client.execute(sql)).rows;
  } finally {
    client.close();
  }
}

test("what was acknowledged before a backup under load is there after a restore, and nothing that was done is sent again", async () => {
  const hook = await receiver();
  const [first, second] = ["first", "second"].map((name) => join(folder, name));
  mkdirSync(first);
  mkdirSync(second);
  const edge = await start("node", { folder: first, hook: hook.url, objects: 2 });
  const acknowledged = new Set();
  let running = true;
  const load = async () => {
    while (running) {
      const items = Array.from({ length: 5 }, () => item());
      try {
        const { body } = await post(edge.url, batch(items));
        for (const { id, s } of body.r) if (s === "ok") acknowledged.add(id);
      } catch {
        // It was killed before it answered.
      }
    }
  };
  const loads = [load(), load()];
  await until(() => hook.taken.length >= 150, "the first deliveries");
  const kept = [...acknowledged];
  const copy = join(folder, "copy.db");
  const backup = await leadkit("backup", copy, "--db", join(first, "leads.db"));
  assert.equal(backup.code, 0, backup.text);
  const meanwhile = acknowledged.size;
  assert.ok(meanwhile > kept.length, "the server took leads during the backup");
  await edge.kill();
  running = false;
  await Promise.all(loads);
  assert.equal(statSync(copy).mode & 0o777, 0o600);
  assert.ok(!existsSync(`${copy}.part`));

  const restored = join(second, "leads.db");
  const restore = await leadkit("restore", copy, "--db", restored);
  assert.equal(restore.code, 0, restore.text);
  const stored = new Set((await rows(restored, "SELECT id FROM lead")).map(({ id }) => id));
  assert.deepEqual(
    kept.filter((id) => !stored.has(id)),
    [],
  );
  const states = await rows(restored, "SELECT lead||':'||destination AS id, state FROM delivery WHERE state<>'dead'");
  const done = new Set(states.filter(({ state }) => state === "done").map(({ id }) => id));
  const open = states.filter(({ state }) => state !== "done").map(({ id }) => id);
  assert.equal(states.length, stored.size * 2);
  assert.ok(done.size > 0 && open.length > 0, `${done.size} done, ${open.length} open`);

  const before = hook.taken.length;
  const next = await start("node", { folder: second, hook: hook.url, objects: 2 });
  const later = () => hook.taken.slice(before).map(({ headers }) => headers["webhook-id"]);
  // A request that was under way in the copy comes again when its lease of a minute has ended.
  await until(() => new Set(later()).size >= open.length, "what was open", 120_000);
  assert.deepEqual(later().toSorted(), open.toSorted());
  assert.deepEqual(
    later().filter((id) => done.has(id)),
    [],
  );
  assert.equal((await admin(next.url, `leads/shop/${kept[0]}`)).status, 200);
  const seen = new Set(hook.taken.slice(0, before).map(({ headers }) => headers["webhook-id"]));
  const again = open.filter((id) => seen.has(id)).length;
  console.log(
    `${kept.length} acknowledged before the backup and ${meanwhile - kept.length} during it; ${stored.size} in the copy; ` +
      `${done.size} deliveries done, ${open.length} gone on with, ${again} of them under an id that was sent after the copy`,
  );
  await next.stop();
  await hook.stop();
});

test("neither command writes over anything, and a damaged copy is refused", async () => {
  const edge = await start("node", { folder });
  await post(edge.url, batch(Array.from({ length: 40 }, () => item())));
  const db = join(folder, "leads.db");
  const good = join(folder, "good.db");
  assert.equal(
    (await leadkit("backup", good, "--db", db)).text,
    `${good}: 40 leads, 120 deliveries, 0 in quarantine, checked\n`,
  );
  await edge.stop();
  const refused = async (expected, ...args) => {
    const { code, text } = await leadkit(...args);
    assert.equal(code, 2, text);
    assert.ok(text.includes(expected), text);
  };
  await refused(`${good}: is there already; move it away first`, "backup", good, "--db", db);
  await refused(`${db}: is there already; move it away first`, "restore", good, "--db", db);
  const fresh = join(folder, "fresh.db");
  await refused(`${fresh}: there is no such file`, "backup", join(folder, "x.db"), "--db", fresh);
  await refused(`${fresh}: there is no such file`, "restore", fresh, "--db", join(folder, "y.db"));
  await refused("expected one FILE", "backup");
  await refused("a database server has backups of its own", "backup", fresh, "--db", "libsql://db.example");
  // An old write-ahead log beside the new file would be taken for a part of it.
  writeFileSync(`${fresh}-wal`, "old");
  await refused(`${fresh}-wal: is there already`, "restore", good, "--db", fresh);
  rmSync(`${fresh}-wal`);
  const bytes = readFileSync(good);
  const broken = join(folder, "broken.db");
  writeFileSync(broken, bytes.fill(0x5a, 4096 * 3, 4096 * 9));
  await refused(`${broken}: is damaged`, "restore", broken, "--db", fresh);
  writeFileSync(broken, "not a database at all, but long enough to be taken for one".repeat(100));
  await refused(`${broken}: is no database`, "restore", broken, "--db", fresh);
  const other = join(folder, "other.db");
  await rows(other, "CREATE TABLE something(x)");
  await refused(`${other}: is no database of leadkit`, "restore", other, "--db", fresh);
  assert.ok(!existsSync(fresh) && !existsSync(`${fresh}.part`));
});
