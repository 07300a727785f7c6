// The JSON Schema and `leadkit lint` agree on what a configuration may look like.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import Ajv from "ajv/dist/2020.js";
import { cli } from "./core.mjs";

const read = (path) => JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8"));
const valid = new Ajv({ allErrors: true, strictTypes: false }).compile(read("../../www/schema/leadkit.schema.json"));
const good = read("../conformance/config/good.json");

/** The good configuration with one place changed. */
function changed(change) {
  const config = structuredClone(good);
  change(config);
  return config;
}

const contact = (config) => config.forms.contact;
const field = (config, index) => contact(config).fields[index];

const open = (config) => config.qualify.public;
const hidden = (config) => config.qualify.private;

/** A value for each setting that is not simply a text. */
const SAMPLES = {
  both: {
    key: { env: "K" },
    previous_secret: { env: "S" },
    secret: { env: "S" },
    token: { env: "T" },
    url: { env: "U" },
  },
  destination: {
    batch: 50,
    body: { who: { var: "contact.name" } },
    client_secret: { env: "S" },
    columns: [{ var: "contact.name" }, "x"],
    confirm: false,
    headers: { "X-Key": { env: "K" }, "x-plain": "y" },
    event_source: "web",
    events: { lead: "1", won: "2" },
    lists: [1, 2],
    map: { mail: { var: "contact.email" }, none: null },
    method: "PUT",
    mode: "binary",
    app_secret: { env: "S" },
    on: ["stage"],
    rate: { per_second: 5, at_once: 2 },
    refresh_token: { env: "R" },
    purpose: "contact",
    service: "resend",
    signing_key: { env: "K" },
    subscription: 7,
    tags: ["web"],
    template: 3,
    text: { cat: ["Hi ", { var: "contact.name" }] },
    to: "a@b.example",
    validate: true,
  },
  source: { encoding: "base64", map: { email: { var: "data.mail" } }, verify_token: { env: "V" } },
};

const BAD = {
  "no site": (config) => delete config.site,
  "no forms": (config) => delete config.forms,
  "an unknown member": (config) => Object.assign(config, { sites: [] }),
  "a site without an id": (config) => delete config.site.id,
  "an id with a space": (config) => Object.assign(config.site, { id: "my shop" }),
  "an origin with a path": (config) => config.site.origins.push("https://shop.example/de"),
  "a form without fields": (config) => delete contact(config).fields,
  "a form with no field": (config) => Object.assign(contact(config), { fields: [] }),
  "a name of a form in capitals": (config) => Object.assign(config.forms, { Contact: contact(config) }),
  "a field without a name": (config) => delete field(config, 0).name,
  "a field of an unknown type": (config) => Object.assign(field(config, 0), { type: "colour" }),
  "a required that is a word": (config) => Object.assign(field(config, 0), { required: "yes" }),
  "a length below zero": (config) => Object.assign(field(config, 0), { max_length: -1 }),
  "a length beyond the limit": (config) => Object.assign(field(config, 0), { max_length: 10_001 }),
  "a label that is a number": (config) => Object.assign(field(config, 0), { label: 7 }),
  "a label with a number in it": (config) => Object.assign(field(config, 0), { label: { en: 7 } }),
  "a choice without options": (config) => delete field(config, 2).options,
  "an option without a value": (config) => field(config, 2).options.push({ label: "x" }),
  "an empty option": (config) => field(config, 2).options.push(""),
  "a bound in words": (config) => Object.assign(field(config, 3), { min: "ten" }),
  "a consent without words": (config) => delete field(config, 6).text,
  "a consent without a purpose": (config) => delete field(config, 6).purpose,
  "a destination without a type": (config) => delete config.destinations.crm.type,
  "a destination of an unknown type": (config) => Object.assign(config.destinations.crm, { type: "fax" }),
  "a destination that hears of nothing": (config) => Object.assign(config.destinations.crm, { on: [] }),
  "a destination that hears of the weather": (config) => Object.assign(config.destinations.crm, { on: ["rain"] }),
  "a stage that nobody knows": (config) => Object.assign(config, { stages: { demo: "maybe" } }),
  "people for an ad platform without a purpose": (config) =>
    Object.assign(config.destinations, { it: { type: "meta_audience", token: { env: "T" }, audience: "1" } }),
  "an ad platform with half of what gets a token": (config) =>
    Object.assign(config.destinations, {
      it: { type: "linkedin_audience", audience: "1", purpose: "contact", client_id: "x", refresh_token: { env: "R" } },
    }),
  "an event without a name": (config) =>
    Object.assign(config.destinations, {
      it: { type: "tiktok_conversions", token: { env: "T" }, dataset: "1", purpose: "contact", events: { lead: 7 } },
    }),
  "a webhook without an address": (config) => delete config.destinations.crm.url,
  "a setting of another type": (config) => Object.assign(config.destinations.crm, { portal: "1" }),
  "a secret that stands in the file": (config) => Object.assign(config.destinations.crm, { secret: "whsec_Zm9v" }),
  "a mapping that is a text": (config) => Object.assign(config.destinations.crm, { map: "email" }),
  "a mail by SES without its region": (config) =>
    Object.assign(config.destinations, {
      mail: { type: "mail", service: "ses", token: { env: "T" }, from: "a@b.example", to: "c@d.example", key_id: "K" },
    }),
  "a source for no form": (config) =>
    Object.assign(config, { sources: { ads: { type: "google", key: { env: "K" } } } }),
  "an export without a bucket": (config) =>
    Object.assign(config, { exports: { lake: { type: "s3", region: "eu", key_id: "K", secret: { env: "S" } } } }),
  "an export whose secret stands in the file": (config) =>
    Object.assign(config, { exports: { lake: { type: "s3", bucket: "b", region: "eu", key_id: "K", secret: "S" } } }),
  "an export since a word": (config) =>
    Object.assign(config, {
      exports: { lake: { type: "s3", bucket: "b", region: "eu", key_id: "K", secret: { env: "S" }, since: "today" } },
    }),
  "a source of an unknown type": (config) =>
    Object.assign(config, { sources: { ads: { type: "fax", form: "contact" } } }),
  "rules for nobody": (config) => Object.assign(config.qualify, { internal: {} }),
  "a cap below zero": (config) => Object.assign(open(config).scores.fit, { cap: -1 }),
  "a cap of a group in words": (config) => Object.assign(open(config).scores.fit.groups, { company: "many" }),
  "a rule without an id": (config) => delete open(config).rules[0].id,
  "a rule without a score": (config) => delete open(config).rules[0].score,
  "a fraction of a point": (config) => Object.assign(open(config).rules[0], { points: 0.5 }),
  "a member of a rule that nobody knows": (config) => Object.assign(open(config).rules[0], { pionts: 3 }),
  "a half-life without a fact": (config) => delete open(config).rules[1].fact,
  "a half-life of no day": (config) => Object.assign(open(config).rules[1], { half_life_days: 0 }),
  "a next that is a text": (config) => Object.assign(open(config).segments[0], { next: "/thanks" }),
  "a disposition that nobody knows": (config) => Object.assign(hidden(config).filters[0], { disposition: "drop" }),
  "a grade of two kinds": (config) => Object.assign(hidden(config).grade, { letters: {} }),
  "a matrix without columns": (config) => delete hidden(config).grade.matrix.columns,
  "a start beyond the letters": (config) => Object.assign(hidden(config), { grade: { letters: { start: "E" } } }),
  "a threshold in words": (config) => Object.assign(hidden(config).grade.handover.scores, { engagement: "high" }),
  "a spam that nobody knows": (config) => Object.assign(config, { spam: { honeypot: true } }),
  "a header in capitals": (config) => Object.assign(config, { spam: { address_header: "X-Real-IP" } }),
  "a rate below zero": (config) => Object.assign(config, { spam: { rate: { address_per_minute: -1 } } }),
  "a text remembered for weeks": (config) => Object.assign(config, { spam: { same_text_hours: 169 } }),
  "work in a format that nobody knows": (config) => Object.assign(config, { spam: { work: { format: "v3" } } }),
  "work in a format without its algorithm": (config) =>
    Object.assign(config, { spam: { work: { algorithm: "PBKDF2/SHA-256" } } }),
  "work that is next to none": (config) => Object.assign(config, { spam: { work: { effort: 1 } } }),
  "a lead that is dropped": (config) => Object.assign(config, { spam: { work: { missing: "drop" } } }),
  "a check without a secret": (config) => Object.assign(config, { spam: { checks: [{ check: "turnstile" }] } }),
  "a check by nobody": (config) => Object.assign(config, { spam: { checks: [{ check: "x", secret: { env: "A" } }] } }),
  "a secret in the file": (config) =>
    Object.assign(config, { spam: { checks: [{ check: "turnstile", secret: "0x" }] } }),
  "an example without an expectation": (config) => delete config.qualify.examples[0].expect,
  "an expectation of what no verdict has": (config) => Object.assign(config.qualify.examples[0].expect, { points: 3 }),
  "a time in words": (config) => Object.assign(config.qualify.examples[0], { now: "today" }),
  "a scorecard without features": (config) => Object.assign(open(config).scores.fit, { learned: { base: 1 } }),
  "a scorecard with half a point": (config) =>
    Object.assign(open(config).scores.fit, { learned: { base: 0.5, features: [] } }),
  "a fact with neither bins nor levels": (config) =>
    Object.assign(open(config).scores.fit, {
      learned: { base: 1, features: [{ fact: "line", missing: 0 }] },
    }),
  "a rate that is a number": (config) =>
    Object.assign(config, { destinations: { crm: { type: "webhook", url: "https://a.example", rate: 5 } } }),
  "a rate per hour": (config) =>
    Object.assign(config, {
      destinations: { crm: { type: "webhook", url: "https://a.example", rate: { per_hour: 5 } } },
    }),
  "a rate of nothing": (config) =>
    Object.assign(config, {
      destinations: { crm: { type: "webhook", url: "https://a.example", rate: { per_second: 0 } } },
    }),
  "a thanks that is a text": (config) => Object.assign(contact(config), { thanks: "Thanks" }),
};

for (const family of ["destination", "source"]) {
  const { allOf, properties } = valid.schema.$defs[family];
  for (const { if: condition, then } of allOf.filter((each) => each.if.properties.type !== undefined)) {
    const type = condition.properties.type.const;
    test(`the ${family} ${type} needs and takes the same settings in both`, () => {
      const fit = (name) => SAMPLES[family][name] ?? SAMPLES.both[name] ?? "x";
      const common = family === "source" ? { form: "contact" } : {};
      const needed = [...then.required, ...(then.anyOf?.[0].required ?? [])];
      const full = { type, ...common, ...Object.fromEntries(needed.map((name) => [name, fit(name)])) };
      const verdicts = (value) => {
        const config = changed((good) => Object.assign(good, { [`${family}s`]: { it: value } }));
        return [valid(config), JSON.parse(cli.lint(JSON.stringify(config))).length === 0];
      };
      assert.deepEqual(verdicts(full), [true, true]);
      for (const name of then.required) {
        const { [name]: _, ...without } = full;
        assert.deepEqual(verdicts(without), [false, false], name);
      }
      const known = new RegExp(then.propertyNames.pattern);
      for (const name of Object.keys(properties)) {
        if (!known.test(name)) assert.deepEqual(verdicts({ ...full, [name]: fit(name) }), [false, false], name);
        else if (!(name in full) && name !== "purpose") {
          assert.deepEqual(verdicts({ ...full, [name]: fit(name) }), [true, true], name);
        }
      }
    });
  }
}

test("the good configuration satisfies both", () => {
  assert.equal(valid(good), true, JSON.stringify(valid.errors));
  assert.deepEqual(JSON.parse(cli.lint(JSON.stringify(good))), []);
});

for (const [what, change] of Object.entries(BAD)) {
  test(`${what} is refused by both`, () => {
    const config = changed(change);
    assert.equal(valid(config), false);
    const findings = JSON.parse(cli.lint(JSON.stringify(config)));
    assert.notEqual(findings.length, 0);
    for (const { line, column, message } of findings) {
      assert.ok(line === 1 && column >= 1 && message.startsWith("configuration at "), message);
    }
  });
}
