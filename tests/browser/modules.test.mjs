// Checks that are modules of their own, in Chromium: fetched by need, refused with a wrong hash, never a reason to lose a lead.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { collect } from "./support/collector.mjs";
import { BARE, kit, launch, page, serve } from "./support/site.mjs";

const pkg = (path) => new URL(`../../pkg/${path}`, import.meta.url);
const scored = (id, fact, value, points) => ({
  id,
  score: "fit",
  points,
  when: { "==": [{ var: fact }, value] },
});
const CONFIG = {
  site: { id: "shop", name: "Shop", locale: "en" },
  forms: {
    contact: {
      fields: [
        { name: "email", type: "email" },
        { name: "country", type: "country" },
        { name: "phone", type: "phone", country: { field: "country" }, required: true },
        { name: "vat", type: "vat", country: "DE" },
        { name: "from", type: "date" },
        { name: "site", type: "url" },
      ],
    },
    plain: { fields: [{ name: "email", type: "email" }] },
  },
  qualify: {
    public: {
      scores: { fit: {} },
      rules: [
        scored("landline", "phone.type", "fixed_line", 10),
        scored("german", "phone.region", "DE", 5),
        scored("disposable", "email.disposable", true, -50),
        scored("free", "email.free", true, -5),
      ],
    },
  },
};
const EDGE_CONFIG = JSON.stringify({ ...CONFIG, site: { ...CONFIG.site, origins: ["https://shop.example"] } });
const FORM = `<form data-leadkit="contact">
  <p><label>E-mail <input id="email" name="email"></label></p>
  <p><label>Country <input id="country" name="country"></label></p>
  <p><label>Phone <input id="phone" name="phone"></label></p>
  <p><button>Send</button></p></form>`;
const GOOD = {
  email: "ada@gmail.com",
  country: "Deutschland",
  phone: "030 123456",
  vat: "136695976",
  from: "1.2.2026",
  site: "müller.example",
};
const VALUES = [
  GOOD,
  { ...GOOD, email: "x@mailinator.com", phone: "+44 20 7946 0000", from: "02/01/2026", country: "GB" },
  { country: "Nowhere", phone: "12", vat: "DE1", from: "31.2.2026", site: "a b" },
  { phone: "(0) ++ call me" },
  { country: "ch", phone: "\u202e044 668 18 00 \ud800 #12", vat: "\\\"'\u2028", site: "http://\u0000.example" },
];

let browser, edge, site, context, tab, errors, core;

before(async () => {
  browser = await launch();
  core = await import(pkg("wasm/edge.js"));
  core.initSync({ module: readFileSync(pkg("wasm/edge.wasm")) });
  assert.equal(JSON.parse(core.configure(EDGE_CONFIG)).site, "shop");
});
after(() => browser.close());
beforeEach(async () => {
  edge = await collect(CONFIG);
  const policy = { "content-security-policy": `default-src 'self'; connect-src 'self' ${edge.address}` };
  site = await serve({
    "/": { ...BARE, body: BARE.body.replace('"en"', '"de"') },
    "/strict": { body: BARE.body.replace('"en"', '"de"'), headers: policy },
    "/form": page(edge.address, FORM),
    "/form-strict": page(edge.address, FORM, { headers: policy }),
  });
  context = await browser.newContext();
  tab = await context.newPage();
  errors = [];
  tab.on("pageerror", (error) => errors.push(String(error)));
});
afterEach(async () => {
  await context.close();
  await Promise.all([edge.close(), site.close()]);
  assert.deepEqual(errors, []);
});

const call = (name, ...args) => tab.evaluate(({ name, args }) => window.kit[name](...args), { name, args });
const state = (value) => tab.waitForSelector(`form[data-leadkit-state="${value}"]`, { timeout: 10_000 });
const fetched = (name) => site.log.some((path) => path === `/kit/${name}`);
async function open(path) {
  await tab.goto(site.address + path);
  await kit(tab, edge.address, {}, CONFIG);
}
async function ready(path) {
  await tab.goto(site.address + path);
  await tab.focus("#phone");
  await tab.waitForFunction(() => document.forms[0].noValidate);
}

/** What the edge makes of the same values. */
function judged(values, locale = "de") {
  const id = "01890a5d-ac96-774b-bcce-b302099a8057";
  const text = JSON.stringify(values).replace(/\\ud800/, "\ufffd");
  const known = { hosts: { "müller.example": "xn--mller-kva.example" } };
  const lead = `{"id":"${id}","at":1,"form":"contact","data":${text},"ctx":{"locale":"${locale}"},"consent":{}}`;
  return JSON.parse(core.judge("shop", `{"lead":${lead},"known":${JSON.stringify(known)},"now":2}`));
}

for (const [path, level] of [
  ["/", "wasm"],
  ["/strict", "plain"],
]) {
  test(`the page says what the edge says, in ${level}`, async () => {
    await open(path);
    assert.equal(await tab.evaluate(() => window.kit.level), level);
    await call("ready", "contact");
    for (const values of VALUES) {
      const lead = { form: "contact", values };
      const checked = await call("check", "contact", values);
      const verdict = judged(values);
      assert.deepEqual(checked.pending, []);
      assert.deepEqual(checked.values, verdict.values);
      assert.deepEqual(checked.problems, verdict.problems);
      assert.deepEqual(checked.suggestions, verdict.suggestions);
      assert.deepEqual(await call("judge", lead), verdict);
    }
    assert.equal(judged(GOOD).scores.fit.points, 10);
    assert.equal(judged(GOOD).values.phone, "+4930123456");
    assert.equal(fetched(level === "wasm" ? "phone.wasm" : "phone-plain.js"), true);
  });
}

test("what is not there yet is pending, never wrong, and known when its module came", async () => {
  await open("/");
  const first = await tab.evaluate((values) => {
    window.heard = new Promise((resolve) => window.kit.on("known", resolve));
    return window.kit.check("contact", values);
  }, VALUES[2]);
  assert.deepEqual(first.pending, ["country", "phone", "vat", "from", "site"]);
  assert.deepEqual(first.problems, []);
  await tab.evaluate(() => window.heard);
  const second = await call("check", "contact", VALUES[2]);
  assert.deepEqual(second.pending, []);
  assert.equal(second.problems.length, 5);
});

test("a form that needs no module fetches none", async () => {
  await open("/");
  assert.deepEqual((await call("check", "plain", { email: "ada@example.com" })).pending, []);
  await call("ready", "plain");
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.equal(fetched("modules.js"), false);
});

for (const path of ["/form", "/form-strict"]) {
  test(`a wrong phone number is shown beside its field and a right one is sent, at ${path}`, async () => {
    await ready(path);
    while (!fetched("countries.txt")) await tab.waitForTimeout(20);
    await tab.fill("#country", "Germany");
    await tab.fill("#phone", "+4930");
    await tab.waitForTimeout(300);
    await tab.click("button");
    await state("invalid");
    const described = await tab.getAttribute("#phone", "aria-describedby");
    assert.match(await tab.textContent(`#${described}`), /too few digits/);
    await tab.fill("#phone", "030 123456");
    assert.equal(await tab.getAttribute("#phone", "aria-invalid"), null);
    await tab.click("button");
    await state("received");
    assert.equal(edge.stored.size, 1);
  });
}

test("without its module a number is taken as it is, and the edge judges it", async () => {
  await tab.route(/phone\.wasm|phone-plain\.js|modules\.js/, (route) => route.abort());
  await ready("/form");
  await tab.fill("#phone", "030 12");
  await tab.click("button");
  await state("received");
  assert.equal(JSON.parse([...edge.stored.values()][0]).data.phone, "030 12");
});

/** Answers a file of the kit with one byte changed. */
const tamper = (name) =>
  tab.route(`**/kit/${name}`, (route) => {
    const body = readFileSync(pkg(`kit/${name}`));
    body[body.length >> 1] ^= 1;
    const contentType = name.endsWith(".js") ? "text/javascript" : "application/octet-stream";
    return route.fulfill({ body, contentType });
  });

for (const [path, level] of [
  ["/", "wasm"],
  ["/strict", "plain"],
]) {
  test(`a module with another hash is refused, in ${level}`, async () => {
    await tamper("phone.wasm");
    await tamper("phone-plain.js");
    await open(path);
    await call("ready", "contact");
    const checked = await call("check", "contact", { ...GOOD, phone: "12" });
    assert.deepEqual([checked.pending, checked.problems], [["phone"], []]);
    assert.equal(checked.values.vat, "DE136695976");
  });
}

test("packs with another hash are refused: what they would say is not known", async () => {
  await tamper("countries.txt");
  await tamper("disposable.pack");
  await open("/");
  await call("ready", "contact");
  const values = { email: "x@mailinator.com", country: "Deutschland", phone: "+4930123456" };
  const checked = await call("check", "contact", values);
  assert.deepEqual([checked.problems, checked.values.country], [[], "Deutschland"]);
  const verdict = await call("judge", { form: "contact", values });
  assert.deepEqual(
    verdict.reasons.map(({ rule }) => rule),
    ["landline", "german"],
  );
});

test("a damaged module in Wasm gives way to the one in plain JavaScript", async () => {
  await tamper("phone.wasm");
  await open("/");
  await call("ready", "contact");
  assert.equal((await call("check", "contact", GOOD)).values.phone, "+4930123456");
  assert.equal(fetched("phone-plain.js"), true);
});

test("a module that could not be had is asked for again", async () => {
  let refuse = true;
  await tab.route("**/kit/phone*", (route) => (refuse ? route.abort() : route.continue()));
  await open("/");
  await call("ready", "contact");
  assert.deepEqual((await call("check", "contact", GOOD)).pending, ["phone"]);
  refuse = false;
  await tab.waitForFunction((values) => window.kit.check("contact", values).pending.length === 0, GOOD, {
    polling: 500,
    timeout: 15_000,
  });
});
