// Pages that change: several forms, forms that come later, go and come back, and elements that want another form.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { collect } from "./support/collector.mjs";
import { CONFIG, FORM, kit, launch, page, serve } from "./support/site.mjs";

const TWO = {
  ...CONFIG,
  forms: { ...CONFIG.forms, call: { fields: [{ name: "phone", type: "text", required: true }] } },
};
const CALL = `<form data-leadkit="call"><label>Phone <input name="phone"></label> <button>Call me</button></form>`;

let browser, edge, site, context, tab, errors;
before(async () => {
  browser = await launch();
});
after(() => browser.close());
beforeEach(async () => {
  edge = await collect(TWO, FORM);
  site = await serve({
    "/": page(edge.address, `<main>${FORM}</main><aside>${CALL}</aside>`),
    "/later": page(edge.address, "<main></main>"),
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

const listen = () =>
  tab.evaluate(() => {
    window.heard = [];
    document.addEventListener("leadkit:received", ({ detail }) => window.heard.push(detail));
  });
const heard = (count) =>
  tab
    .waitForFunction((count) => window.heard.length >= count && window.heard, count)
    .then((found) => found.jsonValue());
async function fillIn(name) {
  await tab.fill("#full_name", name);
  await tab.fill("#email", `${name}@example.com`);
  await tab.check("[name=privacy]");
  await tab.click("main button");
}

test("two forms of a page are two leads, and each tells of its own", async () => {
  await tab.goto(site.address);
  await listen();
  await fillIn("ada");
  await tab.fill("[name=phone]", "030 123456");
  await tab.click("aside button");
  const events = await heard(2);
  assert.deepEqual(events.map(({ form }) => form).sort(), ["call", "contact"]);
  assert.equal(edge.stored.size, 2);
  const forms = [...edge.stored.values()].map((text) => JSON.parse(text).form.split("@")[0]);
  assert.deepEqual(forms.sort(), ["call", "contact"]);
});

test("a form that comes later, goes and comes back is one form, one lead and one event each time", async () => {
  await tab.goto(`${site.address}/later`);
  await listen();
  const show = (html) =>
    tab.evaluate(
      (html) =>
        document
          .querySelector("main")
          .replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.children),
      html,
    );
  for (const [round, name] of ["ada", "grace", "katherine"].entries()) {
    await show(FORM);
    await fillIn(name);
    assert.equal((await heard(round + 1)).length, round + 1);
    await show("<p>another page of the app</p>");
  }
  assert.equal(edge.stored.size, 3);
  assert.equal(edge.copies, 3);
  // The same element, taken out and put back: it is bound again, not twice.
  await show(FORM);
  await tab.focus("#full_name");
  await tab.waitForFunction(() => document.forms[0].noValidate);
  await tab.evaluate(async () => {
    const [form] = document.forms;
    form.remove();
    await new Promise((resolve) => setTimeout(resolve, 50));
    document.querySelector("main").append(form);
  });
  await fillIn("dorothy");
  await heard(4);
  assert.equal(edge.copies, 4);
  assert.equal(await tab.locator("[role=status]").count(), 1);
  assert.equal(await tab.locator("[role=alert]").count(), 1);
});

test("the answer to a form that is gone is told at the document", async () => {
  await tab.goto(site.address);
  await listen();
  edge.mode = "slow";
  edge.delayMs = 800;
  await fillIn("ada");
  await tab.waitForSelector('form[data-leadkit-state="sending"]');
  await tab.evaluate(() => document.querySelector("main").replaceChildren());
  assert.deepEqual(
    (await heard(1)).map(({ form }) => form),
    ["contact"],
  );
});

test("an element that wants another form gets it", async () => {
  await tab.goto(`${site.address}/later`);
  await tab.evaluate(() => {
    const element = document.createElement("lead-form");
    element.setAttribute("form", "contact");
    document.querySelector("main").append(element);
  });
  await tab.waitForSelector('form[data-leadkit="contact"]');
  edge.form = CALL;
  await tab.evaluate(() => document.querySelector("lead-form").setAttribute("form", "call"));
  await tab.waitForSelector('form[data-leadkit="call"]');
  assert.equal(await tab.locator("form").count(), 1);
});

test("whoever purges a site leaves nothing of it on the device", async () => {
  await tab.goto(`${site.address}/later`);
  await kit(tab, edge.address, {}, TWO);
  await tab.evaluate(async () => {
    for (const kind of ["draft", "touch", "raw", "spill"]) {
      localStorage.setItem(`leadkit.${kind}.shop.x`, "1");
      localStorage.setItem(`leadkit.${kind}.other.x`, "1");
    }
    localStorage.setItem("leadkit.touch.shop", "1");
    await window.kit.purge();
  });
  const left = await tab.evaluate(() => Object.keys(localStorage).sort());
  assert.deepEqual(
    left,
    ["draft", "raw", "spill", "touch"].map((kind) => `leadkit.${kind}.other.x`),
  );
});
