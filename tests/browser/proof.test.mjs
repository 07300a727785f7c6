// A form that asks for proof of work, in Chromium with a real edge: nobody notices, and no submit fails for it.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { admin } from "../edge/client.mjs";
import { start, until } from "../edge/runtime.mjs";
import { BARE, CONFIG, FORM, launch, page, serve } from "./support/site.mjs";

let browser, edge, site, context, tab, errors, plain;

const pages = {};
before(async () => {
  browser = await launch();
  site = await serve(pages);
  const { $versions: _, ...config } = CONFIG;
  config.site = { ...config.site, origins: [site.address] };
  config.spam = { work: { forms: ["contact"], effort: 5_000 } };
  edge = await start("node", { config, env: { LEADKIT_SECRET: "secret" } });
  pages["/"] = page(edge.url);
  pages["/slices"] = page(edge.url, FORM, {
    headers: { "content-security-policy": "script-src 'self' 'wasm-unsafe-eval'; worker-src 'none'" },
  });
  pages["/plain"] = page(edge.url, FORM, {
    headers: { "content-security-policy": "script-src 'self'; worker-src 'none'" },
  });
  const foreign = page(edge.url).body.replace("/kit/leadkit.js", `${edge.url}/kit/leadkit.js`);
  pages["/foreign"] = { headers: {}, body: foreign };
  pages["/bare"] = BARE;
  pages["/away"] = { headers: {}, body: "<title>away</title>" };
  plain = (await (await fetch(`${edge.url}/v1/site/shop`)).json()).$versions.contact;
});
after(async () => {
  await browser.close();
  await Promise.all([edge.stop(), site.close()]);
});

beforeEach(async () => {
  context = await browser.newContext();
  tab = await context.newPage();
  errors = [];
  site.log.length = 0;
  tab.on("pageerror", (error) => errors.push(String(error)));
});
afterEach(async () => {
  await context.close();
  assert.deepEqual(errors, []);
});

const ready = async (path = "/") => {
  await tab.goto(site.address + path);
  await tab.focus("#full_name");
  await tab.waitForFunction(() => document.forms[0].noValidate);
};
const state = (value) => tab.waitForSelector(`form[data-leadkit-state="${value}"]`, { timeout: 15_000 });
const challenge = `**/v1/challenge/**`;

async function fillIn(email = "ada@example.com") {
  await tab.fill("#full_name", "Ada Lovelace");
  await tab.fill("#email", email);
  await tab.check("[name=privacy]");
}

/** The stored lead of this address. */
async function stored(email) {
  const found = await until(async () => {
    const { body } = await admin(edge.url, "leads?site=shop");
    return body.leads.find((lead) => lead.email === email);
  }, `the lead of ${email}`);
  return (await admin(edge.url, `leads/shop/${found.id}`)).body;
}

const outcome = ({ verdict, seen, form }) => [verdict.disposition, seen.work, form];
const good = () => ["accept", "done", `contact@${plain}`];

/** Collects everything that changes in the page from now on: what a screen reader could tell. */
const watch = () =>
  tab.evaluate(() => {
    window.changes = [];
    const name = (node) => (node.nodeType === 1 ? node.tagName : node.textContent);
    new MutationObserver((records) => {
      for (const { type, target, attributeName } of records)
        window.changes.push([type, name(target), attributeName].join(" "));
    }).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
    document.addEventListener("focusin", ({ target }) => window.changes.push(`focus ${target.id || target.name}`));
  });

test("with the keyboard alone: the work is done while the form is filled in, and nothing of it is to be noticed", async () => {
  await tab.goto(site.address);
  await watch();
  await tab.keyboard.press("Tab");
  const worker = await tab.waitForEvent("worker");
  if (tab.workers().includes(worker)) await worker.waitForEvent("close");
  await tab.waitForFunction(() => document.forms[0].noValidate);
  const before = await tab.evaluate(() => window.changes);
  // Binding alone adds the place of messages; it does so without any work too.
  assert.deepEqual(
    before.filter(
      (change) => !/^(focus full_name|childList FORM |attributes (FORM|P|LABEL|INPUT|SELECT) )/.test(change),
    ),
    [],
  );
  assert.equal(await tab.textContent("[role=status]"), "");
  assert.equal(await tab.evaluate(() => document.activeElement.id), "full_name");
  await tab.keyboard.type("Ada Lovelace");
  await tab.keyboard.press("Tab");
  await tab.keyboard.type("keyboard@example.com");
  await tab.keyboard.press("Tab");
  await tab.keyboard.press("Tab");
  await tab.keyboard.press("Space");
  await tab.keyboard.press("Tab");
  await tab.keyboard.press("Enter");
  await state("received");
  const focused = (await tab.evaluate(() => window.changes)).filter((change) => change.startsWith("focus"));
  assert.deepEqual(focused, ["focus full_name", "focus email", "focus topic", "focus privacy", "focus "]);
  const lead = await stored("keyboard@example.com");
  assert.deepEqual(outcome(lead), good());
  assert.deepEqual(lead.unknown, {});
});

for (const [path, loaded, spared] of [
  ["/slices", "/kit/pow-simd.wasm", "/kit/work-worker.js"],
  ["/plain", "/kit/pow-plain.js", "/kit/work-worker.js"],
]) {
  test(`where less is allowed, on ${path}, it is done all the same`, async () => {
    await ready(path);
    await fillIn(`${path.slice(1)}@example.com`);
    await until(() => site.log.includes(loaded), loaded);
    await tab.waitForTimeout(path === "/plain" ? 2_000 : 300);
    await tab.click("button");
    await state("received");
    assert.deepEqual(outcome(await stored(`${path.slice(1)}@example.com`)), good());
    assert.ok(!site.log.includes(spared));
  });
}

test("with the script tag of another origin, from which no Worker may start, it is done in slices", async () => {
  await ready("/foreign");
  await fillIn("foreign@example.com");
  await tab.click("button");
  await state("received");
  assert.deepEqual(outcome(await stored("foreign@example.com")), good());
  assert.deepEqual(tab.workers(), []);
});

test("front-end code gets a solution for a lead of its own", async () => {
  await tab.goto(`${site.address}/bare`);
  await tab.evaluate(async (endpoint) => {
    const { leadkit } = await import("/kit/core.js");
    const kit = await leadkit({ endpoint, site: "shop" });
    const values = { full_name: "Ada", email: "api@example.com", privacy: true };
    await kit.submit({ form: "contact", values: { ...values, altcha: await kit.prove("contact") } });
    if ((await kit.prove("nobody")) !== undefined) throw new Error("there is no such form");
  }, edge.url);
  assert.deepEqual(outcome(await stored("api@example.com")), good());
});

test("each lead of a page has a solution of its own", async () => {
  await ready();
  for (const email of ["one@example.com", "two@example.com"]) {
    await fillIn(email);
    await tab.click("button");
    await state("received");
    assert.deepEqual(outcome(await stored(email)), good());
    await tab.evaluate(() => delete document.forms[0].dataset.leadkitState);
  }
});

test("where no challenge can be had, the lead goes without, and a person looks at it", async () => {
  await context.route(challenge, (route) => route.abort());
  await ready();
  await fillIn("without@example.com");
  await tab.click("button");
  await state("received");
  const lead = await stored("without@example.com");
  assert.deepEqual(outcome(lead), ["review", "missing", `contact@${plain}`]);
  assert.deepEqual(lead.verdict.reasons, [{ rule: "spam.no_work", disposition: "review" }]);
});

test("a submit does not wait long for work that is not done", async () => {
  await context.route(challenge, () => undefined);
  await ready();
  await fillIn("slow@example.com");
  const start = Date.now();
  await tab.click("button");
  await state("received");
  const took = Date.now() - start;
  assert.ok(took > 1_000 && took < 4_000, `${took} ms`);
  assert.equal((await stored("slow@example.com")).seen.work, "missing");
});

test("a page that goes away while its work is waited for loses no lead", async () => {
  await context.route(challenge, () => undefined);
  await ready();
  await fillIn("away@example.com");
  await tab.click("button");
  await state("sending");
  await tab.goto(`${site.address}/away`);
  assert.equal((await stored("away@example.com")).seen.work, "missing");
});

test("a device that was offline sends what it solved before, and the lead is accepted within the time of its challenge", async () => {
  await ready();
  await until(
    async () =>
      (await tab.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => name))).some((name) =>
        name.includes("/v1/challenge/"),
      ),
    "a challenge",
  );
  await fillIn("offline@example.com");
  await tab.waitForTimeout(500);
  await context.setOffline(true);
  await tab.click("button");
  await state("saved");
  await context.setOffline(false);
  await state("received");
  assert.deepEqual(outcome(await stored("offline@example.com")), good());
});
