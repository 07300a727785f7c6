// From another system to a stored lead: each platform as it documents its requests, with the libraries that sign for it.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { Webhook } from "standardwebhooks";
import { admin, receiver } from "./client.mjs";
import { SECRET, start, TWO_RUNTIMES, until } from "./runtime.mjs";

const APP = "app secret";
const KEY = "google key";

const config = (url) => ({
  site: { id: "shop", name: "Shop", origins: [] },
  forms: {
    ads: {
      fields: [
        { name: "name", type: "name" },
        { name: "email", type: "email", required: true },
        { name: "telefon", type: "text" },
        { name: "ok", type: "consent", purpose: "contact", text: { en: "Yes" } },
      ],
    },
  },
  qualify: {
    private: {
      scores: { fit: {} },
      rules: [{ id: "ad", score: "fit", points: 7, when: { "==": [{ var: "channel" }, "search_ad"] } }],
    },
  },
  destinations: { crm: { type: "webhook", url: `${url}/crm` } },
  sources: {
    partner: {
      type: "webhook",
      form: "ads",
      secret: { env: "WEBHOOK_SECRET" },
      map: { ok: { "==": [{ var: "data.agreed" }, "yes"] } },
    },
    crm_hook: { type: "hmac", form: "ads", secret: { env: "APP" }, header: "X-Sig", prefix: "sha256=", id: "entry.id" },
    facebook: {
      type: "meta",
      form: "ads",
      secret: { env: "APP" },
      verify_token: { env: "VERIFY" },
      token: { env: "PAGE" },
      url: `${url}/graph`,
    },
    search: { type: "google", form: "ads", key: { env: "KEY" }, channel: "search_ad" },
    network: { type: "linkedin", form: "ads", secret: { env: "APP" }, token: { env: "PAGE" }, url: `${url}/linkedin` },
    unready: { type: "google", form: "ads", key: { env: "NOT_THERE" } },
  },
});

for (const runtime of TWO_RUNTIMES) {
  describe(runtime, () => {
    let edge;
    let hook;
    const graph = new Map();
    before(async () => {
      hook = await receiver();
      hook.answer(({ method, path, headers }) => {
        if (path.startsWith("/linkedin/")) {
          const known = headers.authorization === "Bearer page-token" && headers["linkedin-version"] === "202603";
          return known
            ? (graph.get(path.slice("/linkedin/rest/leadFormResponses/".length)) ?? { status: 500 })
            : { status: 401 };
        }
        if (!path.startsWith("/graph/")) return { status: 200 };
        if (method !== "GET" || headers.authorization !== "Bearer page-token") return { status: 401 };
        return graph.get(/^\/graph\/(\d+)\?fields=/.exec(path)?.[1]) ?? { status: 500 };
      });
      edge = await start(runtime, {
        config: config(hook.url),
        env: { APP, KEY, VERIFY: "verify", PAGE: "page-token", LEADKIT_ALLOW_PRIVATE: "1" },
        objects: 2,
      });
    });
    after(async () => {
      await edge?.stop();
      await hook?.stop();
    });

    const call = async (name, body, headers = {}) => {
      const text = typeof body === "string" ? body : JSON.stringify(body);
      const options = { method: "POST", body: text, headers: { "content-type": "application/json", ...headers } };
      const response = await fetch(`${edge.url}/v1/source/shop/${name}`, options);
      return { status: response.status, headers: response.headers, body: await response.json() };
    };
    const lead = async (id) => (await admin(edge.url, `leads/shop/${id}`)).body;
    const count = async () => (await admin(edge.url, "leads?site=shop&limit=200")).body.leads.length;
    const hmac = (text) => createHmac("sha256", APP).update(text).digest("hex");
    const google = (more) => ({
      lead_id: "g1",
      api_version: "1.0",
      form_id: 4_000_000_000,
      campaign_id: "123",
      google_key: KEY,
      user_column_data: [
        { column_id: "FULL_NAME", column_name: "Full name", string_value: "Ada Lovelace" },
        { column_id: "EMAIL", string_value: "ada@example.com" },
        { column_id: "PHONE_NUMBER", string_value: "+4930123456" },
      ],
      ...more,
    });

    test("a webhook that the library of the standard signed is stored once, with its provenance", async () => {
      const body = JSON.stringify({
        type: "lead.created",
        data: { Vorname: "Jörg", Nachname: "Müller", mail: "j@example.com", agreed: "yes" },
      });
      const signed = (id, at) => ({
        "webhook-id": id,
        "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
        "webhook-signature": new Webhook(SECRET).sign(id, at, body),
      });
      const first = await call("partner", body, signed("msg_1", new Date()));
      assert.deepEqual([first.status, first.body.r[0].s], [200, "ok"]);
      const again = await call("partner", body, signed("msg_1", new Date(Date.now() + 2000)));
      assert.deepEqual([again.status, again.body.r[0].s, again.body.r[0].id], [200, "dup", first.body.r[0].id]);
      const stored = await lead(first.body.r[0].id);
      assert.deepEqual(stored.values, { name: "Jörg Müller", email: "j@example.com", ok: true });
      assert.deepEqual(stored.context, {
        channel: "webhook",
        source: { name: "partner", type: "webhook", id: "msg_1" },
      });
      assert.deepEqual(stored.unknown, { agreed: "yes" });
      assert.equal(stored.consent[0].given, true);
      await until(() => hook.taken.some(({ headers }) => headers["webhook-id"] === `${stored.id}:crm`), "its delivery");
    });

    test("a signature that is wrong, old or missing is refused", async () => {
      const body = '{"data":{"email":"evil@example.com"}}';
      const before = await count();
      const old = new Date(Date.now() - 600_000);
      const sign = (secret, at) => ({
        "webhook-id": "x",
        "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
        "webhook-signature": new Webhook(secret).sign("x", at, body),
      });
      for (const headers of [{}, sign(SECRET, old), sign("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", new Date())]) {
        assert.equal((await call("partner", body, headers)).status, 401);
      }
      assert.equal((await call("crm_hook", body, { "x-sig": `sha256=${hmac("other")}` })).status, 401);
      assert.equal((await call("search", google({ google_key: "guess" }))).status, 401);
      assert.equal((await call("facebook", '{"entry":[]}', { "x-hub-signature-256": "sha256=00" })).status, 401);
      assert.equal((await call("nobody", body)).status, 404);
      assert.equal((await call("unready", google())).status, 503);
      assert.equal(await count(), before);
    });

    test("a body signed in a header is known by its id, however large the number", async () => {
      const body = '{"entry":{"id":9007199254740993},"email":"big@example.com"}';
      const headers = { "x-sig": `sha256=${hmac(body)}` };
      const first = await call("crm_hook", body, headers);
      assert.equal(first.body.r[0].s, "ok");
      assert.equal((await call("crm_hook", body, headers)).body.r[0].s, "dup");
      assert.equal((await lead(first.body.r[0].id)).context.source.id, "9007199254740993");
      const next = body.replace("993}", "992}");
      assert.equal((await call("crm_hook", next, { "x-sig": `sha256=${hmac(next)}` })).body.r[0].s, "ok");
    });

    test("Google's lead form is taken with its key; a test is stored and goes nowhere", async () => {
      const { status, body } = await call("search", google());
      assert.deepEqual([status, body.r[0].s], [200, "ok"]);
      assert.equal((await call("search", google())).body.r[0].s, "dup");
      const stored = await lead(body.r[0].id);
      assert.deepEqual(stored.values, {
        name: "Ada Lovelace",
        email: "ada@example.com",
        telefon: "+4930123456",
        ok: false,
      });
      assert.deepEqual([stored.context.source.form_id, stored.context.source.campaign_id], ["4000000000", "123"]);
      assert.equal(stored.verdict.scores.fit.points, 7);
      const test = await call("search", google({ lead_id: "g2", is_test: true }));
      const [delivery] = (await lead(test.body.r[0].id)).deliveries;
      assert.deepEqual([delivery.state, delivery.reason], ["dead", "test_lead"]);
    });

    test("what does not fit the form lies in quarantine, and the platform need not come again", async () => {
      const bad = google({ lead_id: "g3", user_column_data: [{ column_id: "EMAIL", string_value: "nonsense" }] });
      const { status, body } = await call("search", bad);
      assert.deepEqual([status, body.r[0].s, body.r[0].c, body.r[0].f], [200, "bad", "email.syntax", "email"]);
      const { items } = (await admin(edge.url, "quarantine?site=shop")).body;
      assert.equal(items.find(({ id }) => id === body.r[0].id).item.ctx.source.id, "g3");
    });

    test("Meta sees that the address is ours, and its leads are fetched before it hears a 200", async () => {
      const query = "hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=";
      const asked = await fetch(`${edge.url}/v1/source/shop/facebook?${query}verify`);
      assert.deepEqual([asked.status, await asked.text()], [200, "1158201444"]);
      assert.match(asked.headers.get("content-type"), /^text\/plain/);
      assert.equal((await fetch(`${edge.url}/v1/source/shop/facebook?${query}guess`)).status, 401);

      const value = (id) => `{"leadgen_id":${id},"page_id":"1","form_id":"2","created_time":1795325565}`;
      const notice = (...ids) =>
        `{"object":"page","entry":[{"id":"1","time":1,"changes":[${ids.map((id) => `{"field":"leadgen","value":${value(id)}}`).join()}]}]}`;
      const send = (body) => call("facebook", body, { "x-hub-signature-256": `sha256=${hmac(body)}` });
      const answer = (name) => ({
        status: 200,
        body: JSON.stringify({
          id: "4".repeat(18),
          campaign_name: "Herbst",
          field_data: [
            { name: "full_name", values: [name] },
            { name: "email", values: ["meta@example.com"] },
            { name: "phone_number", values: ["+49301"] },
          ],
        }),
      });
      const [one, two] = ["444444444444444441", "444444444444444442"];
      graph.set(one, answer("J\u00f6rg"));
      const missed = await send(notice(one, two));
      assert.deepEqual([missed.status, missed.headers.get("retry-after"), missed.body.r.length], [503, "60", 1]);
      graph.set(two, answer("Ada"));
      const done = await send(notice(one, two));
      assert.deepEqual([done.status, done.body.r.map(({ s }) => s).sort()], [200, ["dup", "ok"]]);
      const stored = await lead(missed.body.r[0].id);
      assert.deepEqual(stored.values, { name: "Jörg", email: "meta@example.com", telefon: "+49301", ok: false });
      assert.deepEqual(
        [stored.context.source.id, stored.context.source.campaign_name, stored.at],
        [one, "Herbst", 1_795_325_565_000],
      );
    });

    test("LinkedIn sees that the address is ours, signs with a prefix inside, and its leads are fetched", async () => {
      const challenge = "3f2504e0-4f89-11d3-9a0c-0305e82c3301";
      const asked = await fetch(`${edge.url}/v1/source/shop/network?challengeCode=${challenge}`);
      assert.deepEqual(
        [asked.status, await asked.json()],
        [200, { challengeCode: challenge, challengeResponse: hmac(challenge) }],
      );
      assert.match(asked.headers.get("content-type"), /^application\/json/);
      assert.equal((await fetch(`${edge.url}/v1/source/shop/network?challengeCode=%3Cb%3E`)).status, 400);

      const notice = (id, more = {}) =>
        JSON.stringify({
          type: "LEAD_ACTION",
          leadGenFormResponse: `urn:li:leadGenFormResponse:${id}`,
          owner: { sponsoredAccount: "urn:li:sponsoredAccount:1" },
          associatedEntity: "urn:li:sponsoredCreative:2",
          leadGenForm: "urn:li:versionedLeadGenForm:(urn:li:leadGenForm:3,1)",
          leadType: "SPONSORED",
          leadAction: "CREATED",
          occurredAt: 1_795_325_560_000,
          ...more,
        });
      const send = (body) => call("network", body, { "x-li-signature": hmac(`hmacsha256=${body}`) });
      const answer = (name, testLead = false) => ({
        status: 200,
        body: JSON.stringify({
          id: name,
          submittedAt: 1_795_325_565_000,
          testLead,
          formResponse: {
            answers: [
              { questionId: 1, name: "firstName", answerDetails: { textQuestionAnswer: { answer: name } } },
              { questionId: 2, name: "lastName", answerDetails: { textQuestionAnswer: { answer: "M\u00fcller" } } },
              { questionId: 3, name: "email", answerDetails: { textQuestionAnswer: { answer: "in@example.com" } } },
              { questionId: 4, answerDetails: { multipleChoiceAnswer: { options: [2] } } },
            ],
            consentResponses: [{ consentId: 9, accepted: true }],
          },
        }),
      });
      const before = await count();
      const unsigned = notice("a-1");
      for (const signature of [hmac(unsigned), `hmacsha256=${hmac(`hmacsha256=${unsigned}`)}`, ""])
        assert.equal((await call("network", unsigned, { "x-li-signature": signature })).status, 401);
      const missed = await send(notice("a-1"));
      assert.deepEqual([missed.status, missed.headers.get("retry-after")], [503, "60"]);
      graph.set("a-1", answer("J\u00f6rg"));
      const done = await send(notice("a-1"));
      assert.deepEqual([done.status, done.body.r[0].s], [200, "ok"]);
      const again = await send(notice("a-1", { occurredAt: 1_795_325_561_000 }));
      assert.deepEqual([again.status, again.body.r[0].s, again.body.r[0].id], [200, "dup", done.body.r[0].id]);
      const stored = await lead(done.body.r[0].id);
      assert.deepEqual(stored.values, { name: "Jörg Müller", email: "in@example.com", ok: false });
      const { source } = stored.context;
      assert.deepEqual(
        [source.type, source.id, source.leadType, stored.at],
        ["linkedin", "a-1", "SPONSORED", 1_795_325_565_000],
      );
      assert.deepEqual(
        [source.sponsoredAccount, source.consents],
        ["urn:li:sponsoredAccount:1", [{ consentId: 9, accepted: true }]],
      );
      graph.set("a-2", answer("Ada", true));
      const [delivery] = (await lead((await send(notice("a-2"))).body.r[0].id)).deliveries;
      assert.deepEqual([delivery.state, delivery.reason], ["dead", "test_lead"]);
      const deleted = await send(notice("a-3", { leadAction: "DELETED" }));
      assert.deepEqual([deleted.status, deleted.body.r], [200, []]);
      assert.equal(await count(), before + 2);
    });

    test("an operator enters a lead by telephone; without a channel or a token nothing is taken", async () => {
      const enter = (items) => admin(edge.url, "entry/shop", { method: "POST", body: JSON.stringify({ items }) });
      const ctx = { channel: "phone", operator: "Grace", note: "asked for a call" };
      const item = { form: "ads", data: { name: "Ada", email: "phone@example.com", ok: true }, ctx };
      const { status, body } = await enter([item]);
      assert.deepEqual([status, body.r[0].s], [200, "ok"]);
      const stored = await lead(body.r[0].id);
      assert.deepEqual(stored.context, { ...ctx, source: { type: "entry" } });
      assert.equal((await enter([{ ...item, id: body.r[0].id }])).body.r[0].s, "dup");
      assert.equal((await enter([{ form: "ads", data: {} }])).status, 400);
      assert.equal((await enter([{ form: "other", data: {}, ctx }])).body.r[0].c, "form.unknown");
      assert.equal((await fetch(`${edge.url}/v1/admin/entry/shop`, { method: "POST", body: "{}" })).status, 401);
    });

    test("nothing of a person and no secret is in the log", () => {
      const text = edge.lines.join("\n");
      for (const seed of ["example.com", "Lovelace", "page-token", APP, KEY]) assert.ok(!text.includes(seed), seed);
    });
  });
}
