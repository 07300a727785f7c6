// What sales say about a lead: its stage is kept with time and person, and told to the destinations that want to know.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { admin, batch, item, post, receiver } from "./client.mjs";
import { ORIGIN, start, TWO_RUNTIMES, until } from "./runtime.mjs";

/** The token of a person is their name with their role, to keep it short. */
const sha = (text) => createHash("sha256").update(text).digest("hex");

const config = (url) => ({
  site: { id: "shop", name: "Shop", origins: [ORIGIN] },
  forms: {
    contact: {
      fields: [
        { name: "email", type: "email" },
        { name: "ok", type: "consent", purpose: "contact", text: { en: "Yes" } },
      ],
    },
  },
  stages: { demo: "qualified" },
  destinations: {
    crm: { type: "webhook", url: `${url}/crm` },
    both: { type: "webhook", url: `${url}/both`, on: ["lead", "stage"], purpose: "contact" },
    wins: { type: "cloudevents", url: `${url}/wins`, on: ["stage"], when: { "==": [{ var: "stage" }, "won"] } },
  },
});

for (const runtime of TWO_RUNTIMES) {
  describe(runtime, () => {
    let edge;
    let hook;
    before(async () => {
      hook = await receiver();
      const tokens = ["anna:edit", "reader:read"].map((one) => `${one}:${sha(one)}`).join(" ");
      edge = await start(runtime, { config: config(hook.url), objects: 2, env: { LEADKIT_TOKENS: tokens } });
    });
    after(async () => {
      await edge?.stop();
      await hook?.stop();
    });

    const send = async (data) => {
      const lead = item({ email: "ada@example.com", ok: true, ...data });
      assert.equal((await post(edge.url, batch([lead]))).status, 200);
      return lead.id;
    };
    const read = async (id) => (await admin(edge.url, `leads/shop/${id}`)).body;
    const ask = (id, what, body) =>
      admin(edge.url, `leads/shop/${id}/${what}`, { method: "POST", body: JSON.stringify(body) });
    const came = (path, id) => hook.taken.filter((one) => one.path === path && one.body.includes(id));
    const settled = (id) =>
      until(async () => {
        const lead = await read(id);
        return lead.deliveries.every((one) => one.state === "done" || one.state === "dead") && lead;
      });

    test("a stage is kept with time and person and told once, under a key of its own", async () => {
      const id = await send();
      const first = await settled(id);
      assert.deepEqual([first.stage, first.stages], ["new", []]);
      assert.deepEqual(first.stage_names, ["new", "contacted", "qualified", "demo", "won", "lost"]);
      const before = Date.now();
      const set = await ask(id, "stage", { stage: "demo", by: "Grace" });
      assert.deepEqual([set.status, set.body], [200, { stage: "qualified", name: "demo" }]);
      const lead = await settled(id);
      const [stage] = lead.stages;
      assert.deepEqual([lead.stage, lead.stages.length], ["demo", 1]);
      assert.deepEqual([stage.name, stage.stage, stage.by, stage.worth], ["demo", "qualified", "Grace", null]);
      assert.ok(stage.at >= before - 1000 && stage.at <= Date.now() + 1000);
      assert.deepEqual(
        lead.deliveries.map((one) => [one.destination, one.state]),
        [
          ["both", "done"],
          ["both.stage.demo", "done"],
          ["crm", "done"],
        ],
      );
      const [created, told, ...more] = came("/both", id);
      assert.equal(more.length, 0);
      assert.equal(JSON.parse(created.body).type, "lead.created");
      const event = JSON.parse(told.body);
      assert.deepEqual([event.type, told.headers["webhook-id"]], ["lead.stage", `${id}:both.stage.demo`]);
      assert.equal(event.timestamp, new Date(stage.at).toISOString());
      assert.equal(event.data.stages[0].stage, "qualified");
      // The same again, and back and forth: nothing is told twice.
      await ask(id, "stage", { stage: "demo" });
      await ask(id, "stage", { stage: "contacted" });
      await ask(id, "stage", { stage: "demo" });
      const again = await settled(id);
      assert.deepEqual(
        again.stages.map((one) => [one.name, one.by]),
        [
          ["demo", "Grace"],
          ["contacted", "admin"],
          ["demo", "admin"],
        ],
      );
      assert.equal(came("/both", id).length, 3);
      assert.equal(came("/crm", id).length, 1);
    });

    test("a condition may name the stage, and a sale may say what it is worth", async () => {
      const id = await send();
      await settled(id);
      await ask(id, "stage", { stage: "won", value: 1200.5, currency: "EUR" });
      await settled(id);
      const [told] = came("/wins", id);
      const event = JSON.parse(told.body);
      assert.deepEqual([event.type, event.data.stages[0].worth], ["lead.stage", { value: 1200.5, currency: "EUR" }]);
    });

    test("a stage is not told without consent, nor what was withdrawn since", async () => {
      const id = await send({ ok: false });
      await settled(id);
      await ask(id, "stage", { stage: "won" });
      const reason = async (lead, lane) =>
        (await read(lead)).deliveries.find((one) => one.destination === lane)?.reason;
      assert.equal(await reason(id, "both.stage.won"), "consent_missing");
      const other = await send();
      await settled(other);
      const withdrawn = await ask(other, "withdraw", { purpose: "contact", by: "Ada" });
      assert.deepEqual([withdrawn.status, withdrawn.body], [200, { withdrawn: "contact" }]);
      await ask(other, "stage", { stage: "won" });
      assert.equal(await reason(other, "both.stage.won"), "consent_missing");
      const lead = await read(other);
      assert.deepEqual(
        lead.withdrawn.map((one) => [one.purpose, one.by]),
        [["contact", "Ada"]],
      );
      assert.deepEqual(lead.receipt_faults, ["unsigned"]);
      const answer = await ask(other, "replay", { destination: "both.stage.won" });
      assert.equal(answer.status, 404);
    });

    test("what is no stage, no lead or no admin is refused", async () => {
      const id = await send();
      for (const body of [
        {},
        { stage: "maybe" },
        { stage: "won", value: -1, currency: "EUR" },
        { stage: "won", value: 1 },
      ])
        assert.equal((await ask(id, "stage", body)).status, 400, JSON.stringify(body));
      assert.equal((await ask(id, "withdraw", {})).status, 400);
      assert.equal((await ask("017f22e2-79b0-7cc3-98c4-dc0c0c07398f", "stage", { stage: "won" })).status, 404);
      assert.equal((await admin(edge.url, `leads/shop/${id}/stage`)).status, 405);
      const stranger = await fetch(`${edge.url}/v1/admin/leads/shop/${id}/stage`, { method: "POST", body: "{}" });
      assert.equal(stranger.status, 401);
    });

    test("who holds a token of their own is named, and who may only read sets nothing", async () => {
      const id = await send();
      const set = (token, body) =>
        admin(edge.url, `leads/shop/${id}/stage`, {
          method: "POST",
          body: JSON.stringify(body),
          headers: { authorization: `Bearer ${token}` },
        });
      assert.equal((await set("reader:read", { stage: "won" })).status, 403);
      assert.equal((await set("anna:edit", { stage: "contacted" })).status, 200);
      assert.equal((await set("anna:edit", { stage: "won", by: "Grace" })).status, 200);
      assert.deepEqual(
        (await read(id)).stages.map((one) => one.by),
        ["anna", "Grace (anna)"],
      );
      // The next test counts what waits.
      await settled(id);
    });

    test("a destination is paused, resumed and counted with all that it is told", async () => {
      const pause = await admin(edge.url, "destinations/shop/both/pause", { method: "POST" });
      assert.equal(pause.status, 200);
      const id = await send();
      await ask(id, "stage", { stage: "won" });
      const list = async () => (await admin(edge.url, "destinations?site=shop")).body.destinations;
      const both = (await list()).find((one) => one.name === "both");
      assert.equal(both.held, "paused");
      assert.equal(both.states.due, 2);
      assert.equal((await list()).length, 3);
      await admin(edge.url, "destinations/shop/both/resume", { method: "POST" });
      await settled(id);
      const replay = await admin(edge.url, "destinations/shop/both/replay", {
        method: "POST",
        body: JSON.stringify({ leads: [id], states: ["done"] }),
      });
      assert.deepEqual(replay.body, { replayed: 2, more: false });
    });
  });
}
