// Erasure: on request, by person, after the time that leads are kept; and that nothing of it can be found again.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { admin, batch, good, item, leadId, post, receiver } from "./client.mjs";
import { config, SECRET, start, TOKEN, TWO_RUNTIMES, until } from "./runtime.mjs";

const CLI = fileURLToPath(new URL("../../pkg/cli/main.js", import.meta.url));
const DAY = 86_400_000;
const env = { LEADKIT_SECRET: "a secret of the deployment" };
/** What only this person wrote, and what a search for them must not find. */
const TRACES = ["Wilhelmina", "Quixley", "quixley@rare.example", "zanzibar-sofa", "+4930901820"];
const her = {
  full_name: "Wilhelmina Quixley",
  email: "Quixley@rare.example",
  message: "the zanzibar-sofa please",
  phone: "+4930901820",
  ok: true,
};

const options = (hook) => {
  const all = config(hook);
  all.forms.contact.fields.push({ name: "phone", type: "phone", country: "DE" });
  delete all.destinations.women;
  return all;
};
const erase = (edge, path, body = {}) =>
  admin(edge.url, `${path}/erase`, { method: "POST", body: JSON.stringify(body) });

for (const runtime of TWO_RUNTIMES) {
  describe(runtime, () => {
    let edge;
    let hook;
    before(async () => {
      hook = await receiver();
      edge = await start(runtime, { env, objects: 3, config: options(hook.url) });
    });
    after(async () => {
      await edge?.stop();
      await hook?.stop();
    });
    const stored = async (id) => (await admin(edge.url, `leads/shop/${id}`)).status === 200;

    test("a lead that was erased is gone everywhere, its destination is told, and a late copy is known", async () => {
      const one = item({ ...good, full_name: "Grace" });
      await post(edge.url, batch([one]));
      const sent = await until(() => hook.taken.find(({ body }) => body.includes(one.id)), "the delivery of the lead");
      assert.equal(sent.path, "/crm");
      await until(async () => {
        const { body } = await admin(edge.url, `leads/shop/${one.id}`);
        return body.deliveries.some(({ state }) => state === "done");
      }, "the end of the delivery");

      const { status, body } = await erase(edge, `leads/shop/${one.id}`);
      assert.equal(status, 200);
      assert.deepEqual(body, { erased: [one.id], destinations: { crm: "asked" } });
      assert.equal(await stored(one.id), false);
      const { body: list } = await admin(edge.url, "leads?limit=200");
      assert.ok(!JSON.stringify(list).includes(one.id));
      assert.equal((await admin(edge.url, `deliveries/shop/${one.id}/crm`)).status, 404);

      const event = await until(
        () => hook.taken.find((taken) => taken.body.includes("lead.erased") && taken.body.includes(one.id)),
        "the event of the erasure",
      );
      assert.deepEqual(JSON.parse(event.body).data, { id: one.id });
      assert.equal(event.headers["webhook-id"], `${one.id}:crm:erased`);
      assert.ok(event.headers["webhook-signature"].startsWith("v1,"), SECRET);
      await until(async () => (await admin(edge.url, "erasures")).body.erasures.length === 0, "the end of the erasure");

      for (const late of [one, { ...one, data: { ...one.data, email: "other@example.com" } }]) {
        assert.deepEqual((await post(edge.url, batch([late]))).body.r, [{ id: one.id, s: "dup" }]);
      }
      // What would be refused is not kept in quarantine either.
      const refused = { ...one, data: { ...one.data, email: "nonsense" } };
      assert.equal((await post(edge.url, batch([refused]))).body.r[0].s, "dup");
      assert.ok(!JSON.stringify((await admin(edge.url, "quarantine")).body).includes(one.id));
      assert.equal(await stored(one.id), false);
      // Asked again, it is still erased, and has nothing more to tell.
      assert.deepEqual((await erase(edge, `leads/shop/${one.id}`)).body.destinations, {});
      assert.equal((await erase(edge, `leads/shop/${leadId()}`)).status, 404);
    });

    test("all leads of a person are found by address or number, and those of others stay", async () => {
      const own = [
        item(her),
        item({ ...her, email: "QUIXLEY@RARE.EXAMPLE" }, { form: "contact" }),
        item({ ...good, email: "else@example.com", phone: "030 901820" }),
        item({ ...her, ok: false }),
      ];
      const naming = item({ ...good, message: "Please write to quixley@rare.example too" });
      const others = Array.from({ length: 30 }, () => item());
      const { body: answers } = await post(edge.url, batch([...own, naming, ...others]));
      assert.deepEqual(
        answers.r.slice(0, 5).map(({ s }) => s),
        ["ok", "ok", "ok", "bad", "ok"],
      );
      const { body } = await erase(edge, "people/shop", { person: " Quixley@Rare.example" });
      assert.deepEqual(body.erased, [own[0].id, own[1].id, own[3].id].toSorted());
      assert.deepEqual(body.naming, [naming.id]);
      assert.equal(body.next, null);
      assert.equal(await stored(own[2].id), true);
      const byNumber = await erase(edge, "people/shop", { person: "+49 30 901820" });
      assert.deepEqual(byNumber.body.erased, [own[2].id]);
      for (const { id } of own) assert.equal(await stored(id), false);
      for (const { id } of [naming, ...others.slice(0, 3)]) assert.equal(await stored(id), true);
      assert.equal((await erase(edge, "people/shop", { person: "nobody" })).status, 400);
      assert.ok(!edge.lines.join("\n").toLowerCase().includes("quixley"));
    });
  });
}

describe("the file", () => {
  let hook;
  let folder;
  let edge;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "leadkit-erase-"));
    hook = await receiver();
    // One receiver is not there, so that a delivery with what was sent goes on while its lead is erased.
    hook.answer(({ path }) => (path === "/mail" ? { status: 503 } : { status: 200 }));
    edge = await start("node", { folder, env, config: options(hook.url) });
  });
  after(async () => {
    await edge?.stop();
    await hook?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const found = () => {
    const bytes = readdirSync(folder)
      .filter((name) => name.startsWith("leads.db"))
      .map((name) => readFileSync(join(folder, name)).toString("latin1").toLowerCase());
    return TRACES.filter((trace) => bytes.some((text) => text.includes(trace.toLowerCase())));
  };
  const many = (count) =>
    Array.from({ length: count }, (_, n) => item({ ...good, message: `message ${n} `.repeat(20) }));
  const sent = (id, path) => until(() => hook.taken.some((one) => one.path === path && one.body.includes(id)), path);

  test("after an erasure no byte of the person is in the database, whatever happened to the lead before", async () => {
    const ids = [];
    for (let round = 0; round < 8; round += 1) {
      const own = item({ ...her, news: true, message: `${her.message} ${"x".repeat(round * 700)}` });
      const refused = item({ ...her, ok: false });
      ids.push(own.id, refused.id);
      await post(edge.url, batch([...many(20), own, refused, ...many(20)]));
      await sent(own.id, "/crm");
      await sent(own.id, "/mail");
    }
    assert.deepEqual(found(), TRACES);
    const { body } = await erase(edge, "people/shop", { person: "quixley@rare.example" });
    assert.deepEqual(body.erased, ids.toSorted());
    await until(() => hook.taken.filter(({ body: text }) => text.includes("lead.erased")).length === 16, "the events");
    await until(() => found().length === 0, `no trace of the person; found ${found()}`);
    const { body: left } = await admin(edge.url, "leads?limit=200");
    assert.equal(left.leads.length, 200);
  });

  test("the command line erases a person and says what is left to do", async () => {
    const own = item({ ...her, email: "cli@rare.example" });
    const naming = item({ ...good, message: "for cli@rare.example" });
    await post(edge.url, batch([own, naming]));
    await sent(own.id, "/crm");
    const run = (...args) =>
      spawnSync(process.execPath, [CLI, "erase", ...args, "--url", edge.url], {
        cwd: folder,
        env: { ...process.env, LEADKIT_ADMIN_TOKEN: TOKEN },
        encoding: "utf8",
      });
    assert.match(run("cli@rare.example").stderr, /expected --yes/);
    assert.match(run("--yes").stderr, /expected one PERSON/);
    const { status, stdout } = run("CLI@rare.example", "--yes");
    assert.equal(status, 1);
    assert.match(stdout, /^1 leads erased\n {2}\S+\ncrm: is asked to erase\n\S+: is of somebody else/);
    assert.ok(stdout.includes(own.id) && stdout.includes(naming.id));
    assert.match(run("--lead", naming.id, "--yes").stdout, /^1 leads erased/);
    assert.match(run("--lead", leadId(), "--yes").stderr, /no such lead/);
  });

  test("what was kept for long enough is erased, and a late copy is told from something else", async () => {
    const [old, older, young] = [item({ ...her, ok: true }), item({ ...her, ok: false }), item()];
    await post(edge.url, batch([old, older, young]));
    await sent(old.id, "/crm");
    await until(async () => (await admin(edge.url, `leads/shop/${old.id}`)).body.deliveries[0].state === "done", "crm");
    await edge.stop();
    const db = new DatabaseSync(join(folder, "leads.db"));
    db.exec("PRAGMA secure_delete=ON");
    const back = Date.now() - 1097 * DAY;
    for (const table of ["lead", "entry", "quarantine"]) {
      db.prepare(`UPDATE ${table} SET received_at=? WHERE id IN (?,?)`).run(back, old.id, older.id);
    }
    db.close();
    edge = await start("node", { folder, env, config: options(hook.url) });
    const gone = async (id) => (await admin(edge.url, `leads/shop/${id}`)).status === 404;
    await until(() => gone(old.id), "the end of the lead");
    await until(() => found().length === 0, `no trace of what was old; found ${found()}`);
    assert.equal(await gone(young.id), false);
    assert.ok(!JSON.stringify((await admin(edge.url, "quarantine")).body).includes(older.id));
    await until(() => edge.lines.some((line) => line.includes('"retention"')), "the line of the log");
    // The same content is a copy, whether it was taken or refused then; another content is a conflict, and is kept.
    const again = [old, older, { ...old, data: { ...good, email: "other@example.com" } }];
    for (const [place, expected] of [{ s: "dup" }, { s: "dup" }, { s: "bad", c: "id.conflict" }].entries()) {
      const { body } = await post(edge.url, batch([again[place]]));
      assert.deepEqual(body.r[0], { id: again[place].id, ...expected });
    }
    assert.equal(await gone(old.id), true);
  });
});
