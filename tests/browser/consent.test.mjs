// Who says yes and no to what is kept on the device: consent strings made by the library of the IAB, commands as `gtag` gives
// them, and the browser itself.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { collect } from "./support/collector.mjs";
import { CONFIG, FORM, launch, serve } from "./support/site.mjs";

// The package names its ES modules without their endings, which Node does not read.
const { GVL, TCModel, TCString } = createRequire(import.meta.url)("@iabtcf/core");
const PATIENCE = { timeout: 20_000 };
const CAMPAIGN = "?utm_source=fair&gclid=abc";
const LIST = { purposes: {}, specialPurposes: {}, features: {}, specialFeatures: {}, dataCategories: {}, stacks: {} };

/** What a consent tool answers (TCF 2.3, `TCData`), from a string that was encoded and decoded again. */
function tcData(purposes, eventStatus = "tcloaded", gdprApplies = true) {
  const versions = { gvlSpecificationVersion: 3, vendorListVersion: 1, tcfPolicyVersion: 5 };
  const model = new TCModel(new GVL({ ...versions, lastUpdated: "2026-01-01T00:00:00Z", vendors: {}, ...LIST }));
  model.cmpId = 31;
  model.cmpVersion = 1;
  model.purposeConsents.set(purposes);
  const tcString = TCString.encode(model);
  const read = TCString.decode(tcString);
  const consents = Object.fromEntries(
    Array.from({ length: 11 }, (_, at) => [at + 1, read.purposeConsents.has(at + 1)]),
  );
  return {
    tcString,
    tcfPolicyVersion: read.policyVersion,
    cmpId: read.cmpId,
    cmpVersion: read.cmpVersion,
    gdprApplies,
    eventStatus,
    cmpStatus: "loaded",
    listenerId: 1,
    isServiceSpecific: true,
    purpose: { consents, legitimateInterests: {} },
    vendor: { consents: {}, legitimateInterests: {} },
  };
}

/** A consent tool: it answers with what it was given, and later with what `answerConsent` gives it. */
const tool = (data) => `const listeners = [];
window.__tcfapi = (command, version, callback) => {
  if (command !== "addEventListener" || version !== 2) return callback(null, false);
  listeners.push(callback);
  callback(${JSON.stringify(data)}, true);
};
window.answerConsent = (data) => listeners.forEach((listener) => listener(data, true));`;

/** A tool for Consent Mode that asks on the first page and remembers: by default nothing is granted. */
const MODE = `window.dataLayer = []; function gtag() { dataLayer.push(arguments); }
gtag("consent", "default", { ad_storage: "denied", ad_user_data: "denied", ad_personalization: "denied", analytics_storage: "denied", wait_for_update: 500 });
gtag("js", new Date());
window.grant = () => { sessionStorage.setItem("granted", "1"); gtag("consent", "update", { ad_storage: "granted", ad_user_data: "granted", ad_personalization: "granted", analytics_storage: "granted" }); };
if (sessionStorage.getItem("granted")) window.grant();`;

let browser, edge, site, context, tab;
before(async () => {
  browser = await launch();
});
after(() => browser.close());
beforeEach(async () => {
  edge = await collect(CONFIG);
  context = await browser.newContext();
  tab = await context.newPage();
});
afterEach(async () => {
  await context.close();
  await Promise.all([edge.close(), site.close()]);
});

async function shop(head) {
  const page = (body) => ({
    headers: {},
    body: `<!doctype html><html lang="en"><title>shop</title><script>${head}</script>
<script src="/kit/leadkit.js" data-endpoint="${edge.address}" data-site="shop" data-touch defer></script><body>${body}</body></html>`,
  });
  const link = (path) => `<a id="next" href="${path}">Next</a>`;
  site = await serve({ "/": page(link("/two")), "/two": page(link("/form")), "/form": page(FORM) });
}
/** Until the module has looked at the page, and asked who may say so. */
const looked = async () => {
  await tab.waitForFunction(
    () =>
      performance
        .getEntriesByType("resource")
        .some(({ name, responseEnd }) => name.endsWith("/kit/touch.js") && responseEnd > 0),
    undefined,
    PATIENCE,
  );
  await tab.waitForTimeout(150);
};
const kept = () => tab.evaluate(() => Object.keys({ ...localStorage }).filter((key) => key.includes("touch")).length);
const isKept = () =>
  tab.waitForFunction(() => Object.keys({ ...localStorage }).some((key) => key.includes("touch")), undefined, PATIENCE);
async function send() {
  await tab.fill("#full_name", "Ada Lovelace");
  await tab.fill("#email", "ada@example.com");
  await tab.check("[name=privacy]");
  await tab.click("button");
  await tab.waitForSelector('form[data-leadkit-state="received"]', PATIENCE);
  return [...edge.stored.values()].map((text) => JSON.parse(text)).at(-1).ctx.attribution;
}

test("a consent string with purposes 1 and 7 keeps the campaign through landing, three pages and the form", async () => {
  await shop(tool(tcData([1, 7])));
  await tab.goto(`${site.address}/${CAMPAIGN}`);
  await isKept();
  for (const path of ["/two", "/form"]) {
    await tab.click("#next");
    await tab.waitForURL(`**${path}`);
    await looked();
  }
  const { first, last } = await send();
  assert.deepEqual([first.utm_source, first.gclid, last.utm_source], ["fair", "abc", "fair"]);
});

for (const [name, data] of [
  ["purpose 1 alone", tcData([1])],
  ["purpose 7 without storage", tcData([2, 7, 9])],
  ["no purpose", tcData([])],
  ["a tool whose question is still open", tcData([1, 7], "cmpuishown")],
]) {
  test(`${name} keeps nothing on the device`, async () => {
    await shop(tool(data));
    await tab.goto(`${site.address}/${CAMPAIGN}`);
    await looked();
    await tab.click("#next");
    await tab.waitForURL("**/two");
    assert.equal(await kept(), 0);
  });
}

test("the answer to the question counts when it is given, and an answer that is taken back deletes", async () => {
  await shop(tool(tcData([1, 7], "cmpuishown")));
  await tab.goto(`${site.address}/${CAMPAIGN}`);
  await looked();
  assert.equal(await kept(), 0);
  await tab.evaluate((data) => window.answerConsent(data), tcData([1, 7], "useractioncomplete"));
  await isKept();
  await tab.evaluate((data) => window.answerConsent(data), tcData([], "useractioncomplete"));
  assert.equal(await kept(), 0);
});

test("where the GDPR does not apply the framework allows it", async () => {
  await shop(tool(tcData([], "tcloaded", false)));
  await tab.goto(`${site.address}/${CAMPAIGN}`);
  await isKept();
});

test("Consent Mode v2: denied by default, granted on the landing page, remembered through the form", async () => {
  await shop(MODE);
  await tab.goto(`${site.address}/${CAMPAIGN}`);
  await looked();
  assert.equal(await kept(), 0);
  await tab.evaluate(() => window.grant());
  for (const path of ["/two", "/form"]) {
    await tab.click("#next");
    await tab.waitForURL(`**${path}`);
    await looked();
  }
  await isKept();
  const { first } = await send();
  assert.deepEqual([first.utm_source, first.gclid], ["fair", "abc"]);
});
