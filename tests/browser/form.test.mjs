// A form of the page in Chromium: the script tag binds it, checks it, sends it, and tells the truth.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { collect } from "./support/collector.mjs";
import { CONFIG, FORM, launch, page, serve } from "./support/site.mjs";

let browser, edge, site, context, tab, errors;

before(async () => {
  browser = await launch();
});
after(() => browser.close());

beforeEach(async () => {
  edge = await collect(CONFIG, FORM.replace("<p", '<input type="hidden" name="leadkit_id" value="x"><p'));
  site = await serve({
    "/": page(edge.address),
    "/de": page(edge.address, undefined, { lang: "de" }),
    "/fr": page(edge.address, undefined, { lang: "fr-CH" }),
    "/element": page(edge.address, '<lead-form form="contact"><a href="/other">The form</a></lead-form>'),
    "/other": { body: "<title>other</title>", headers: {} },
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
  await tab.waitForFunction(() => document.forms[0].noValidate);
};
const state = (value) => tab.waitForSelector(`form[data-leadkit-state="${value}"]`, { timeout: 10_000 });
const status = () => tab.textContent("[role=status]");
async function fillIn(email = "ada@example.com") {
  await tab.fill("#full_name", "Ada Lovelace");
  await tab.fill("#email", email);
  await tab.check("[name=privacy]");
}

test("a mistake is shown beside its field, announced, and gone when it is corrected", async () => {
  await ready();
  await tab.click("button");
  await state("invalid");
  assert.equal(await tab.getAttribute("#email", "aria-invalid"), "true");
  const described = await tab.getAttribute("#email", "aria-describedby");
  assert.match(await tab.textContent(`#${described}`), /fill in/);
  assert.equal(await tab.textContent("[role=alert]"), "Please correct 3 fields.");
  assert.equal(await tab.evaluate(() => document.activeElement.id), "full_name");
  await fillIn("ada@");
  await tab.click("button");
  assert.match(await tab.textContent(`#${described}`), /e-mail address/);
  await tab.fill("#email", "ada@example.com");
  assert.equal(await tab.getAttribute("#email", "aria-invalid"), null);
  assert.equal(edge.requests.length, 0);
});

test("a good lead is received, once, with its consent and the version of its form", async () => {
  await ready();
  await fillIn();
  await tab.dblclick("button");
  await state("received");
  assert.equal(await status(), "Thank you, we have it.");
  assert.equal(await tab.inputValue("#full_name"), "");
  assert.equal(edge.stored.size, 1);
  const [lead] = [...edge.stored.values()].map(JSON.parse);
  assert.equal(lead.form, "contact@1f2e3d4c");
  assert.deepEqual(lead.data, { full_name: "Ada Lovelace", email: "ada@example.com", topic: "", privacy: "on" });
  assert.equal(lead.consent.contact.given, true);
  const text = new TextEncoder().encode("Shop may use what I wrote to answer me.");
  const hash = Buffer.from(await crypto.subtle.digest("SHA-256", text)).toString("hex");
  assert.equal(lead.consent.contact.text_sha256, hash);
  assert.equal(lead.ctx.url, `${site.address}/`);
  assert.equal(edge.preflights, 0);
});

test("what the edge has to say to the visitor takes the place of the thanks, and what comes next is a link", async () => {
  edge.said = {
    m: { en: "We do not <b>deliver</b> there.", de: "Dorthin nicht." },
    n: { kind: "calendar", url: "https://cal.example/a?b=1&c=2", text: { en: "Choose a time" } },
  };
  await ready();
  await tab.evaluate(() => {
    document.addEventListener("leadkit:received", ({ detail }) => {
      document.documentElement.dataset.said = JSON.stringify([detail.message, detail.next]);
    });
  });
  await fillIn();
  await tab.click("button");
  await state("received");
  assert.equal(await status(), "We do not <b>deliver</b> there. Choose a time");
  const link = tab.locator("[role=status] a");
  assert.equal(await link.getAttribute("href"), edge.said.n.url);
  assert.equal(await tab.locator("[role=status] b").count(), 0);
  const said = JSON.parse(await tab.evaluate(() => document.documentElement.dataset.said));
  assert.deepEqual(said, [edge.said.m, edge.said.n]);
  edge.said = { n: { url: "javascript:alert(1)" } };
  await fillIn("eva@example.com");
  await tab.click("button");
  await tab.waitForFunction(() => document.querySelector("[role=status]").textContent === "Thank you, we have it.");
  assert.equal(await link.count(), 0);
});

test("a suggestion is a button that corrects the value", async () => {
  await ready();
  await fillIn("ada@gmial.com");
  await tab.click(".leadkit-suggestion");
  assert.equal(await tab.inputValue("#email"), "ada@gmail.com");
  assert.equal(await tab.locator(".leadkit-suggestion").count(), 0);
});

test("a field that is not asked for is hidden and blocks nothing", async () => {
  await ready();
  assert.equal(await tab.isVisible("#number"), false);
  await tab.selectOption("#topic", "order");
  assert.equal(await tab.isVisible("#number"), true);
  await fillIn();
  await tab.click("button");
  await state("invalid");
  await tab.selectOption("#topic", "advice");
  await tab.click("button");
  await state("received");
});

test("the sentence of a limit names it", async () => {
  await ready("/fr");
  await tab.selectOption("#topic", "order");
  await tab.fill("#number", "123456789");
  await tab.click("button");
  await state("invalid");
  const described = await tab.getAttribute("#number", "aria-describedby");
  assert.match(await tab.textContent(`#${described}`), /8 caractères au maximum/);
});

test("a submit before the core is there is taken in by the core", async () => {
  await tab.route("**/core.js", async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await route.continue();
  });
  await tab.goto(site.address);
  await fillIn();
  await tab.click("button");
  await state("received");
  assert.equal(edge.stored.size, 1);
  const left = await tab.evaluate(() => Object.keys(localStorage));
  assert.deepEqual(left, []);
});

test("without the core the browser submits the form as it always did", async () => {
  await tab.route("**/core.js", (route) => route.abort());
  await tab.goto(site.address);
  await fillIn();
  await tab.click("button");
  await tab.waitForFunction(() => document.title === "native");
  assert.equal(edge.native.length, 1);
  assert.equal(edge.native[0].get("email"), "ada@example.com");
  assert.match(edge.native[0].get("leadkit_id"), /^[0-9a-f-]{36}$/);
});

test("after two traps the browser submits the form as it always did", async () => {
  await ready();
  await fillIn();
  await tab.evaluate(() => {
    WebAssembly.Instance = class {
      constructor() {
        throw new WebAssembly.RuntimeError("unreachable");
      }
    };
    const parse = JSON.parse;
    JSON.parse = (text) => {
      if (text.includes('"orders"')) throw new Error("unused");
      return parse(text);
    };
  });
  await tab.evaluate(() => {
    TextDecoder.prototype.decode = () => {
      throw new WebAssembly.RuntimeError("unreachable");
    };
  });
  await tab.click("button");
  await tab.waitForFunction(() => document.title === "native");
  assert.equal(edge.native.length, 1);
});

test("while the edge is down the visitor reads that the lead is saved, and it arrives later", async () => {
  await ready();
  edge.mode = "down";
  await fillIn();
  await tab.click("button");
  await state("saved");
  assert.match(await status(), /^Saved on this device/);
  assert.equal(edge.stored.size, 0);
  edge.mode = "ok";
  await state("received");
  assert.equal(edge.stored.size, 1);
});

test("a page of a captive portal is no answer", async () => {
  await ready();
  edge.mode = "captive";
  await fillIn();
  await tab.click("button");
  await state("saved");
  edge.mode = "ok";
  assert.equal(await edge.until(1), 1);
});

test("what the edge refuses is shown at its field, with the values still there", async () => {
  await ready();
  edge.mode = "bad";
  await fillIn();
  await tab.click("button");
  await state("refused");
  assert.equal(await tab.getAttribute("#email", "aria-invalid"), "true");
  assert.equal(await tab.inputValue("#full_name"), "Ada Lovelace");
  edge.mode = "ok";
  await tab.click("button");
  await state("received");
});

test("a lead that was left behind is sent by the next page of the site", async () => {
  await ready();
  edge.mode = "down";
  await fillIn();
  await tab.click("button");
  await state("saved");
  await tab.goto(`${site.address}/other`);
  edge.mode = "ok";
  await tab.goto(`${site.address}/`);
  assert.equal(await edge.until(1), 1);
});

test("German pages speak German", async () => {
  await ready("/de");
  await tab.click("button");
  assert.equal(await tab.textContent("[role=alert]"), "Bitte korrigieren Sie 3 Felder.");
  await fillIn();
  await tab.click("button");
  await state("received");
  assert.equal(await status(), "Danke, wir haben es.");
});

test("without a configuration the browser's own checks count and the lead still arrives", async () => {
  edge.configDown = true;
  await tab.goto(site.address);
  await tab.focus("#full_name");
  await tab.waitForSelector("form [role=status]", { state: "attached" });
  await fillIn();
  await tab.click("button");
  await state("received");
  const [lead] = [...edge.stored.values()].map(JSON.parse);
  assert.equal(lead.form, "contact");
});

test("with storage blocked the lead goes out from memory", async () => {
  await tab.addInitScript(() => {
    Object.defineProperty(window, "indexedDB", {
      get: () => {
        throw new DOMException("no", "SecurityError");
      },
    });
    Object.defineProperty(window, "localStorage", {
      get: () => {
        throw new DOMException("no", "SecurityError");
      },
    });
  });
  await ready();
  await fillIn();
  await tab.click("button");
  await state("received");
  assert.equal(edge.stored.size, 1);
});

test("with storage blocked and the edge failing the form goes the way without scripts", async () => {
  await tab.addInitScript(() => {
    Object.defineProperty(window, "indexedDB", {
      get: () => {
        throw new DOMException("no", "SecurityError");
      },
    });
    Object.defineProperty(window, "localStorage", {
      get: () => {
        throw new DOMException("no", "SecurityError");
      },
    });
  });
  await ready();
  edge.mode = 503;
  await fillIn();
  await tab.click("button");
  await tab.waitForFunction(() => document.title === "native");
  assert.equal(edge.native.length, 1);
});

test("nothing of the core is fetched before somebody comes near the form", async () => {
  const { body } = page(edge.address);
  const far = await serve({
    "/": { body: body.replace("<h1>", `<div class="far"></div><style>.far{height:9000px}</style><h1>`), headers: {} },
  });
  await tab.goto(far.address);
  await tab.waitForTimeout(500);
  assert.deepEqual(
    far.log.filter((path) => path.startsWith("/kit/")),
    ["/kit/leadkit.js"],
  );
  assert.equal(
    await tab.evaluate(() =>
      Object.keys(window)
        .filter((name) => /leadkit/i.test(name))
        .join(),
    ),
    "leadkit",
  );
  await tab.locator("#full_name").scrollIntoViewIfNeeded();
  await tab.waitForFunction(() => document.forms[0].noValidate);
  await far.close();
});

test("an element gets its form from the edge, in the light DOM", async () => {
  await ready("/element");
  assert.equal(await tab.locator("lead-form > form").count(), 1);
  await fillIn();
  await tab.click("button");
  await state("received");
  const [lead] = [...edge.stored.values()].map(JSON.parse);
  assert.equal(lead.data.leadkit_id, undefined);
});

test("a form that comes later is bound too", async () => {
  await tab.goto(`${site.address}/element`);
  await tab.waitForSelector("form");
  await tab.evaluate(() => {
    const copy = document.forms[0].cloneNode(true);
    document.body.append(copy);
    document.forms[0].closest("lead-form").remove();
  });
  await tab.focus("#full_name");
  await tab.waitForFunction(() => document.forms[0].noValidate);
});

test("the back button brings an empty form that takes a new lead", async () => {
  await ready();
  await fillIn();
  await tab.click("button");
  await state("received");
  await tab.goto(`${site.address}/other`);
  await tab.goBack();
  assert.equal(await tab.inputValue("#full_name"), "");
  assert.equal(edge.stored.size, 1);
});

test("no problem is told in another language than the page's, however late its sentences come", async () => {
  let come;
  const late = new Promise((resolve) => {
    come = resolve;
  });
  await context.route("**/messages/de.json", async (route) => {
    await late;
    await route.continue();
  });
  const asked = tab.waitForRequest("**/messages/de.json");
  await tab.goto(`${site.address}/de`);
  await tab.focus("#full_name");
  await asked;
  await tab.click("button");
  assert.equal(await tab.locator("[aria-invalid]").count(), 0, "the browser's own check speaks until then");
  come();
  await tab.waitForFunction(() => document.forms[0].noValidate);
  await tab.click("button");
  await state("invalid");
  assert.match(await tab.textContent(`#${await tab.getAttribute("#email", "aria-describedby")}`), /Bitte/);
  assert.equal(edge.requests.length, 0);
});

test("French pages speak French", async () => {
  await ready("/fr");
  await tab.waitForLoadState("networkidle");
  await tab.click("button");
  assert.equal(await tab.textContent("[role=alert]"), "Veuillez corriger 3 champs.");
});
