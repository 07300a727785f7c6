// The wrappers for React, Vue and Svelte, and the JS API beside them: apps built from the packed package, in Chromium.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { bundle, check, install, serveApp } from "./support/apps.mjs";
import { collect } from "./support/collector.mjs";
import { CONFIG, FORM, launch } from "./support/site.mjs";

let browser;
before(async () => {
  browser = await launch();
  install();
});
after(() => browser.close());

test("the declarations compile under the strictest settings, and refuse what is wrong", () => {
  assert.equal(check("types.tsx"), "");
});

for (const source of ["react.jsx", "vue.js", "svelte.js", "plain.js"]) {
  test(`a form of ${source} is checked, sent once, taken away and brought back`, async (t) => {
    const out = await bundle(source);
    const edge = await collect(CONFIG, FORM.replace("<p", '<input type="hidden" name="leadkit_id" value="x"><p'));
    const app = await serveApp(out, edge.address);
    const context = await browser.newContext();
    t.after(() => Promise.all([context.close(), edge.close(), app.close()]));
    const tab = await context.newPage();
    const errors = [];
    tab.on("pageerror", (error) => errors.push(String(error)));
    tab.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    const heard = async () => (await tab.textContent("output")).split(",").filter(Boolean);
    const types = async () => (await heard()).map((event) => event.split(" ")[0]);
    const until = (type, count) =>
      tab.waitForFunction(
        ([type, count]) => document.querySelector("output").textContent.split(type).length > count,
        [type, count],
        { timeout: 15_000 },
      );
    await tab.goto(app.address);
    await until("ready", 1);

    // A form with fields of the page.
    await tab.click("form button");
    await tab.waitForSelector('form[data-leadkit-state="invalid"]');
    assert.equal(await tab.getAttribute("[name=email]", "aria-invalid"), "true");
    await tab.click("#more");
    assert.equal(await tab.getAttribute("[name=email]", "aria-invalid"), "true", "a rendering takes no problem away");
    await tab.fill("[name=full_name]", "Ada Lovelace");
    await tab.fill("[name=email]", "ada@example.com");
    await tab.check("[name=privacy]");
    await tab.click("form button");
    await until("received", 1);
    assert.equal(edge.stored.size, 1);
    assert.equal(await tab.locator("form.own [role=status]").count(), 1);

    // Another page of the same app: the form of the edge, filled in.
    await tab.click("#other");
    await until("ready", 2);
    await tab.fill("#full_name", "Grace Hopper");
    await tab.fill("#email", "grace@example.com");
    await tab.check("[name=privacy]");
    await tab.click("form button");
    await until("received", 2);
    assert.equal(edge.stored.size, 2);

    // Back again: one form, one listener, one lead.
    await tab.click("#other");
    await until("ready", 3);
    await tab.fill("[name=full_name]", "Katherine Johnson");
    await tab.fill("[name=email]", "katherine@example.com");
    await tab.check("[name=privacy]");
    await tab.dblclick("form button");
    await until("received", 3);
    assert.equal(edge.stored.size, 3);
    assert.equal((await types()).filter((type) => type === "received").length, 3);
    const ids = (await heard()).filter((event) => event.startsWith("received")).map((event) => event.split(" ")[1]);
    assert.deepEqual(ids.sort(), [...edge.stored.keys()].sort());
    assert.equal(edge.copies, 3);
    assert.deepEqual(errors, []);
    assert.doesNotMatch(await tab.textContent("output"), /example\.com|Ada/);
  });
}

test("a page gets the core when somebody comes near a form, not with the app", async () => {
  for (const name of ["react", "vue", "svelte"]) {
    const out = join(new URL("../../target/package/apps/out", import.meta.url).pathname, name, "entry");
    const text = readFileSync(join(out, "app.js"), "utf8");
    assert.doesNotMatch(text, /indexedDB/, `${name}: the driver is in a file of its own`);
    assert.ok(readdirSync(out).length > 1);
  }
});
