// What the Inbox reads, and who may read it.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { admin, batch, good, item, leadId, post } from "./client.mjs";
import { RUNTIMES, start, TOKEN } from "./runtime.mjs";

for (const runtime of RUNTIMES) {
  describe(runtime, () => {
    let edge;
    before(async () => {
      edge = await start(runtime, { objects: 4 });
    });
    after(() => edge?.stop());

    const session = (options) => fetch(`${edge.url}/v1/admin/session`, options);
    const signIn = (token) => session({ method: "POST", body: JSON.stringify({ token }) });

    test("without the token nothing is read", async () => {
      const paths = ["session", "leads", "quarantine", "leads/shop/x", "anything"];
      for (const path of paths) {
        const response = await fetch(`${edge.url}/v1/admin/${path}`);
        assert.equal(response.status, 401, path);
        assert.equal((await response.json()).error.code, "token_invalid");
      }
      for (const authorization of ["Bearer wrong", "Bearer ", `Basic ${TOKEN}`, `Bearer ${TOKEN}x`]) {
        assert.equal((await fetch(`${edge.url}/v1/admin/leads`, { headers: { authorization } })).status, 401);
      }
    });

    test("the token makes a session that scripts cannot read and other sites cannot use", async () => {
      assert.equal((await signIn("wrong")).status, 401);
      const response = await signIn(TOKEN);
      assert.equal(response.status, 200);
      const sites = [{ id: "shop", name: "Shop & Co" }];
      assert.deepEqual(await response.json(), { sites, name: "admin", role: "admin" });
      const header = response.headers.get("set-cookie");
      assert.match(
        header,
        /^leadkit_session=[0-9a-f]{64}; Max-Age=43200; Path=\/v1\/admin; HttpOnly; SameSite=Strict$/,
      );
      const cookie = header.split(";")[0];
      assert.equal((await session({ headers: { cookie } })).status, 200);
      assert.equal((await session({ headers: { cookie: `${cookie}0` } })).status, 401);
      const own = { cookie, origin: edge.url, "x-leadkit": "inbox" };
      for (const forged of [{ origin: "https://evil.example" }, { origin: "null" }, { "x-leadkit": undefined }]) {
        const headers = Object.entries({ ...own, ...forged }).filter(([, value]) => value !== undefined);
        assert.equal((await session({ method: "DELETE", headers })).status, 403);
      }
      const out = await session({ method: "DELETE", headers: own });
      assert.equal(out.status, 204);
      assert.match(out.headers.get("set-cookie"), /^leadkit_session=; Max-Age=0/);
      // The cookie that a thief has kept opens nothing any more.
      assert.equal((await session({ headers: { cookie } })).status, 401);
    });

    test("a list shows every acknowledged lead, newest first, page by page, over all objects", async () => {
      const items = Array.from({ length: 25 }, () => item());
      await post(edge.url, batch(items));
      const seen = [];
      let before = "";
      do {
        const { body } = await admin(edge.url, `leads?site=shop&limit=7&before=${before}`);
        seen.push(...body.leads);
        before = body.next;
        assert.ok(body.leads.length === 7 || body.next === null);
      } while (before !== null);
      assert.deepEqual(new Set(seen.map(({ id }) => id)), new Set(items.map(({ id }) => id)));
      assert.equal(seen.length, 25);
      const sorted = seen.toSorted((a, b) => b.received_at - a.received_at || (b.id > a.id ? 1 : -1));
      assert.deepEqual(seen, sorted);
    });

    test("a list can be narrowed to a form and a disposition", async () => {
      const spam = item({ ...good, message: "casino" });
      const booking = item({ email: "b@example.com" }, { form: "booking" });
      await post(edge.url, batch([spam, booking]));
      const ids = async (query) => (await admin(edge.url, `leads?${query}`)).body.leads.map(({ id }) => id);
      assert.deepEqual(await ids("disposition=spam"), [spam.id]);
      assert.deepEqual(await ids("form=booking"), [booking.id]);
      assert.deepEqual(await ids("form=bookin_"), await ids(""));
      assert.equal((await admin(edge.url, "leads?site=other")).status, 404);
    });

    test("one lead is shown whole", async () => {
      const at = Date.now() - 5000;
      const one = item(
        { ...good, message: "Hello", colour: "red" },
        { at, ctx: { page: "https://shop.example/x" }, consent: { profiling: true } },
      );
      await post(edge.url, batch([one], { sent_at: at + 2000 }));
      const { body } = await admin(edge.url, `leads/shop/${one.id}`);
      assert.equal(body.at, at);
      assert.equal(body.sent_at, at + 2000);
      assert.equal(body.occurred_at, body.received_at - 2000);
      assert.deepEqual(body.unknown, { colour: "red" });
      assert.deepEqual(body.context, { page: "https://shop.example/x" });
      assert.equal(body.values.message, "Hello");
      assert.deepEqual(body.verdict.scores.fit, { points: 5, groups: {} });
      assert.deepEqual(body.verdict.reasons, [{ rule: "wrote", score: "fit", points: 5 }]);
      const given = body.consent.map(({ purpose, given }) => [purpose, given]);
      assert.deepEqual(given, [
        ["contact", true],
        ["newsletter", false],
        ["profiling", true],
      ]);
      const deliveries = body.deliveries.map(({ destination, state, reason }) => [destination, state, reason]);
      assert.deepEqual(deliveries[1], ["mail", "dead", "consent_missing"]);
      assert.equal(deliveries.length, 3);
    });

    test("spam is stored, and goes nowhere", async () => {
      const one = item({ ...good, message: "casino" });
      assert.equal((await post(edge.url, batch([one]))).body.r[0].s, "ok");
      const { body } = await admin(edge.url, `leads/shop/${one.id}`);
      assert.equal(body.verdict.disposition, "spam");
      assert.deepEqual(body.deliveries, []);
    });

    test("what was refused lies in quarantine with all that came", async () => {
      const one = item({ ...good, email: "nonsense" });
      await post(edge.url, batch([one]));
      const { body } = await admin(edge.url, "quarantine");
      const entry = body.items.find(({ id }) => id === one.id);
      assert.equal(entry.code, "email.syntax");
      assert.equal(entry.field, "email");
      assert.deepEqual(entry.item, one);
    });

    test("a lead that is not there is not found, and cannot be replayed", async () => {
      const options = { method: "POST", body: '{"destination":"crm"}' };
      assert.equal((await admin(edge.url, `leads/shop/${leadId()}`)).status, 404);
      assert.equal((await admin(edge.url, `leads/shop/${leadId()}/replay`, options)).status, 404);
      assert.equal((await admin(edge.url, `leads/shop/${leadId()}/replay`)).status, 405);
      const hostile = encodeURIComponent("' OR 1=1 --");
      assert.equal((await admin(edge.url, `leads/shop/${hostile}`)).status, 404);
    });
  });
}
