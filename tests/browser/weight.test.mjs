// What the script tag costs a page before anybody comes near a form: one request, one name, no shift, no long task. By what Chromium
// traced, in processor time, so that a busy machine changes nothing; `pkg-scripts/bench weight` has Lighthouse and the others.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, serve } from "./support/site.mjs";

/** From here on a task is long: it would be felt. */
const LONG_MS = 50;
const FORM = `<form data-leadkit="contact"><p><label>E-mail <input name="email"></label></p>
<fieldset data-leadkit-step><legend>One</legend><input name="a"></fieldset><fieldset data-leadkit-step><legend>Two</legend><input name="b"></fieldset>
<p><button>Send</button></p></form>`;
const FAR = '<p class="far">A page that is longer than a screen.</p>';
const sheet = (tag, body) =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>weight</title><link rel="stylesheet" href="/far.css">${tag}<body><h1>Shop</h1>${body}</body></html>`;
const TAG = '<script src="/kit/leadkit.js" data-endpoint="/edge" data-site="shop" defer></script>';

let browser, site;
before(async () => {
  browser = await launch();
  site = await serve({
    "/far.css": { body: ".far{height:9000px}", headers: { "content-type": "text/css" } },
    "/with": { body: sheet(TAG, FAR + FORM + FAR) },
    "/without": { body: sheet("", FAR + FORM + FAR) },
  });
});
after(async () => {
  await browser?.close();
  await site?.close();
});

/** Loads a page under a trace, and tells what it did. */
async function traced(path) {
  const context = await browser.newContext();
  const tab = await context.newPage();
  await tab.addInitScript(() => {
    window.shift = 0;
    new PerformanceObserver((list) => {
      for (const { value } of list.getEntries()) window.shift += value;
    }).observe({ type: "layout-shift", buffered: true });
  });
  const session = await browser.newBrowserCDPSession();
  const events = [];
  session.on("Tracing.dataCollected", ({ value }) => events.push(...value));
  const complete = new Promise((resolve) => session.once("Tracing.tracingComplete", resolve));
  await session.send("Tracing.start", {
    transferMode: "ReportEvents",
    traceConfig: { includedCategories: ["devtools.timeline", "v8", "blink.user_timing"] },
  });
  site.log.length = 0;
  await tab.goto(site.address + path, { waitUntil: "load" });
  // Whatever waits for an idle page has had its turn.
  await tab.evaluate(() => new Promise((resolve) => requestIdleCallback(() => requestIdleCallback(resolve))));
  const shift = await tab.evaluate(() => window.shift);
  const names = await tab.evaluate(() => Object.keys(window));
  await session.send("Tracing.end");
  await complete;
  const scripts = events.filter(({ ph, args }) => ph === "X" && JSON.stringify(args ?? {}).includes("/kit/"));
  const fetched = [...site.log];
  await context.close();
  return { shift, names, fetched, cpu: scripts.map(({ name, tdur = 0 }) => [name, tdur / 1000]) };
}

test("before anybody comes near, the tag costs one request, one name, no shift and no long task", async () => {
  const without = await traced("/without");
  const page = await traced("/with");
  assert.deepEqual(
    page.fetched.filter((path) => !without.fetched.includes(path) && !/^\/(with|favicon.ico)$/.test(path)),
    ["/kit/leadkit.js"],
  );
  assert.deepEqual(
    page.names.filter((name) => !without.names.includes(name)),
    ["leadkit"],
  );
  assert.deepEqual([without.shift, page.shift], [0, 0]);
  assert.ok(page.cpu.length > 0, "the trace names the script");
  const most = Math.max(...page.cpu.map(([, time]) => time));
  assert.ok(most < LONG_MS, `${most} ms in one piece: ${JSON.stringify(page.cpu)}`);
});
