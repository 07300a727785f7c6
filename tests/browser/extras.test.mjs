// What a form may have beyond fields, in Chromium: steps, values from the address, drafts, numbers while they are typed.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { collect } from "./support/collector.mjs";
import { launch, page, serve } from "./support/site.mjs";

const CONFIG = {
  site: { id: "shop", name: "Shop", locale: "en" },
  forms: {
    contact: {
      fields: [
        { name: "full_name", type: "name", required: true, prefill: "name" },
        { name: "topic", type: "choice", options: ["advice", "order"], prefill: "topic" },
        { name: "number", type: "text", required: true, show_if: { "==": [{ var: "values.topic" }, "order"] } },
        { name: "email", type: "email", required: true, prefill: "email" },
        { name: "phone", type: "phone", country: "DE" },
        { name: "privacy", type: "consent", purpose: "contact", required: true, text: { en: "Yes" }, prefill: "ok" },
      ],
      steps: [
        { title: { en: "You" }, fields: ["full_name", "topic"] },
        { title: { en: "Your order" }, fields: ["number"] },
        { title: { en: "Your answer" }, fields: ["email", "phone", "privacy"] },
      ],
      draft: { days: 7 },
    },
    travel: {
      fields: [
        { name: "country", type: "country", required: true },
        { name: "phone", type: "phone", country: { field: "country" } },
      ],
    },
  },
};
const FORM = `<form data-leadkit="contact">
  <fieldset data-leadkit-step><legend>You</legend>
    <p><label for="full_name">Your name</label> <input id="full_name" name="full_name" required></p>
    <p><label for="topic">Topic</label>
      <select id="topic" name="topic"><option value="">–</option><option value="advice">Advice</option><option value="order">Order</option></select></p>
  </fieldset>
  <fieldset data-leadkit-step><legend>Your order</legend>
    <p><label for="number">Order number</label> <input id="number" name="number"></p>
  </fieldset>
  <fieldset data-leadkit-step><legend>Your answer</legend>
    <p><label for="email">E-mail</label> <input id="email" name="email" type="email" required></p>
    <p><label for="phone">Phone</label> <input id="phone" name="phone" type="tel"></p>
    <p><label><input type="checkbox" name="privacy" required> <span>Yes</span></label></p>
  </fieldset>
  <p><button id="send">Send</button></p>
</form><p id="below">Below the form</p>`;

/** As the edge renders it. */
const TRAVEL = `<form data-leadkit="travel">
  <div data-leadkit-field><label for="country">Pays</label> <input id="country" name="country" required autocomplete="country-name"></div>
  <div data-leadkit-field><label for="phone">Téléphone</label> <input id="phone" name="phone" type="tel"></div>
  <p><button id="send">Envoyer</button></p></form>`;

let browser, edge, site, context, tab, errors;
before(async () => {
  browser = await launch();
});
after(() => browser.close());
beforeEach(async () => {
  edge = await collect(CONFIG, FORM);
  site = await serve({
    "/": page(edge.address, FORM),
    "/de": page(edge.address, FORM, { lang: "de" }),
    "/fr": page(edge.address, TRAVEL, { lang: "fr" }),
    "/odd": page(edge.address, TRAVEL, { lang: "fr_FR" }),
    "/none": page(edge.address, TRAVEL, { lang: "!" }),
    "/element": page(edge.address, '<lead-form form="contact"></lead-form>'),
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

const ready = async (path = "/") => {
  await tab.goto(site.address + path);
  await tab.focus("#full_name");
  await tab.waitForSelector(".leadkit-next");
};
const state = (value) => tab.waitForSelector(`form[data-leadkit-state="${value}"]`, { timeout: 10_000 });
const step = () => tab.textContent(".leadkit-progress");
const seen = async () => tab.$$eval("[data-leadkit-step]", (all) => all.map((step) => step.checkVisibility()));
const stored = () => [...edge.stored.values()].map((text) => JSON.parse(text));
const kept = () => tab.evaluate(() => Object.keys(localStorage).filter((key) => key.includes("draft")));

test("steps come one after the other, by keyboard alone, and only the fields of a step are asked for", async () => {
  await ready();
  assert.deepEqual(await seen(), [true, false, false]);
  assert.equal(await step(), "Step 1 of 2");
  assert.equal(await tab.isVisible("#send"), false);
  await tab.keyboard.press("Enter");
  assert.deepEqual(await seen(), [true, false, false]);
  assert.equal(await tab.textContent("[role=alert]"), "Please correct one field.");
  assert.equal(await tab.evaluate(() => document.activeElement.id), "full_name");
  await tab.keyboard.type("Ada Lovelace");
  await tab.keyboard.press("Enter");
  assert.deepEqual(await seen(), [false, false, true], "a step whose fields are all put away is left out");
  assert.equal(await step(), "Step 2 of 2");
  assert.equal(await tab.evaluate(() => document.activeElement.querySelector("legend").textContent), "Your answer");
  assert.equal(await tab.isVisible("#send"), true);
  await tab.click(".leadkit-back");
  await tab.selectOption("#topic", "order");
  assert.equal(await step(), "Step 1 of 3");
  await tab.click(".leadkit-next");
  assert.deepEqual(await seen(), [false, true, false]);
  await tab.click(".leadkit-next");
  assert.deepEqual(await seen(), [false, true, false], "an order has a number");
  await tab.fill("#number", "4711");
  await tab.click(".leadkit-next");
  await tab.fill("#email", "ada@example.com");
  await tab.check("[name=privacy]");
  await tab.keyboard.press("Tab");
  await tab.click("#send");
  await state("received");
  assert.deepEqual(await seen(), [true, false, false]);
  assert.equal(stored()[0].data.number, "4711");
});

test("what the edge refuses leads back to the step of the field", async () => {
  await ready();
  await tab.fill("#full_name", "Ada");
  await tab.click(".leadkit-next");
  await tab.fill("#email", "ada@example.com");
  await tab.check("[name=privacy]");
  await tab.click(".leadkit-back");
  edge.mode = "bad";
  await tab.click(".leadkit-next");
  await tab.click("#send");
  await state("refused");
  assert.equal(await tab.evaluate(() => document.activeElement.id), "email");
});

test("the form does not move what stands below it when its steps are put together", async () => {
  await tab.goto(site.address);
  await tab.evaluate(() => {
    window.shift = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) window.shift += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
  });
  await tab.waitForSelector(".leadkit-next");
  await tab.waitForTimeout(300);
  assert.ok((await tab.evaluate(() => window.shift)) < 0.1, `moved by ${await tab.evaluate(() => window.shift)}`);
});

test("without the core all steps are shown and the form posts itself", async () => {
  await tab.route("**/core.js", (route) => route.abort());
  await tab.goto(site.address);
  await tab.focus("#full_name");
  await tab.waitForFunction(() => [...document.querySelectorAll("[data-leadkit-step]")].every((step) => !step.hidden));
  await tab.fill("#full_name", "Ada");
  await tab.fill("#email", "ada@example.com");
  await tab.check("[name=privacy]");
  await tab.click("#send");
  await tab.waitForFunction(() => document.title === "native");
});

test("without the module of the steps all of them are shown and the lead is taken", async () => {
  await tab.route("**/extras.js", (route) => route.abort());
  await tab.goto(site.address);
  await tab.focus("#full_name");
  await tab.waitForFunction(() => [...document.querySelectorAll("[data-leadkit-step]")].every((step) => !step.hidden));
  await tab.fill("#full_name", "Ada");
  await tab.fill("#email", "ada@example.com");
  await tab.check("[name=privacy]");
  await tab.click("#send");
  await state("received");
});

test("the address fills the fields that allow it, and never a consent", async () => {
  await ready("/?name=Ada%20Lovelace&topic=order&email=ada%40example.com&number=12&ok=on&phone=030");
  assert.equal(await tab.inputValue("#full_name"), "Ada Lovelace");
  assert.equal(await tab.inputValue("#topic"), "order");
  assert.equal(await step(), "Step 1 of 3", "what is shown follows from what was filled in");
  assert.equal(await tab.inputValue("#number"), "");
  assert.equal(await tab.inputValue("#email"), "ada@example.com");
  assert.equal(await tab.inputValue("#phone"), "");
  assert.equal(await tab.isChecked("[name=privacy]"), false);
});

test("a form that is filled by the edge has its steps at once, and its values from the address of the page", async () => {
  await tab.goto(`${site.address}/element?name=Ada`);
  await tab.waitForSelector(".leadkit-next");
  assert.deepEqual(await seen(), [true, false, false]);
  assert.equal(await tab.inputValue("#full_name"), "Ada");
});

test("a number is grouped while it is typed, and the caret stays where it is", async () => {
  await ready("/?name=Ada");
  await tab.click(".leadkit-next");
  await tab.click("#phone");
  for (let tries = 0; tries < 40 && (await tab.inputValue("#phone")) !== "030 123456"; tries += 1) {
    await tab.fill("#phone", "");
    await tab.keyboard.type("030123456");
    await tab.waitForTimeout(100);
  }
  assert.equal(await tab.inputValue("#phone"), "030 123456");
  await tab.evaluate(() => document.getElementById("phone").setSelectionRange(2, 2));
  await tab.keyboard.type("1");
  const caret = await tab.evaluate(() => document.getElementById("phone").selectionStart);
  const value = await tab.inputValue("#phone");
  assert.equal(value.slice(0, caret).replace(/\D/g, ""), "031");
  assert.equal(value.replace(/\D/g, ""), "0310123456");
  await tab.fill("#phone", "");
  await tab.keyboard.type("+442079460000");
  assert.equal(await tab.inputValue("#phone"), "+44 20 7946 0000");
});

test("nothing is kept of what was begun before the visitor says so", async () => {
  await ready();
  await tab.fill("#full_name", "Ada Lovelace");
  assert.deepEqual(await kept(), []);
  await tab.reload();
  await tab.focus("#full_name");
  await tab.waitForSelector(".leadkit-next");
  assert.equal(await tab.inputValue("#full_name"), "");
});

test("what was begun comes back on the same device, without a consent, until it is sent or dropped", async () => {
  await ready();
  await tab.check(".leadkit-draft input");
  await tab.fill("#full_name", "Ada Lovelace");
  await tab.selectOption("#topic", "order");
  await tab.click(".leadkit-next");
  await tab.fill("#number", "4711");
  await tab.click(".leadkit-next");
  await tab.fill("#email", "ada@example.com");
  await tab.check("[name=privacy]");
  assert.equal((await kept()).length, 1);
  assert.doesNotMatch(await tab.evaluate(() => JSON.stringify({ ...localStorage })), /privacy/);
  await tab.reload();
  await tab.focus("#full_name");
  await tab.waitForSelector(".leadkit-drop");
  assert.equal(await tab.inputValue("#number"), "4711");
  assert.equal(await tab.isChecked("[name=privacy]"), false);
  assert.match(await tab.textContent(".leadkit-kept"), /you entered on/);
  await tab.click(".leadkit-drop");
  assert.equal(await tab.inputValue("#full_name"), "");
  assert.deepEqual(await kept(), []);
  await tab.check(".leadkit-draft input");
  await tab.fill("#full_name", "Ada Lovelace");
  await tab.selectOption("#topic", "advice");
  await tab.click(".leadkit-next");
  await tab.fill("#email", "ada@example.com");
  await tab.check("[name=privacy]");
  await tab.click("#send");
  await state("received");
  assert.deepEqual(await kept(), []);
});

test("the steps speak the language of the page", async () => {
  await ready("/de");
  assert.equal(await step(), "Schritt 1 von 2");
  assert.equal(await tab.textContent(".leadkit-next"), "Weiter");
  assert.match(await tab.textContent(".leadkit-draft"), /7 Tage lang auf diesem Gerät/);
});

test("what the browser fills in by itself counts as typed, and one key accepts a suggestion", async () => {
  await ready();
  // As browsers do: values without a key, an event each, and no focus.
  await tab.evaluate(() => {
    for (const [name, value] of [
      ["full_name", "Ada Lovelace"],
      ["email", "ada@gmial.com"],
    ]) {
      const input = document.forms[0].elements[name];
      input.value = value;
      input.dispatchEvent(new Event("input", { bubbles: true }));
      input.dispatchEvent(new Event("change", { bubbles: true }));
    }
  });
  await tab.click(".leadkit-next");
  await tab.focus("#email");
  await tab.keyboard.press("Tab");
  assert.equal(await tab.evaluate(() => document.activeElement.className), "leadkit-suggestion");
  await tab.keyboard.press("Enter");
  assert.equal(await tab.inputValue("#email"), "ada@gmail.com");
  await tab.check("[name=privacy]");
  await tab.click("#send");
  await state("received");
  assert.equal(stored()[0].data.email, "ada@gmail.com");
});

test("a country is chosen by its name in the visitor's language, and numbers are grouped as there", async () => {
  await tab.route("**/extras.js", async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await route.continue();
  });
  await tab.goto(`${site.address}/fr`);
  await tab.fill("#country", "Andorre");
  await tab.waitForSelector("select#country");
  assert.equal(await tab.inputValue("#country"), "AD", "what was typed before the list came is chosen");
  const names = await tab.$$eval("#country option", (all) => all.map((option) => option.textContent));
  assert.ok(names.length > 245 && names.length < 255, `${names.length}`);
  assert.ok(names.indexOf("Émirats arabes unis") < names.indexOf("Finlande"), "in the order of the language");
  await tab.selectOption("#country", { label: "France" });
  for (let tries = 0; tries < 40 && (await tab.inputValue("#phone")) !== "01 42 68 53 00"; tries += 1) {
    await tab.fill("#phone", "");
    await tab.focus("#phone");
    await tab.keyboard.type("0142685300");
    await tab.waitForTimeout(100);
  }
  assert.equal(await tab.inputValue("#phone"), "01 42 68 53 00");
  await tab.click("#send");
  await state("received");
  assert.deepEqual(stored()[0].data, { country: "FR", phone: "01 42 68 53 00" });
});

test("a language that is written oddly, or is none, breaks nothing", async () => {
  for (const [path, words] of [
    ["/odd", "Veuillez choisir"],
    ["/none", "Please choose"],
  ]) {
    await tab.goto(site.address + path);
    await tab.focus("#country");
    await tab.waitForSelector("select#country");
    assert.equal(await tab.textContent("#country option"), words);
  }
});
