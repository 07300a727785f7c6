// Where visitors came from, in Chromium: in memory within a page, on the device only with consent, claimed in the lead.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { collect } from "./support/collector.mjs";
import { CONFIG, FORM, launch, serve } from "./support/site.mjs";

const html = (edge, head, body) => ({
  headers: {},
  body: `<!doctype html><html lang="en"><title>shop</title><script>${head}</script>
<script src="/kit/leadkit.js" data-endpoint="${edge}" data-site="shop" data-touch data-layer="dataLayer" defer></script>
<body>${body}<a id="next" href="/two">Two</a> <a id="form" href="/form">Form</a></body></html>`,
});
const GRANTED = `window.dataLayer = []; function gtag() { dataLayer.push(arguments); }
gtag("consent", "default", { analytics_storage: "denied", ad_storage: "denied" });
gtag("consent", "update", { analytics_storage: "granted", ad_storage: "granted", ad_user_data: "granted" });`;
const ANALYTICS = GRANTED.replace('ad_storage: "granted"', 'ad_storage: "denied"');
const DENIED = `window.dataLayer = [["consent", "default", { analytics_storage: "denied", ad_storage: "denied" }]];`;
const tcf = (one, seven) => `window.__tcfapi = (command, version, callback) => setTimeout(() =>
  callback({ gdprApplies: true, eventStatus: "tcloaded", purpose: { consents: { 1: ${one}, 7: ${seven} } } }, true), 50);`;
const GPC = `Object.defineProperty(Navigator.prototype, "globalPrivacyControl", { get: () => true });`;
const CAMPAIGN = "?utm_source=newsletter&utm_campaign=spring&gclid=abc&ScCid=x&email=ada%40example.com";

let browser, edge, sites, context, tab, errors;
before(async () => {
  browser = await launch();
});
after(() => browser.close());
beforeEach(async () => {
  edge = await collect(CONFIG);
  sites = [];
  context = await browser.newContext();
  tab = await context.newPage();
  errors = [];
  tab.on("pageerror", (error) => errors.push(String(error)));
});
afterEach(async () => {
  await context.close();
  await Promise.all([edge.close(), ...sites.map((site) => site.close())]);
  assert.deepEqual(errors, []);
});

async function shop(head) {
  const pages = Object.fromEntries(["/", "/two", "/form"].map((path) => [path, html(edge.address, head, "")]));
  const site = await serve({ ...pages, "/form": html(edge.address, head, FORM) });
  sites.push(site);
  return site;
}
const settled = () => tab.waitForTimeout(400);
const device = () => tab.evaluate(() => Object.entries({ ...localStorage }).filter(([key]) => key.includes("touch")));

async function send() {
  await tab.fill("#full_name", "Ada Lovelace");
  await tab.fill("#email", "ada@example.com");
  await tab.check("[name=privacy]");
  await tab.click("button");
  await tab.waitForSelector('form[data-leadkit-state="received"]', { timeout: 10_000 });
  return [...edge.stored.values()].map((text) => JSON.parse(text)).at(-1).ctx;
}
/** Landing with a campaign, two pages, the form. */
async function journey(site) {
  await tab.goto(`${site.address}/${CAMPAIGN}`, { referer: "https://news.example/inbox?id=7" });
  await settled();
  await tab.click("#next");
  await settled();
  await tab.click("#form");
  await settled();
  return send();
}

test("with consent a campaign lives through landing, three pages and the form", async () => {
  const { attribution, pages } = await journey(await shop(GRANTED));
  const { at, url, ...first } = attribution.first;
  assert.deepEqual(first, {
    referrer: "news.example",
    utm_source: "newsletter",
    utm_campaign: "spring",
    gclid: "abc",
    sccid: "x",
  });
  assert.ok(at > 0 && url.endsWith("/"), "an address without its query");
  assert.deepEqual(attribution.last, attribution.first, "a direct visit is never the last touch");
  assert.equal(pages, 3);
  assert.doesNotMatch(JSON.stringify(attribution), /example\.com/);
});

test("the first touch stays, a later campaign is the last one", async () => {
  const site = await shop(GRANTED);
  await tab.goto(`${site.address}/${CAMPAIGN}`);
  await settled();
  await tab.goto(`${site.address}/form?utm_source=search`);
  await settled();
  const { attribution } = await send();
  assert.equal(attribution.first.utm_source, "newsletter");
  assert.equal(attribution.last.utm_source, "search");
  assert.equal(attribution.last.gclid, undefined);
});

for (const [name, head] of [
  ["nobody asked", ""],
  ["Consent Mode says no", DENIED],
  ["TCF knows no purpose 7", tcf(true, false)],
  ["Global Privacy Control is on", GRANTED + GPC],
]) {
  test(`where ${name} nothing stays on the device, and the form's own page is all that is known`, async () => {
    const site = await shop(head);
    await tab.goto(`${site.address}/${CAMPAIGN}`);
    await settled();
    await tab.click("#form");
    await settled();
    assert.deepEqual(await device(), []);
    const { attribution } = await send();
    assert.deepEqual(Object.keys(attribution.first), ["at", "url"]);
    assert.deepEqual(await context.cookies(), []);
  });
}

test("within a page an app may go where it likes: the campaign is known without the device", async () => {
  const site = await shop(DENIED);
  await tab.goto(`${site.address}/form${CAMPAIGN}`);
  await tab.evaluate(() => history.pushState({}, "", "/elsewhere"));
  await settled();
  const { attribution, pages } = await send();
  assert.equal(attribution.first.utm_source, "newsletter");
  assert.equal(attribution.first.gclid, "abc");
  assert.deepEqual(await device(), []);
  assert.ok(pages >= 1);
});

test("against Global Privacy Control not even a lead has click ids", async () => {
  const site = await shop(GPC);
  await tab.goto(`${site.address}/form${CAMPAIGN}`);
  await settled();
  const { attribution } = await send();
  assert.equal(attribution.first.utm_source, "newsletter");
  assert.equal(attribution.first.gclid, undefined);
});

test("with TCF purposes 1 and 7 it is kept, and gone when the page takes its leave back", async () => {
  const site = await shop(tcf(true, true));
  await tab.goto(`${site.address}/${CAMPAIGN}`);
  await settled();
  assert.equal((await device()).length, 1);
  await tab.evaluate(() => document.dispatchEvent(new CustomEvent("leadkit:consent", { detail: { device: false } })));
  assert.deepEqual(await device(), []);
});

test("leave for statistics alone keeps campaigns and no click ids; cookies of ad platforms need leave too", async () => {
  const site = await shop(ANALYTICS);
  await context.addCookies([
    { name: "_fbp", value: "fb.1.2.3", url: site.address },
    { name: "session", value: "secret", url: site.address },
  ]);
  await tab.goto(`${site.address}/form${CAMPAIGN}`);
  await settled();
  const [[, text]] = await device();
  assert.match(text, /newsletter/);
  assert.doesNotMatch(text, /gclid/);
  assert.equal((await send()).attribution.cookies, undefined);
  const other = await shop(GRANTED);
  await tab.goto(`${other.address}/form`);
  await settled();
  assert.deepEqual((await send()).attribution.cookies, { _fbp: "fb.1.2.3" });
});

test("tag managers hear once of a lead that was accepted, and nothing of who sent it", async () => {
  const site = await shop(GRANTED);
  await tab.goto(`${site.address}/form`);
  await settled();
  const pushed = () => tab.evaluate(() => window.dataLayer.filter(({ event }) => event));
  edge.mode = "bad";
  await tab.fill("#full_name", "Ada Lovelace");
  await tab.fill("#email", "ada@example.com");
  await tab.check("[name=privacy]");
  await tab.click("button");
  await tab.waitForSelector('form[data-leadkit-state="refused"]');
  assert.deepEqual(await pushed(), [], "never for a refused one");
  edge.mode = "ackdrop";
  await tab.click("button");
  await tab.waitForSelector('form[data-leadkit-state="saved"]');
  assert.deepEqual(await pushed(), [], "not before the edge said that it has it");
  edge.mode = "ok";
  await tab.waitForSelector('form[data-leadkit-state="received"]', { timeout: 30_000 });
  assert.equal(edge.stored.size, 1);
  assert.ok(edge.copies > 1, "the edge was sent copies");
  await tab.waitForTimeout(500);
  assert.deepEqual(await pushed(), [{ event: "leadkit_received", leadkit_form: "contact" }]);
});
