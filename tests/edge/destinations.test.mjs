// From a stored lead to every kind of destination, each against a server that holds to its documented contract.
import assert from "node:assert/strict";
import { generateKeyPairSync, verify } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { HTTP } from "cloudevents";
import { Webhook } from "standardwebhooks";
import { admin, batch, item, post, receiver } from "./client.mjs";
import { providers } from "./providers.mjs";
import { SECRET, start, TWO_RUNTIMES, until } from "./runtime.mjs";

const TOKEN = "token-us7";
const INBOX = "https://edge.example/inbox";

const { privateKey, publicKey } = generateKeyPairSync("ed25519");
const raw = (key, name) => Buffer.from(key.export({ format: "jwk" })[name], "base64url");
const SIGNING_KEY = `whsk_${Buffer.concat([raw(privateKey, "d"), raw(publicKey, "x")]).toString("base64")}`;

const token = { env: "API_TOKEN" };

/** A site with one destination of every kind, all of them below `url`. */
function config(url) {
  const secret = { env: "WEBHOOK_SECRET" };
  return {
    site: { id: "shop", name: "Shop", locale: "de", origins: [] },
    forms: {
      contact: {
        fields: [
          { name: "full_name", type: "name" },
          { name: "email", type: "email" },
          { name: "firma", type: "text" },
          { name: "size", type: "choice", multiple: true, options: ["s", "m"] },
          { name: "message", type: "text", multiline: true },
          { name: "news", type: "consent", purpose: "newsletter", text: { en: "Write to me", de: "Schreibt mir" } },
        ],
      },
    },
    destinations: {
      signed: { type: "webhook", url: `${url}/signed`, secret, signing_key: { env: "SIGNING_KEY" } },
      structured: { type: "cloudevents", url: `${url}/events`, source: "https://shop.example/", event: "example.lead" },
      binary: { type: "cloudevents", url: `${url}/events`, mode: "binary", token },
      flow: {
        type: "json",
        url: `${url}/flow`,
        headers: { "X-Key": token },
        body: { person: { mail: { var: "contact.email" }, firm: { var: "contact.company" } }, from: "web" },
      },
      hubspot: {
        type: "hubspot",
        token,
        url: `${url}/hubspot`,
        map: { sizes: { var: "values.size" }, lead_id: { var: "id" }, country: null },
      },
      form: {
        type: "hubspot_form",
        token,
        url: `${url}/hubspot`,
        portal: "4711",
        form: "0a1b",
        purpose: "newsletter",
        subscription: 7,
      },
      brevo: { type: "brevo", token, url: `${url}/brevo`, lists: [3] },
      brevo_confirm: {
        type: "brevo",
        token,
        url: `${url}/brevo`,
        lists: [3],
        template: 5,
        redirect: "https://shop.example/ok",
      },
      mailchimp: { type: "mailchimp", token, url: `${url}/mailchimp`, list: "a1b2", tags: ["web"] },
      slack: { type: "slack", url: `${url}/slack/services/T0/B0/x`, inbox: INBOX },
      teams: { type: "teams", url: `${url}/teams/workflows/1?sig=x`, inbox: INBOX },
      discord: { type: "discord", url: `${url}/discord/api/webhooks/1/t`, inbox: INBOX },
      resend: {
        type: "mail",
        service: "resend",
        token,
        url: `${url}/resend`,
        from: "Shop <a@shop.example>",
        to: "b@shop.example",
      },
      postmark: {
        type: "mail",
        service: "postmark",
        token,
        url: `${url}/postmark`,
        from: "Shop <a@shop.example>",
        to: { var: "contact.email" },
        subject: "Danke",
        text: { cat: ["Hallo ", { var: "contact.first_name" }] },
      },
      brevo_mail: {
        type: "mail",
        service: "brevo",
        token,
        url: `${url}/brevo`,
        from: "Shop <a@shop.example>",
        to: ["b@shop.example", "c@shop.example"],
      },
      ses: {
        type: "mail",
        service: "ses",
        token,
        key_id: "AKID",
        region: "eu-central-1",
        url: `${url}/ses`,
        from: "Shop <a@shop.example>",
        to: "b@shop.example",
      },
      pipedrive: { type: "pipedrive", token, url: `${url}/pipedrive` },
      salesforce: { type: "salesforce", url: `${url}/salesforce`, client_id: "client", client_secret: token },
      espocrm: { type: "espocrm", token, url: `${url}/espocrm`, unique: "cLeadkitId" },
      mautic: { type: "mautic", url: `${url}/mautic`, client_id: "client", client_secret: token, tags: ["web"] },
      odoo: { type: "odoo", token, url: `${url}/odoo`, unique: "x_lead_id" },
    },
  };
}

const lead = {
  full_name: "Jörg von der Heide",
  email: "Joerg@example.com",
  firma: "Müller & Söhne",
  size: ["s", "m"],
  message: "Grüße,\nJörg",
  news: true,
};

for (const runtime of TWO_RUNTIMES) {
  describe(runtime, () => {
    let edge;
    let hook;
    let contracts;
    before(async () => {
      hook = await receiver();
      contracts = providers(TOKEN);
      hook.answer(({ method, path, headers, body }) =>
        /^\/(signed|events|flow)$/.test(path)
          ? { status: 204 }
          : contracts.answer({ url: path, headers, method }, body),
      );
      edge = await start(runtime, {
        config: config(hook.url),
        env: { API_TOKEN: TOKEN, SIGNING_KEY, LEADKIT_ALLOW_PRIVATE: "1" },
      });
    });
    after(async () => {
      await edge?.stop();
      await hook?.stop();
    });

    const send = async (data) => {
      const one = item(data, { ctx: { locale: "de" } });
      assert.equal((await post(edge.url, batch([one]), { origin: edge.url })).body.r[0].s, "ok");
      return one.id;
    };
    const ended = (id) =>
      until(
        async () => {
          const { body } = await admin(edge.url, `leads/shop/${id}`);
          return body.deliveries.every(({ state }) => !["due", "leased"].includes(state)) && body.deliveries;
        },
        "the end of all deliveries",
        20_000,
      );
    const requests = (id, destination) =>
      hook.taken.filter(({ headers }) => headers["webhook-id"] === `${id}:${destination}`);
    const log = async (id, destination, query = "") =>
      (await admin(edge.url, `deliveries/shop/${id}/${destination}${query}`)).body;
    const bodies = async (id, destination) =>
      (await log(id, destination, "?show=all")).attempts.at(-1).sent.map(({ body }) => body);

    test("a lead reaches every kind within its contract", async () => {
      const id = await send(lead);
      const deliveries = await ended(id);
      assert.deepEqual(contracts.broken, []);
      assert.deepEqual(
        deliveries.map(({ destination, state }) => [destination, state]),
        Object.keys(config("").destinations)
          .sort()
          .map((name) => [name, "done"]),
      );
      assert.equal((await bodies(id, "hubspot"))[0].inputs[0].properties.sizes, "s;m");
      assert.equal((await bodies(id, "hubspot"))[0].inputs[0].properties.lastname, "von der Heide");
      assert.equal((await bodies(id, "form"))[0].legalConsentOptions.consent.text, "Schreibt mir");
      assert.equal((await bodies(id, "postmark"))[0].TextBody, "Hallo Jörg");
      assert.equal((await bodies(id, "resend"))[0].reply_to, "Joerg@example.com");
      assert.deepEqual((await bodies(id, "flow"))[0], {
        person: { mail: "Joerg@example.com", firm: "Müller & Söhne" },
        from: "web",
      });
      assert.match(
        (await bodies(id, "slack"))[0].text,
        /^New lead: .* <https:\/\/edge\.example\/inbox#\/shop\/.*\|Inbox>$/,
      );
      assert.match((await bodies(id, "slack"))[0].text, /Müller &amp; Söhne/);
    });

    test("both signatures of Standard Webhooks are right", async () => {
      const id = await send({ ...lead, email: "signed@example.com" });
      await ended(id);
      const [{ headers, body }] = requests(id, "signed");
      assert.equal(new Webhook(SECRET).verify(body, headers).data.id, id);
      const parts = headers["webhook-signature"].split(" ");
      assert.deepEqual(
        parts.map((part) => part.split(",")[0]),
        ["v1", "v1a"],
      );
      const signed = Buffer.from(`${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`);
      assert.ok(verify(null, signed, publicKey, Buffer.from(parts[1].split(",")[1], "base64")));
    });

    test("the SDK of CloudEvents reads the event in both modes", async () => {
      const id = await send({ ...lead, email: "events@example.com" });
      await ended(id);
      for (const name of ["structured", "binary"]) {
        const [{ headers, body }] = requests(id, name);
        assert.ok(HTTP.isEvent({ headers, body }));
        const event = HTTP.toEvent({ headers, body });
        assert.ok(event.validate());
        assert.equal(event.id, `${id}:${name}`);
        assert.equal(event.subject, id);
        assert.equal(event.type, name === "binary" ? "lead.created" : "example.lead");
        assert.equal(event.source, name === "binary" ? "/leadkit/shop" : "https://shop.example/");
        assert.equal(event.data.values.full_name, lead.full_name);
      }
      assert.equal(requests(id, "binary")[0].headers.authorization, `Bearer ${TOKEN}`);
    });

    test("a lead that is delivered again is no second lead where there is a key", async () => {
      const id = await send({ ...lead, email: "again@example.com" });
      await ended(id);
      for (const destination of ["pipedrive", "odoo", "mailchimp", "resend", "espocrm"]) {
        const body = JSON.stringify({ destination });
        assert.equal((await admin(edge.url, `leads/shop/${id}/replay`, { method: "POST", body })).status, 202);
      }
      await ended(id);
      assert.equal((await log(id, "pipedrive")).attempts.length, 2);
      const { made } = contracts;
      assert.equal(made.leads.filter(({ origin_id }) => origin_id === id).length, 1);
      assert.equal(made.odoo.filter(({ x_lead_id }) => x_lead_id === id).length, 1);
      assert.equal(made.espo.filter(({ cLeadkitId }) => cLeadkitId === id).length, 1);
      assert.equal(made.persons.filter(({ emails }) => emails[0].value === "again@example.com").length, 1);
      assert.deepEqual(contracts.broken, []);
    });

    test("without consent, without an address, and with a part that fails it says why", async () => {
      const id = await send({ full_name: "Ada", message: "Hi", email: "twice@example.com" });
      const deliveries = await ended(id);
      const why = Object.fromEntries(deliveries.map((each) => [each.destination, each]));
      assert.equal(why.form.reason, "consent_missing");
      assert.deepEqual([why.hubspot.state, why.hubspot.status, why.hubspot.reason], ["dead", 207, "refused"]);
      const other = await send({ full_name: "Ada", message: "Hi" });
      const rest = Object.fromEntries((await ended(other)).map((each) => [each.destination, each]));
      assert.deepEqual([rest.brevo.state, rest.brevo.error], ["dead", "email_missing"]);
      assert.deepEqual([rest.postmark.state, rest.postmark.error], ["dead", "recipient_missing"]);
      assert.equal(rest.pipedrive.state, "done");
    });

    test("the log shows what was sent and what came back, and masks what is personal", async () => {
      const id = await send({ ...lead, email: "masked@example.com" });
      await ended(id);
      const masked = await log(id, "salesforce");
      const text = JSON.stringify(masked);
      for (const seed of ["masked@", "Heide", "Söhne", TOKEN, "00Dxx"]) assert.ok(!text.includes(seed), seed);
      assert.deepEqual([masked.state, masked.next, masked.attempts.length], ["done", "nothing", 1]);
      const [login, upsert] = masked.attempts[0].sent;
      assert.deepEqual([login.method, login.body, upsert.method], ["POST", null, "PATCH"]);
      assert.equal(upsert.body.records[0].Email, "m…");
      assert.deepEqual(
        masked.attempts[0].came.map(({ status }) => status),
        [200, 200],
      );
      const all = await log(id, "salesforce", "?show=all");
      assert.equal(all.attempts[0].sent[1].body.records[0].Email, "masked@example.com");
      assert.ok(!JSON.stringify(all).includes(TOKEN) && !JSON.stringify(all).includes("00Dxx"));
      assert.ok(edge.lines.some((line) => line.includes('"event":"delivery_shown"') && line.includes(id)));
      assert.ok(!edge.lines.join("\n").includes("masked@"));
    });
  });
}
