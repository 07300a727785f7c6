// Conversions and audiences: from a lead, its stages and its segments to every ad platform, each within its documented contract.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { admin, batch, item, post, receiver } from "./client.mjs";
import { platforms, REFUSED } from "./platforms.mjs";
import { ORIGIN, start, TWO_RUNTIMES, until } from "./runtime.mjs";

const TOKEN = "ads-token";
const APP_SECRET = "app-secret";
const sha = (text) => createHash("sha256").update(text).digest("hex");

function config(url) {
  const token = { env: "ADS_TOKEN" };
  const ads = { token, purpose: "ads" };
  const stages = { ...ads, on: ["lead", "stage"] };
  const member = {
    ...ads,
    when: { and: [{ in: ["warm", { var: "verdict.segments" }] }, { "!=": [{ var: "stage" }, "won"] }] },
  };
  return {
    site: { id: "shop", name: "Shop", origins: [ORIGIN] },
    forms: {
      contact: {
        fields: [
          { name: "full_name", type: "name" },
          { name: "email", type: "email" },
          { name: "phone", type: "phone", country: "DE" },
          { name: "plz", type: "text" },
          { name: "ort", type: "text" },
          { name: "land", type: "text" },
          { name: "firma", type: "text" },
          { name: "size", type: "text" },
          { name: "ads", type: "consent", purpose: "ads", text: { en: "Show me ads" } },
        ],
      },
    },
    stages: { demo: "qualified" },
    qualify: { private: { segments: [{ id: "warm", when: { "==": [{ var: "values.size" }, "big"] } }] } },
    destinations: {
      meta: {
        type: "meta_conversions",
        ...stages,
        url: `${url}/meta`,
        dataset: "700100",
        app_secret: { env: "APP_SECRET" },
        test_code: "TEST1",
        crm: "Our CRM",
      },
      google: {
        type: "google_conversions",
        ...stages,
        url: `${url}/google`,
        account: "123-456-7890",
        login_account: "999-999-9999",
        events: { lead: "11", won: "12" },
      },
      linkedin: {
        type: "linkedin_conversions",
        ...stages,
        url: `${url}/linkedin`,
        events: { lead: "21", qualified: "22" },
      },
      tiktok: {
        type: "tiktok_conversions",
        ...stages,
        url: `${url}/tiktok`,
        dataset: "T1",
        events: { lead: "SubmitForm" },
      },
      microsoft: {
        type: "microsoft_conversions",
        ...stages,
        url: `${url}/microsoft`,
        dataset: "7004",
        events: { won: "sale" },
      },
      meta_people: {
        type: "meta_audience",
        ...member,
        url: `${url}/meta`,
        audience: "700200",
        app_secret: { env: "APP_SECRET" },
      },
      google_people: {
        type: "google_audience",
        purpose: "ads",
        when: member.when,
        client_id: "client",
        client_secret: { env: "APP_SECRET" },
        refresh_token: { env: "REFRESH" },
        token_url: `${url}/tokens`,
        url: `${url}/google`,
        account: "1234567890",
        audience: "7002",
      },
      linkedin_people: { type: "linkedin_audience", ...member, url: `${url}/linkedin`, audience: "7003" },
      tiktok_people: { type: "tiktok_audience", ...member, url: `${url}/tiktok`, account: "A1", audience: "7005" },
      // Whoever became a customer is left out of what is shown to others.
      customers: {
        type: "google_audience",
        ...ads,
        when: { "==": [{ var: "stage" }, "won"] },
        url: `${url}/google`,
        account: "1234567890",
        audience: "7006",
      },
    },
  };
}

const person = {
  full_name: "Jörg von der Heide",
  phone: "030 123456",
  plz: "80331",
  ort: "München",
  land: "DE",
  firma: "Müller & Söhne",
  size: "big",
  ads: true,
};
const AUDIENCES = ["google_people", "linkedin_people", "meta_people", "tiktok_people"];

for (const runtime of TWO_RUNTIMES) {
  describe(runtime, () => {
    let edge;
    let hook;
    let world;
    let count = 0;
    before(async () => {
      hook = await receiver();
      world = platforms(TOKEN, APP_SECRET);
      hook.answer((request) => world.answer(request));
      const seal = { LEADKIT_SEAL_KEY: "seal", REFRESH: "refresh-0" };
      const env = { ADS_TOKEN: TOKEN, APP_SECRET, LEADKIT_ALLOW_PRIVATE: "1", ...seal };
      edge = await start(runtime, { config: config(hook.url), env, objects: 2 });
    });
    after(async () => {
      // For pkg-scripts/data/ads/bodies.py, which reads them by Google's own protos.
      if (process.env.BLESS === "1") {
        const bodies = JSON.stringify([...world.made.google.values()], null, 1);
        writeFileSync(new URL("../conformance/ads/google.json", import.meta.url), `${bodies}\n`);
      }
      await edge?.stop();
      await hook?.stop();
    });

    const send = async (data = {}, ctx = {}) => {
      count += 1;
      const email = data.email ?? `Joerg.${count}@Example.com`;
      const lead = item({ ...person, ...data, email }, { ctx });
      const answer = await post(edge.url, batch([lead]));
      assert.equal(answer.body.r[0].s, "ok", JSON.stringify(answer.body));
      return { id: lead.id, email: email.toLowerCase() };
    };
    const ask = async (id, what, body = {}) => {
      const answer = await admin(edge.url, `leads/shop/${id}/${what}`, { method: "POST", body: JSON.stringify(body) });
      assert.equal(answer.status, 200, JSON.stringify(answer.body));
      return answer.body;
    };
    const settled = (id) =>
      until(async () => {
        const { deliveries } = (await admin(edge.url, `leads/shop/${id}`)).body;
        const waits = ({ state }) => state === "due" || state === "leased";
        return !deliveries.some(waits) && Object.fromEntries(deliveries.map((one) => [one.destination, one]));
      }, "the end of all deliveries");
    const events = (id) => world.made.events.filter((one) => JSON.stringify(one).includes(id));
    const isMember = (email) =>
      ["meta", "google 7002", "linkedin", "tiktok"].map(
        (name) => world.made.members.get(name)?.has(sha(email)) === true,
      );

    test("a lead is told to every platform as that platform wants it", async () => {
      const attribution = {
        first: { at: 1_790_000_000_000, url: "https://shop.example/", gclid: "first-click", fbclid: "Fb-Click" },
        last: {
          at: 1_790_000_100_000,
          url: "https://shop.example/",
          gclid: "last-click",
          li_fat_id: "li-1",
          msclkid: "ms-1",
        },
        cookies: { _fbp: "fb.1.1790000000000.12345" },
      };
      const { id, email } = await send({}, { attribution, page_url: "https://shop.example/contact?x=1" });
      const deliveries = await settled(id);
      assert.equal(world.made.broken, undefined);
      const done = ["google", "linkedin", "meta", "tiktok", ...AUDIENCES].sort();
      assert.deepEqual(Object.keys(deliveries).sort(), done);
      for (const [name, { state }] of Object.entries(deliveries)) assert.equal(state, "done", name);

      const told = Object.fromEntries(events(id).map((one) => [one.platform, one]));
      const { meta, google, linkedin, tiktok } = told;
      assert.deepEqual([meta.event_name, meta.event_id, meta.action_source], ["Lead", id, "system_generated"]);
      assert.deepEqual(meta.custom_data, { event_source: "crm", lead_event_source: "Our CRM" });
      assert.deepEqual(meta.user_data, {
        em: [sha(email)],
        ph: [sha("4930123456")],
        fn: [sha("jörg")],
        ln: [sha("vonderheide")],
        ct: [sha("mnchen")],
        zp: [sha("80331")],
        country: [sha("de")],
        external_id: [sha(id)],
        fbc: "fb.1.1790000000000.Fb-Click",
        fbp: "fb.1.1790000000000.12345",
      });
      assert.deepEqual([google.action, google.transactionId, google.eventSource], ["11", id, "WEB"]);
      assert.deepEqual(google.adIdentifiers, { gclid: "last-click" });
      assert.deepEqual(google.userData.userIdentifiers, [
        { emailAddress: sha(email) },
        { phoneNumber: sha("+4930123456") },
        {
          address: { givenName: sha("jörg"), familyName: sha("von der heide"), regionCode: "DE", postalCode: "80331" },
        },
      ]);
      assert.deepEqual(linkedin.user, {
        userIds: [
          { idType: "SHA256_EMAIL", idValue: sha(email) },
          { idType: "LINKEDIN_FIRST_PARTY_ADS_TRACKING_UUID", idValue: "li-1" },
        ],
        userInfo: { firstName: "Jörg", lastName: "von der Heide", companyName: "Müller & Söhne", countryCode: "DE" },
      });
      assert.ok(linkedin.conversionHappenedAt > 1e12 && meta.event_time < 1e11);
      assert.deepEqual([tiktok.event, tiktok.user.phone], ["SubmitForm", [sha("+4930123456")]]);
      assert.deepEqual(tiktok.lead, { lead_id: id, lead_event_source: "Leadkit" });
      assert.deepEqual(isMember(email), [true, true, true, true]);
    });

    test("stages go back as conversions under stable ids, with what they are worth", async () => {
      const { id } = await send();
      await settled(id);
      await ask(id, "stage", { stage: "demo" });
      await ask(id, "stage", { stage: "won", value: 1200.5, currency: "EUR" });
      const deliveries = await settled(id);
      const told = events(id).map((one) => [one.platform, one.event_id ?? one.eventId ?? one.transactionId]);
      assert.deepEqual(told.sort(), [
        ["google", id],
        ["google", `${id}:won`],
        ["linkedin", id],
        ["linkedin", `${id}:demo`],
        ["meta", id],
        ["meta", `${id}:demo`],
        ["meta", `${id}:won`],
        ["microsoft", `${id}:won`],
        ["tiktok", id],
      ]);
      const won = Object.fromEntries(
        events(id)
          .filter((one) => JSON.stringify(one).includes(":won"))
          .map((one) => [one.platform, one]),
      );
      assert.deepEqual(
        [won.meta.event_name, won.meta.custom_data.value, won.meta.custom_data.currency],
        ["won", 1200.5, "EUR"],
      );
      assert.deepEqual([won.google.action, won.google.conversionValue, won.google.currency], ["12", 1200.5, "EUR"]);
      assert.deepEqual(
        [won.microsoft.eventName, won.microsoft.customData],
        ["sale", { value: 1200.5, currency: "EUR" }],
      );
      assert.equal(deliveries["meta.stage.won"].state, "done");
    });

    test("who leaves a segment leaves the audiences, and may come back; a customer is put among those left out", async () => {
      const { id, email } = await send();
      await settled(id);
      assert.deepEqual(isMember(email), [true, true, true, true]);
      await ask(id, "stage", { stage: "won" });
      const left = await settled(id);
      assert.deepEqual([left["meta_people.remove"].state, left.meta_people.reason], ["done", "superseded"]);
      assert.deepEqual(isMember(email), [false, false, false, false]);
      assert.ok(world.made.members.get("google 7006").has(sha(email)));
      await ask(id, "stage", { stage: "lost" });
      const back = await settled(id);
      assert.deepEqual([back.meta_people.state, back.meta_people.reason], ["done", null]);
      assert.equal(back["customers.remove"].state, "done");
      assert.deepEqual(isMember(email), [true, true, true, true]);
      assert.ok(!world.made.members.get("google 7006").has(sha(email)));
      const requests = world.made.requests.length;
      assert.deepEqual((await ask(id, "audiences")).audiences.meta_people, true);
      await settled(id);
      assert.equal(world.made.requests.length, requests);
    });

    test("without consent nothing is sent and the reason is kept; a consent that is taken back removes the member", async () => {
      const stranger = await send({ ads: false });
      const none = await settled(stranger.id);
      assert.deepEqual([...new Set(Object.values(none).map(({ reason }) => reason))], ["consent_missing"]);
      assert.deepEqual(isMember(stranger.email), [false, false, false, false]);
      await ask(stranger.id, "stage", { stage: "won" });
      assert.equal((await settled(stranger.id))["meta.stage.won"].reason, "consent_missing");
      assert.deepEqual(events(stranger.id), []);

      const { id, email } = await send();
      await settled(id);
      assert.deepEqual(isMember(email), [true, true, true, true]);
      await ask(id, "withdraw", { purpose: "ads" });
      const deliveries = await settled(id);
      assert.deepEqual(isMember(email), [false, false, false, false]);
      for (const name of AUDIENCES) {
        assert.equal(deliveries[`${name}.remove`].state, "done", name);
        assert.equal(deliveries[name].reason, "consent_missing", name);
      }
      await ask(id, "audiences");
      await settled(id);
      assert.deepEqual(isMember(email), [false, false, false, false]);
    });

    test("who was never sent is not removed, and who is nobody to a platform is not sent", async () => {
      const { id } = await send({ size: "small" });
      const first = await settled(id);
      assert.deepEqual(Object.keys(first).sort(), ["google", "linkedin", "meta", "tiktok"]);
      await ask(id, "stage", { stage: "contacted" });
      const then = await settled(id);
      assert.deepEqual(
        Object.keys(then).filter((name) => name.endsWith(".remove")),
        [],
      );
      const nobody = await send({ email: "", phone: "", full_name: "" });
      const none = await settled(nobody.id);
      assert.deepEqual([none.meta.reason, none.meta.error], ["refused", "identifier_missing"]);
    });

    test("many go in one request, and one who is refused holds back nobody else", async () => {
      const lanes = ["meta", "google", "linkedin", "meta_people", "google_people", "linkedin_people", "tiktok_people"];
      const all = (what) =>
        Promise.all(lanes.map((name) => admin(edge.url, `destinations/shop/${name}/${what}`, { method: "POST" })));
      await all("pause");
      const sent = [];
      for (let n = 0; n < 8; n += 1) sent.push(await send(n === 3 ? { email: REFUSED } : {}));
      world.made.sizes.clear();
      await all("resume");
      for (const { id, email } of sent) {
        const deliveries = await settled(id);
        const good = email === sent[3].email ? ["dead", "refused"] : ["done", null];
        for (const name of ["meta", "linkedin"])
          assert.deepEqual([deliveries[name].state, deliveries[name].reason], good, `${name} ${email}`);
        for (const name of AUDIENCES) assert.equal(deliveries[name].state, "done", name);
      }
      for (const name of ["meta", "google", "linkedin", "tiktok"]) assert.ok(world.made.sizes.get(name) > 1, name);
      assert.ok(world.made.grants >= 1);
      assert.equal(world.made.broken, undefined);
      const [first] = sent;
      const { body } = await admin(edge.url, `deliveries/shop/${first.id}/meta?show=all`);
      assert.ok(JSON.stringify(body.attempts.at(-1).sent).includes(first.id));
    });

    test("a platform that is busy is asked again, whatever status it says so with", async () => {
      world.made.busy = true;
      world.made.slow = true;
      const { id } = await send();
      const { meta, tiktok } = await settled(id);
      assert.deepEqual([meta.state, meta.attempts.length, meta.attempts[0].status], ["done", 2, 400]);
      assert.deepEqual([tiktok.state, tiktok.attempts.length, tiktok.attempts[0].status], ["done", 2, 200]);
      assert.equal(world.made.broken, undefined);
    });
  });
}
