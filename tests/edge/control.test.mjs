// What a person does to a destination: pause, resume, replay by query; and what a destination does to itself.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { admin, batch, item, post, receiver } from "./client.mjs";
import { start, TWO_RUNTIMES, until } from "./runtime.mjs";

const config = (url) => ({
  site: { id: "shop", name: "Shop", origins: [] },
  forms: {
    contact: {
      fields: [
        { name: "email", type: "email" },
        { name: "message", type: "text" },
        { name: "ok", type: "consent", purpose: "contact", text: { en: "Yes" } },
      ],
    },
  },
  qualify: {
    private: { filters: [{ id: "look", disposition: "review", when: { in: ["hmm", { var: "values.message" }] } }] },
  },
  destinations: {
    crm: { type: "webhook", url: `${url}/crm` },
    news: { type: "webhook", url: `${url}/news`, purpose: "contact" },
    other: { type: "webhook", url: `${url}/other`, when: { var: "consent.contact" } },
  },
});

for (const runtime of TWO_RUNTIMES) {
  describe(runtime, () => {
    let edge;
    let hook;
    let status;
    before(async () => {
      hook = await receiver();
      hook.answer(({ path }) => ({ status: path === "/crm" ? status : 200 }));
      edge = await start(runtime, { config: config(hook.url), objects: 2 });
    });
    after(async () => {
      await edge?.stop();
      await hook?.stop();
    });

    const send = async (data = {}) => {
      const lead = item({ email: "a@example.com", ...data });
      assert.equal((await post(edge.url, batch([lead]), { origin: edge.url })).body.r[0].s, "ok");
      return lead.id;
    };
    const tell = (path, body) =>
      admin(edge.url, path, { method: "POST", ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    const crm = async (id) => (await admin(edge.url, `deliveries/shop/${id}/crm`)).body;
    const ends = (id, state) =>
      until(async () => {
        const found = await crm(id);
        return found.state === state && found;
      }, `crm to be ${state}`);
    const overview = async () => {
      const { body } = await admin(edge.url, "destinations");
      return Object.fromEntries(body.destinations.map((each) => [each.name, each]));
    };
    const taken = (id) => hook.taken.filter(({ headers }) => headers["webhook-id"] === `${id}:crm`).length;

    test("a destination that is paused gets nothing, the others do, and it gets everything once resumed", async () => {
      status = 200;
      assert.deepEqual((await tell("destinations/shop/crm/pause")).body, { ok: true });
      const ids = [];
      for (let count = 0; count < 6; count += 1) ids.push(await send({ ok: true }));
      await until(async () => (await overview()).other.states.done === 6, "six deliveries to the other");
      const { crm: waiting } = await overview();
      assert.deepEqual([waiting.held, waiting.states.due], ["paused", 6]);
      const log = await crm(ids[0]);
      assert.deepEqual([log.held, log.next, log.attempts], ["paused", "nothing until the destination is resumed", []]);
      assert.deepEqual(ids.map(taken), [0, 0, 0, 0, 0, 0]);
      assert.equal((await tell("destinations/shop/crm/resume")).status, 200);
      for (const id of ids) await ends(id, "done");
      assert.deepEqual(ids.map(taken), [1, 1, 1, 1, 1, 1]);
      assert.equal((await overview()).crm.held, null);
    });

    test("an address that is gone is left alone until a person resumes it", async () => {
      status = 410;
      const first = await send();
      const dead = await ends(first, "dead");
      assert.deepEqual([dead.reason, dead.held, dead.status], ["gone", "gone", 410]);
      // A copy of the same shard meets the same lane.
      status = 200;
      const later = [];
      for (let count = 0; count < 8; count += 1) later.push(await send());
      await until(async () => (await overview()).other !== undefined, "an answer");
      const waiting = (await Promise.all(later.map(crm))).filter(({ held }) => held === "gone");
      assert.notEqual(waiting.length, 0);
      assert.ok(waiting.every(({ attempts }) => attempts.length === 0));
      assert.ok(edge.lines.some((line) => line.includes('"held":"gone"') && line.includes('"level":"alert"')));
      await tell("destinations/shop/crm/resume");
      for (const id of later) await ends(id, "done");
      assert.equal((await crm(first)).state, "dead");
    });

    test("a refused key parks with an alert, and resuming tries again", async () => {
      status = 401;
      const id = await send();
      await ends(id, "parked");
      assert.ok(edge.lines.some((line) => line.includes(id) && line.includes('"level":"alert"')));
      status = 200;
      await tell("destinations/shop/crm/resume");
      await ends(id, "done");
    });

    test("many are replayed by a query, and what nobody agreed to never is", async () => {
      status = 422;
      const since = Date.now();
      const ids = [];
      for (let count = 0; count < 7; count += 1) ids.push(await send());
      for (const id of ids) await ends(id, "dead");
      const looked = await send({ message: "hmm" });
      status = 200;
      assert.deepEqual((await tell("destinations/shop/crm/replay", { since: Date.now() + 60_000 })).body, {
        replayed: 0,
        more: false,
      });
      const two = { leads: ids.slice(0, 2), since };
      assert.deepEqual((await tell("destinations/shop/crm/replay", two)).body, { replayed: 2, more: false });
      const rest = { reason: "refused", since };
      assert.deepEqual((await tell("destinations/shop/crm/replay", rest)).body, { replayed: 5, more: false });
      for (const id of ids) await ends(id, "done");
      assert.deepEqual(ids.map(taken), [2, 2, 2, 2, 2, 2, 2]);
      assert.equal((await crm(looked)).state, "parked");
      for (const query of [{}, { reason: "consent_missing" }]) {
        assert.equal((await tell("destinations/shop/news/replay", query)).body.replayed, 0);
      }
      assert.equal((await tell(`leads/shop/${ids[0]}/replay`, { destination: "news" })).status, 404);
      assert.equal((await tell("destinations/shop/crm/replay", { reason: "review" })).body.replayed, 1);
      await ends(looked, "done");
    });

    test("what cannot be asked is refused", async () => {
      assert.equal((await tell("destinations/shop/nobody/pause")).status, 404);
      assert.equal((await tell("destinations/nowhere/crm/pause")).status, 404);
      assert.equal((await tell("destinations/shop/crm/replay", { leads: "all" })).status, 400);
      assert.equal((await admin(edge.url, "destinations/shop/crm/pause")).status, 405);
      assert.equal((await admin(edge.url, `deliveries/shop/${item().id}/crm`)).status, 404);
      assert.equal((await fetch(`${edge.url}/v1/admin/destinations`)).status, 401);
    });
  });
}
