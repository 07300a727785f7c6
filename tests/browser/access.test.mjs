// axe-core finds nothing in any state of a form, of a page of the edge and of the Inbox, and all of it works by keyboard alone.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { batch, item, post, postForm } from "../edge/client.mjs";
import { start, TOKEN, until } from "../edge/runtime.mjs";
import { accessible } from "./support/axe.mjs";
import { collect } from "./support/collector.mjs";
import { bound, CONFIG, GOOD, rendered, STYLE, sheet, state } from "./support/form.mjs";
import { launch, serve } from "./support/site.mjs";

let browser, edge, collector, site, context, tab, errors;
const pages = { "/site.css": STYLE };

before(async () => {
  browser = await launch();
  edge = await start("node", { config: CONFIG });
  const config = await (await fetch(`${edge.url}/v1/site/shop`)).json();
  site = await serve(pages);
  collector = await collect(config, await rendered(edge.url, "whole", "en"));
  const add = async (path, form, options = {}) => {
    const body = await rendered(edge.url, form, options.lang ?? "en");
    pages[path] = { body: sheet("", body, { edge: collector.address, ...options }) };
  };
  await add("/", "whole");
  await add("/de", "whole", { lang: "de" });
  await add("/rtl", "whole", { lang: "ar", dir: "rtl" });
  await add("/steps", "steps");
  await add("/bare", "whole");
  pages["/bare"].body = pages["/bare"].body.replace(/<script.*<\/script>/, "");
  const element = '<lead-form form="whole"><a href="/">The form</a></lead-form>';
  pages["/element"] = { body: sheet("", element, { edge: collector.address }) };
});
after(async () => {
  await browser.close();
  await Promise.all([edge.stop(), collector.close(), site.close()]);
});

beforeEach(async () => {
  collector.mode = "ok";
  collector.said = {};
  context = await browser.newContext({ viewport: { width: 1000, height: 900 } });
  tab = await context.newPage();
  errors = [];
  tab.on("pageerror", (error) => errors.push(String(error)));
});
afterEach(async () => {
  await context.close();
  assert.deepEqual(errors, []);
});

const field = (name) => `form[data-leadkit] [name="${name}"]`;
async function open(path = "/") {
  await tab.goto(site.address + path);
  await tab.focus(field("full_name"));
  await bound(tab);
  await tab.waitForSelector(".leadkit-draft");
}
async function fillIn(values = GOOD) {
  await tab.fill(field("full_name"), values.full_name);
  await tab.fill(field("email"), values.email);
  await tab.selectOption(field("topic"), values.topic);
  await tab.check(field("privacy"));
}
const send = () => tab.click("form[data-leadkit] button:is([type=submit], :not([type]))");

for (const [path, thanks] of [
  ["/", "Thank you, we have it."],
  ["/de", "Danke, wir haben es."],
  ["/rtl", "Thank you, we have it."],
  ["/element", "Thank you, we have it."],
]) {
  test(`${path}: untouched, with problems, corrected, and received`, async () => {
    await open(path);
    await accessible(tab, "untouched");
    await send();
    await state(tab, "invalid");
    await tab.waitForSelector(".leadkit-problem");
    await accessible(tab, "problems");
    await fillIn();
    await accessible(tab, "corrected");
    await send();
    await state(tab, "received");
    assert.equal(await tab.textContent("[role=status]"), thanks);
    await accessible(tab, "received");
  });
}

test("a suggestion, a number while it is typed, and a field that appears", async () => {
  await open();
  await tab.fill(field("email"), "ada@gmial.com");
  await tab.waitForSelector(".leadkit-suggestion");
  await tab.selectOption(field("topic"), "order");
  assert.equal(await tab.isVisible(field("number")), true);
  await until(async () => {
    await tab.fill(field("phone"), "");
    await tab.type(field("phone"), "030123456");
    return (await tab.inputValue(field("phone"))) === "030 123456";
  }, "a grouped number");
  await accessible(tab, "suggestion and more");
  await tab.fill(field("phone"), "030");
  await send();
  await state(tab, "invalid");
  assert.equal(await tab.getAttribute(field("phone"), "aria-invalid"), "true");
  const described = (await tab.getAttribute(field("phone"), "aria-describedby")).split(" ");
  assert.equal(described.length, 2, "the help stays beside the problem");
  await accessible(tab, "problem of a field with help");
});

test("sending, saved, refused, and received with a link to what comes next", async () => {
  await open();
  await fillIn();
  let answer;
  const asked = new Promise((resolve) => {
    answer = resolve;
  });
  await tab.route("**/v1/leads", async (route) => {
    await asked;
    await route.abort();
  });
  await send();
  await state(tab, "sending");
  await accessible(tab, "sending");
  answer();
  await state(tab, "saved");
  await accessible(tab, "saved");
  await tab.unroute("**/v1/leads");
  await state(tab, "received");
  collector.mode = "bad";
  await fillIn();
  await send();
  await state(tab, "refused");
  await accessible(tab, "refused");
  collector.mode = "ok";
  collector.said = { n: { kind: "calendar", url: "https://cal.example/", text: { en: "Choose a time" } } };
  await fillIn({ ...GOOD, email: "eva@example.com" });
  await send();
  await tab.waitForSelector("[role=status] a");
  await accessible(tab, "received with a link");
});

test("too many unsent leads", async () => {
  collector.mode = "down";
  await tab.goto(`${site.address}/bare`);
  await tab.evaluate(async (endpoint) => {
    const { leadkit } = await import("/kit/core.js");
    const kit = await leadkit({ endpoint, site: "shop", outbox: { maxLeads: 1 } });
    kit.bind(document.forms[0]);
  }, collector.address);
  await bound(tab);
  await fillIn();
  await send();
  await state(tab, "saved");
  await fillIn({ ...GOOD, full_name: "Eva" });
  await send();
  await state(tab, "full");
  await accessible(tab, "full");
});

test("steps, each with its problems, and a draft that came back", async () => {
  await open("/steps");
  await accessible(tab, "first step");
  await tab.click(".leadkit-next");
  await tab.waitForSelector(".leadkit-problem");
  await accessible(tab, "first step with problems");
  await tab.check(".leadkit-draft input");
  await tab.fill(field("full_name"), "Ada Lovelace");
  await tab.fill(field("email"), "ada@example.com");
  await tab.click(".leadkit-next");
  await accessible(tab, "second step");
  await tab.selectOption(field("topic"), "advice");
  await tab.click(".leadkit-next");
  await accessible(tab, "last step");
  await tab.reload();
  await tab.focus(field("full_name"));
  await tab.waitForSelector(".leadkit-drop");
  await accessible(tab, "a draft");
});

/** What has the focus, in words. */
const focused = () =>
  tab.evaluate(() => {
    const { name, textContent, tagName } = document.activeElement;
    return name || textContent.trim() || tagName;
  });
/** Presses Tab until something has the focus, and tells what was passed. */
async function tabTo(wanted, most = 30) {
  const passed = [];
  while ((await focused()) !== wanted) {
    assert.ok(passed.length < most, `${wanted} is not reached by ${passed.join(", ")}`);
    await tab.keyboard.press("Tab");
    passed.push(await focused());
  }
  return passed;
}

test("by keyboard alone: a form with its mistake, its suggestion and its conditional field", async () => {
  await open();
  await tab.evaluate(() => document.activeElement.blur());
  await tabTo("full_name");
  await tab.keyboard.press("Enter");
  await state(tab, "invalid");
  assert.equal(await focused(), "full_name", "the focus goes to the first problem");
  await tab.keyboard.type("Ada Lovelace");
  await tabTo("email");
  await tab.keyboard.type("ada@gmial.com");
  await tab.keyboard.press("Tab");
  assert.equal(await focused(), "Did you mean ada@gmail.com?");
  await tab.keyboard.press("Enter");
  assert.equal(await tab.inputValue(field("email")), "ada@gmail.com");
  assert.equal(await focused(), "email", "the focus stays at the field");
  await tabTo("topic");
  await tab.keyboard.type("An");
  assert.deepEqual(await tabTo("number"), ["number"], "the field that appeared is next");
  await tab.keyboard.type("4711");
  await tabTo("size");
  await tab.keyboard.press("Space");
  await tabTo("message");
  await tab.keyboard.type("Hello");
  await tab.keyboard.press("Enter");
  await tab.keyboard.type("there");
  await tabTo("privacy");
  await tab.keyboard.press("Space");
  await tabTo("Send");
  const before = collector.stored.size;
  await tab.keyboard.press("Enter");
  await state(tab, "received");
  assert.equal(collector.stored.size, before + 1);
  const lead = JSON.parse([...collector.stored.values()].at(-1));
  assert.equal(lead.data.email, "ada@gmail.com");
  assert.equal(lead.data.number, "4711");
  assert.equal(lead.data.message.replace("\r", ""), "Hello\nthere");
});

test("by keyboard alone: steps, forward and back", async () => {
  await open("/steps");
  await tab.evaluate(() => document.activeElement.blur());
  await tabTo("full_name");
  await tab.keyboard.type("Ada Lovelace");
  await tabTo("email");
  await tab.keyboard.type("ada@example.com");
  await tabTo("Next");
  await tab.keyboard.press("Enter");
  assert.match(await focused(), /^Your question/);
  await tabTo("topic");
  await tab.keyboard.type("Adv");
  await tabTo("Back");
  await tab.keyboard.press("Space");
  assert.match(await focused(), /^You\s/);
  await tabTo("Next");
  await tab.keyboard.press("Enter");
  await tabTo("Next");
  await tab.keyboard.press("Enter");
  await tabTo("privacy");
  await tab.keyboard.press("Space");
  await tabTo("Send");
  await tab.keyboard.press("Enter");
  await state(tab, "received");
});

test("the edge's own pages, without a script: the form, its problems, its thanks", async () => {
  const plain = await browser.newContext();
  const page = await plain.newPage();
  for (const path of ["whole", "steps", "whole?lang=de"]) {
    await page.goto(`${edge.url}/v1/form/shop/${path}`);
    await accessible(page, path);
  }
  await page.fill(field("full_name"), "Ada");
  await page.fill(field("email"), "ada@gmial");
  await page.keyboard.press("Enter");
  await page.waitForSelector("[role=alert]");
  await accessible(page, "problems of the edge");
  // By keyboard alone.
  await page.fill(field("email"), "ada@example.com");
  await page.selectOption(field("topic"), "advice");
  await page.focus(field("privacy"));
  await page.keyboard.press("Space");
  await page.keyboard.press("Enter");
  await page.waitForSelector("[role=status]");
  await accessible(page, "thanks of the edge");
  await plain.close();
});

test("the Inbox: sign-in, list, lead, what was refused, destinations", async () => {
  await postForm(edge.url, "/v1/form/shop/whole", GOOD);
  await post(edge.url, batch([item({ email: "no" }, { form: "whole" })]), { origin: edge.url });
  await tab.goto(`${edge.url}/inbox`);
  await tab.waitForSelector("input[type=password]");
  await accessible(tab, "sign-in");
  await tab.keyboard.type("wrong");
  await tab.keyboard.press("Enter");
  await tab.waitForSelector("[role=alert]");
  await accessible(tab, "sign-in refused");
  await tab.fill("input[type=password]", TOKEN);
  await tab.keyboard.press("Enter");
  await tab.waitForSelector("nav.list a");
  await accessible(tab, "list");
  await tab.click("nav.list a");
  await tab.waitForSelector("main h1, main h2");
  await accessible(tab, "lead");
  await tab.goto(`${edge.url}/inbox#quarantine`);
  await tab.waitForSelector("main details");
  await tab.click("main summary");
  await accessible(tab, "what was refused");
  await tab.goto(`${edge.url}/inbox#destinations`);
  await tab.waitForSelector("main h1");
  await accessible(tab, "destinations");
});
