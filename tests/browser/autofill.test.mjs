// What a browser fills in by itself: without keys, at once in several fields, and before any script of ours is there.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { collect } from "./support/collector.mjs";
import { CONFIG, FORM, launch, page, serve } from "./support/site.mjs";

const PATIENCE = { timeout: 20_000 };
const FILLED = FORM.replace('name="full_name"', 'name="full_name" value="Ada Lovelace"');

let browser, edge, site, tab;
before(async () => {
  browser = await launch();
});
after(() => browser.close());
beforeEach(async () => {
  edge = await collect(CONFIG);
  site = await serve({ "/": page(edge.address), "/filled": page(edge.address, FILLED) });
  tab = await browser.newPage();
});
afterEach(async () => {
  await tab.close();
  await Promise.all([edge.close(), site.close()]);
});

/** As Chromium fills a profile in: values through the platform's own setter, `input` and `change`, and no key. */
const autofill = (values, events = true) =>
  tab.evaluate(
    ({ values, events }) => {
      const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set;
      for (const [id, value] of Object.entries(values)) {
        const input = document.getElementById(id);
        set.call(input, value);
        if (!events) continue;
        input.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertReplacementText" }));
        input.dispatchEvent(new Event("change", { bubbles: true }));
      }
    },
    { values, events },
  );
const sent = async () => {
  await tab.waitForSelector('form[data-leadkit-state="received"]', PATIENCE);
  return [...edge.stored.values()].map((text) => JSON.parse(text)).at(-1).data;
};

test("what the browser fills in is read, checked and sent without a key pressed", async () => {
  await tab.goto(`${site.address}/`);
  await tab.focus("#full_name");
  await tab.waitForSelector("form [role=status]", { state: "attached", ...PATIENCE });
  await tab.click("button");
  await tab.waitForSelector("#full_name[aria-invalid=true]", PATIENCE);
  await autofill({ full_name: "Ada Lovelace", email: "ada@gmial.com" });
  await tab.waitForSelector("#full_name:not([aria-invalid=true])", { state: "attached", ...PATIENCE });
  // A slip in a saved address is found as one that was typed.
  await tab.getByText("ada@gmail.com").first().waitFor(PATIENCE);
  await autofill({ email: "ada@example.com" });
  await tab.check("[name=privacy]");
  await tab.click("button");
  const data = await sent();
  assert.deepEqual([data.full_name, data.email], ["Ada Lovelace", "ada@example.com"]);
});

test("what was filled in before the core was there, without any event, is sent", async () => {
  await tab.goto(`${site.address}/filled`);
  await autofill({ email: "ada@example.com" }, false);
  await tab.check("[name=privacy]");
  await tab.click("button");
  const data = await sent();
  assert.deepEqual([data.full_name, data.email], ["Ada Lovelace", "ada@example.com"]);
});

test("fields tell the browser what they are, so that it can fill them", async () => {
  await tab.goto(`${site.address}/`);
  assert.equal(await tab.getAttribute("#full_name", "autocomplete"), "name");
  assert.equal(await tab.getAttribute("#email", "type"), "email");
});
