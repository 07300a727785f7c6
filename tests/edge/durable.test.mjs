// What was acknowledged is stored, whatever is killed; and what changes between two starts.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { admin, batch, good, item, post, receiver } from "./client.mjs";
import { config, start, TWO_RUNTIMES, until } from "./runtime.mjs";

const ROUNDS = Number(process.env.LEADKIT_ROUNDS ?? 6);

/** Every entry of the list. */
async function all(url) {
  const out = [];
  for (let before = ""; before !== null; ) {
    const { body } = await admin(url, `leads?limit=200&before=${before}`);
    out.push(...body.leads);
    before = body.next;
  }
  return out;
}

for (const runtime of TWO_RUNTIMES) {
  describe(runtime, () => {
    test("no acknowledged lead is lost when the runtime is killed under load, and each arrives", async () => {
      const folder = mkdtempSync(join(tmpdir(), "leadkit-"));
      const hook = await receiver();
      const sent = new Map();
      const acknowledged = new Set();
      let edge;
      for (let round = 0; round < ROUNDS; round += 1) {
        edge = await start(runtime, { folder, hook: hook.url, objects: 2 });
        let running = true;
        const load = async () => {
          while (running) {
            const items = Array.from({ length: 5 }, () => item());
            for (const each of items) sent.set(each.id, each);
            try {
              const { body } = await post(edge.url, batch(items));
              for (const { id, s } of body.r) if (s === "ok" || s === "dup") acknowledged.add(id);
            } catch {
              // It was killed before it answered: these leads were not acknowledged.
            }
          }
        };
        const loads = [load(), load(), load()];
        await new Promise((resolve) => setTimeout(resolve, 150 + Math.random() * 700));
        await edge.kill();
        running = false;
        await Promise.all(loads);
      }
      edge = await start(runtime, { folder, hook: hook.url, objects: 2 });
      const stored = new Set((await all(edge.url)).map(({ id }) => id));
      const lost = [...acknowledged].filter((id) => !stored.has(id));
      assert.deepEqual(lost, []);
      assert.ok(acknowledged.size > ROUNDS * 5, String(acknowledged.size));
      // Whoever was not answered sends again, and finds every lead stored once.
      const open = [...sent.values()].filter(({ id }) => !acknowledged.has(id));
      for (let at = 0; at < open.length; at += 50) {
        const { body } = await post(edge.url, batch(open.slice(at, at + 50)));
        assert.ok(body.r.every(({ s }) => s === "ok" || s === "dup"));
      }
      assert.equal((await all(edge.url)).length, sent.size);
      const arrived = () => new Set(hook.taken.map(({ headers }) => headers["webhook-id"]));
      // A request under way at the kill comes again when its lease of a minute has ended.
      await until(() => arrived().size >= sent.size * 2, "every delivery", 120_000);
      assert.equal(arrived().size, sent.size * 2);
      const some = [...sent.keys()].slice(0, 20);
      for (const id of some) {
        const { body } = await admin(edge.url, `leads/shop/${id}`);
        assert.equal(body.deliveries.length, 3);
      }
      console.log(
        `${runtime}: ${sent.size} sent, ${acknowledged.size} acknowledged, ${stored.size} stored before the repeat, ` +
          `${hook.taken.length} requests for ${arrived().size} deliveries, ${ROUNDS} kills`,
      );
      await edge.stop();
      await hook.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    test("a form of an earlier configuration is judged under that configuration", async () => {
      const folder = mkdtempSync(join(tmpdir(), "leadkit-"));
      const first = await start(runtime, { folder });
      const old = item();
      await post(first.url, batch([old]));
      const { form } = (await admin(first.url, `leads/shop/${old.id}`)).body;
      // The index object is told about a configuration after the start.
      await new Promise((resolve) => setTimeout(resolve, 1000));
      await first.stop();
      const changed = config();
      changed.forms.contact.fields.push({ name: "company", type: "text", required: true });
      const second = await start(runtime, { folder, config: changed });
      const late = item(good, { form });
      const current = item(good);
      const { body } = await post(second.url, batch([late, current]));
      assert.deepEqual(body.r, [
        { id: late.id, s: "ok" },
        { id: current.id, s: "bad", c: "required", f: "company" },
      ]);
      const stored = (await admin(second.url, `leads/shop/${late.id}`)).body;
      assert.equal(stored.form, form);
      assert.equal(stored.config, (await admin(second.url, `leads/shop/${old.id}`)).body.config);
      await second.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    test("a new configuration tries again what waited for a person and ends what has no destination", async () => {
      const folder = mkdtempSync(join(tmpdir(), "leadkit-"));
      const hook = await receiver();
      hook.answer(() => ({ status: 401 }));
      const first = await start(runtime, { folder, hook: hook.url });
      const lead = item();
      await post(first.url, batch([lead]));
      const state = async (edge) => {
        const { body } = await admin(edge.url, `leads/shop/${lead.id}`);
        return Object.fromEntries(body.deliveries.map((each) => [each.destination, each.reason ?? each.state]));
      };
      await until(async () => {
        const { crm, women } = await state(first);
        return crm === "parked" && women === "parked";
      }, "both to be parked");
      await first.stop();
      hook.answer(() => ({ status: 200 }));
      const changed = config(hook.url);
      delete changed.destinations.women;
      const second = await start(runtime, { folder, config: changed });
      await fetch(`${second.url}/healthz`);
      const expected = { crm: "done", mail: "consent_missing", women: "destination_missing" };
      await until(async () => (await state(second)).crm === "done", "crm to be done");
      assert.deepEqual(await state(second), expected);
      await second.stop();
      await hook.stop();
      rmSync(folder, { recursive: true, force: true });
    });
  });
}
