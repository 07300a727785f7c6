// Any page and any bad day, in Chromium: strict policies, integrity, small and foreign screens, full disks, wrong clocks, lost answers.
// The visitor reads the truth, the lead is neither lost nor doubled, and nothing else stays on the device.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { admin } from "../edge/client.mjs";
import { start } from "../edge/runtime.mjs";
import { collect } from "./support/collector.mjs";
import { bound, CONFIG, GOOD, rendered, STYLE, sheet, state } from "./support/form.mjs";
import { launch, serve } from "./support/site.mjs";

const INTEGRITY = JSON.parse(readFileSync(new URL("../../pkg/kit/integrity.json", import.meta.url)));
const ELEMENT = '<lead-form form="whole"><a href="/">The form</a></lead-form>';
const YEAR = 365 * 86_400_000;
const WORK = { ...CONFIG, spam: { work: { forms: ["whole"], effort: 1_000 } } };

let browser, edge, working, collector, site, context, tab, errors, form;
const pages = { "/site.css": STYLE };
const page = (path, body, { policy, ...options } = {}) => {
  const headers = policy ? { "content-security-policy": policy.join("; ") } : {};
  pages[path] = { headers, body: sheet(options.kit ?? "", body, { edge: collector.address, ...options }) };
};

before(async () => {
  browser = await launch();
  site = await serve(pages);
  const origins = [site.address];
  const started = (config) =>
    start("node", { config: { ...config, site: { ...config.site, origins } }, env: { LEADKIT_SECRET: "secret" } });
  [edge, working] = await Promise.all([CONFIG, WORK].map(started));
  form = (await rendered(edge.url, "whole", "en")).replace('action="/', `action="${edge.url}/`);
  collector = await collect(await (await fetch(`${edge.url}/v1/site/shop`)).json(), form);
});
after(async () => {
  await browser?.close();
  await Promise.all([edge?.stop(), working?.stop(), collector?.close(), site?.close()]);
});

beforeEach(async () => {
  Object.assign(collector, { mode: "ok", headers: {}, body: "", requests: [], copies: 0 });
  collector.stored.clear();
  page("/", form);
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
async function open(path = "/", target = tab) {
  await target.goto(site.address + path);
  await target.focus(field("full_name"));
  await bound(target);
}
async function fillIn(values = GOOD, target = tab) {
  await target.fill(field("full_name"), values.full_name);
  await target.fill(field("email"), values.email);
  await target.selectOption(field("topic"), values.topic);
  await target.check(field("privacy"));
}
const send = (target = tab) => target.click("form[data-leadkit] button[type=submit]");
const status = (target = tab) => target.textContent("[role=status]");
/** All leads are there, each once. */
function once(count = 1) {
  assert.equal(collector.stored.size, count);
}

/** How many leads of this address the edge has. */
async function stored(email) {
  const { body } = await admin(edge.url, "leads?site=shop&limit=200");
  return body.leads.filter((lead) => lead.email === email).length;
}

/** What a page under a policy complained of, in the browser's own words. */
const violations = () => tab.evaluate(() => window.violations);
const STRICT = ["default-src 'self'", "require-trusted-types-for 'script'"];
const NONE = "trusted-types 'none'";

for (const [what, policy, body, level] of [
  ["Wasm", ["script-src 'self' 'wasm-unsafe-eval'", NONE], "form", "embed.wasm"],
  ["Wasm, with the element", ["script-src 'self' 'wasm-unsafe-eval'", NONE], "element", "embed.wasm"],
  ["plain JavaScript", [NONE], "form", "embed-plain.js"],
  ["plain JavaScript, with the element", [NONE], "element", "embed-plain.js"],
  [
    "Wasm and proof of work",
    ["script-src 'self' 'wasm-unsafe-eval'", "trusted-types leadkit"],
    "work",
    "pow-simd.wasm",
  ],
]) {
  test(`under a strict policy with trusted types nothing is refused: ${what}`, async () => {
    const to = body === "work" ? working.url : collector.address;
    page("/strict", body === "element" ? ELEMENT : form, {
      policy: [...STRICT, `connect-src 'self' ${to}`, `form-action 'self' ${to}`, ...policy],
      edge: to,
    });
    await tab.addInitScript(() => {
      window.violations = [];
      document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sample }) =>
        window.violations.push([violatedDirective, blockedURI, sample].join(" ")),
      );
    });
    site.log.length = 0;
    await open("/strict");
    await send();
    await state(tab, "invalid");
    await fillIn({ ...GOOD, email: "ada@gmial.com" });
    await tab.click(".leadkit-suggestion");
    await tab.fill(field("phone"), "030 123456");
    await send();
    await state(tab, "received");
    assert.ok(site.log.includes(`/kit/${level}`), level);
    // Whether Wasm may run is only known by asking, and the browser reports the question.
    const told = (await violations()).filter((text) => !(level === "embed-plain.js" && text.includes("wasm-eval")));
    assert.deepEqual(told, []);
    if (body === "work") assert.ok(site.log.includes("/kit/work-worker.js"));
  });
}

test("nothing that is added to a page has a style or a script of its own", async () => {
  await open();
  await send();
  await state(tab, "invalid");
  const inline = await tab.evaluate(() =>
    [...document.querySelectorAll("[style], style, script:not([src])")]
      .concat(
        [...document.querySelectorAll("*")].filter((one) => one.getAttributeNames().some((name) => /^on/.test(name))),
      )
      .map((one) => one.outerHTML),
  );
  assert.deepEqual(inline, []);
});

for (const from of ["the site", "the edge"]) {
  test(`the script tag and the stylesheet carry their integrity, from ${from}`, async () => {
    page("/whole", form, { kit: from === "the site" ? "" : edge.url });
    const whole = pages["/whole"].body.replace(
      /(leadkit\.(?:js|css))"/g,
      (_, name) => `${name}" crossorigin="anonymous" integrity="${INTEGRITY[name]}"`,
    );
    pages["/whole"].body = whole;
    await open("/whole");
    const accent = () =>
      tab.evaluate(() => getComputedStyle(document.querySelector("form")).getPropertyValue("--leadkit-accent"));
    assert.notEqual(await accent(), "");
    await fillIn();
    await send();
    await state(tab, "received");
    once();
    // One letter is changed on the way: the browser refuses both, and the form is as plain as without them.
    pages["/whole"].body = whole.replace(/sha384-[^"]{4}/g, "sha384-AAAA");
    await tab.goto(`${site.address}/whole`);
    assert.equal(await accent(), "");
    assert.equal(await tab.evaluate(() => "leadkit" in window), false);
    assert.equal(await tab.evaluate(() => document.forms[0].method), "post");
  });
}

/** Everything that a site may keep on a device. */
const kept = () =>
  tab.evaluate(async () => {
    const rows = {};
    for (const { name } of await indexedDB.databases()) {
      const database = await new Promise((resolve) => {
        indexedDB.open(name).onsuccess = ({ target }) => resolve(target.result);
      });
      for (const store of database.objectStoreNames) {
        const all = database.transaction(store).objectStore(store).getAll();
        const found = await new Promise((resolve) => {
          all.onsuccess = () => resolve(all.result);
        });
        if (found.length > 0) rows[store] = found;
      }
      database.close();
    }
    return {
      cookie: document.cookie,
      local: { ...localStorage },
      session: { ...sessionStorage },
      caches: await caches.keys(),
      rows,
    };
  });
const NOTHING = { cookie: "", local: {}, session: {}, caches: [] };

test("no cookie, and nothing on the device beside the unsent lead, which is gone when it was received", async () => {
  page("/real", form, { edge: edge.url });
  await open("/real");
  await fillIn();
  await tab.waitForLoadState("networkidle");
  const { rows: before, ...rest } = await kept();
  assert.deepEqual(rest, NOTHING);
  assert.deepEqual(Object.keys(before), []);
  await tab.route("**/v1/leads", (route) => route.abort());
  await send();
  await state(tab, "saved");
  const { rows: during, local, ...other } = await kept();
  assert.equal(during.lead.length, 1);
  assert.deepEqual(
    Object.keys(during).filter((store) => !/^(lead|meta)$/.test(store)),
    [],
  );
  const personal = /Ada|example\.com/;
  assert.doesNotMatch(JSON.stringify([local, during.meta, other]), personal, "the lead is in one place");
  await tab.unroute("**/v1/leads");
  await state(tab, "received");
  const last = await kept();
  assert.equal(last.rows.lead, undefined);
  assert.doesNotMatch(JSON.stringify(last), personal);
  assert.deepEqual(last.local, {});
  assert.deepEqual(await context.cookies(), []);
});

test("at 400 % nothing scrolls sideways, with a mistake in each field, with wide letters, and from right to left", async () => {
  await tab.setViewportSize({ width: 320, height: 640 });
  page("/rtl", form, { dir: "rtl", lang: "he" });
  const spaced = "*{line-height:1.5!important;letter-spacing:.12em!important;word-spacing:.16em!important}";
  pages["/spaced.css"] = { ...STYLE, body: `${spaced}p{margin-bottom:2em!important}` };
  page("/spaced", form, { more: '<link rel="stylesheet" href="/spaced.css">' });
  const pageOfEdge = `${edge.url}/v1/form/shop/whole`;
  for (const path of ["/", "/rtl", "/spaced", pageOfEdge]) {
    if (path === pageOfEdge) {
      await tab.goto(path);
      await tab.fill(field("email"), "ada@");
      await tab.keyboard.press("Enter");
      await tab.waitForSelector("[role=alert]");
    } else {
      await open(path);
      await tab.fill(field("email"), "ada.with.a.very.long.address@gmial.com");
      await send();
      await state(tab, "invalid");
      await tab.waitForSelector(".leadkit-suggestion");
    }
    const wide = await tab.evaluate(() => {
      const cut = [...document.querySelectorAll("form *")].filter(
        (one) => one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0,
      );
      return {
        page: document.documentElement.scrollWidth,
        cut: cut
          .filter((one) => !/^(INPUT|SELECT|TEXTAREA|SPAN|SMALL|LABEL)$/.test(one.tagName))
          .map((one) => one.outerHTML.slice(0, 80)),
      };
    });
    assert.deepEqual(wide, { page: 320, cut: [] }, path);
  }
});

test("any rule of the site wins over the optional stylesheet, in light, dark and forced colours", async () => {
  pages["/own.css"] = { ...STYLE, body: "input{border:7px solid rgb(255,0,0)}button{border-radius:0}" };
  page("/own", form, { more: '<link rel="stylesheet" href="/own.css">' });
  const style = (selector, name) =>
    tab.evaluate(([selector, name]) => getComputedStyle(document.querySelector(selector))[name], [selector, name]);
  await open("/own");
  assert.equal(await style("input[type=email]", "borderTopWidth"), "7px");
  assert.equal(await style("input[type=email]", "borderTopColor"), "rgb(255, 0, 0)");
  assert.equal(await style("button[type=submit]", "borderTopLeftRadius"), "0px");
  const light = await style("button[type=submit]", "backgroundColor");
  await tab.emulateMedia({ colorScheme: "dark" });
  assert.notEqual(await style("button[type=submit]", "backgroundColor"), light, "a page with both schemes has both");
  page("/light", form, { scheme: "light" });
  await open("/light");
  assert.equal(await style("button[type=submit]", "backgroundColor"), light, "a light page stays light in the dark");
  await tab.emulateMedia({ forcedColors: "active" });
  for (const selector of ["input[type=email]", "select", "textarea", "button[type=submit]"])
    assert.notEqual(await style(selector, "borderTopStyle"), "none", `${selector} has an edge`);
});

// ---- bad days ----

for (const [what, mode, headers] of [
  ["the endpoint is down", "down"],
  ["the endpoint answers 500", 500],
  ["a captive portal answers 200 with a page", "captive"],
  ["the lead is stored and the answer is lost", "ackdrop"],
]) {
  test(`${what}: the visitor reads that it is saved, then that it is received, and it is there once`, async () => {
    Object.assign(collector, { mode, headers: headers ?? {} });
    await open();
    await fillIn();
    await send();
    await state(tab, "saved");
    assert.match(await status(), /^Saved on this device/);
    assert.doesNotMatch(await status(), /received|thank/i);
    collector.mode = "ok";
    await state(tab, "received");
    assert.equal(await status(), "Thank you, we have it.");
    once();
  });
}

test("429 with Retry-After: the visitor reads that it is saved, and nothing is asked again before its time", async () => {
  Object.assign(collector, { mode: 429, headers: { "retry-after": "3" } });
  await open();
  await fillIn();
  await send();
  await state(tab, "saved");
  const asked = collector.requests[0].at;
  collector.mode = "ok";
  await state(tab, "received");
  once();
  assert.ok(collector.requests[1].at - asked >= 2_900, `after ${collector.requests[1].at - asked} ms`);
});

test("a full disk: the lead goes out from memory, and where it cannot, the browser posts the form", async () => {
  await tab.addInitScript(() => {
    for (const name of ["put", "add"]) {
      const real = IDBObjectStore.prototype[name];
      IDBObjectStore.prototype[name] = function (...args) {
        const request = real.apply(this, args);
        this.transaction.abort();
        return request;
      };
    }
    Storage.prototype.setItem = () => {
      throw new DOMException("the disk is full", "QuotaExceededError");
    };
  });
  await open();
  await fillIn();
  await send();
  await state(tab, "received");
  once();
  collector.mode = 503;
  await fillIn({ ...GOOD, email: "eva@example.com" });
  await send();
  await tab.waitForURL("**/thanks?*");
  assert.equal(await stored("eva@example.com"), 1);
});

for (const [what, offset] of [
  ["a year ahead", YEAR],
  ["a year behind", -YEAR],
]) {
  test(`a clock that is ${what}: the edge takes the lead, by its own time, once`, async () => {
    page("/real", form, { edge: edge.url });
    await tab.addInitScript((offset) => {
      const Real = Date;
      window.Date = class extends Real {
        constructor(...args) {
          if (args.length > 0) super(...args);
          else super(Real.now() + offset);
        }
        static now() {
          return Real.now() + offset;
        }
      };
    }, offset);
    const email = `clock${offset > 0 ? "a" : "b"}@example.com`;
    await open("/real");
    await fillIn({ ...GOOD, email });
    let lost = false;
    await tab.route("**/v1/leads", async (route) => {
      if (lost) return route.continue();
      // Stored, but the answer is lost: the second attempt has to be the same lead.
      lost = true;
      await route.fetch();
      return route.abort();
    });
    await send();
    await state(tab, "received");
    const { body } = await admin(edge.url, "leads?site=shop");
    const mine = body.leads.filter((lead) => lead.email === email);
    assert.equal(mine.length, 1);
    assert.ok(Math.abs(mine[0].received_at - Date.now()) < 120_000, "the edge's clock counts");
  });
}

test("two tabs while the endpoint is down: each says it is saved, and both leads arrive once", async () => {
  collector.mode = "down";
  const other = await context.newPage();
  await open();
  await fillIn();
  await send();
  await state(tab, "saved");
  await open("/", other);
  await fillIn({ ...GOOD, email: "eva@example.com" }, other);
  await send(other);
  await state(other, "saved");
  collector.mode = "ok";
  assert.equal(await collector.until(2), 2);
  await Promise.all([state(tab, "received"), state(other, "received")]);
  const emails = [...collector.stored.values()].map((text) => JSON.parse(text).data.email).sort();
  assert.deepEqual(emails, ["ada@example.com", "eva@example.com"]);
});

test("a double click, an impatient third and fourth: one lead", async () => {
  Object.assign(collector, { mode: "slow", delayMs: 500 });
  await open();
  await fillIn();
  await tab.dblclick("form button[type=submit]");
  await tab.click("form button[type=submit]");
  await tab.keyboard.press("Enter");
  await state(tab, "received");
  once();
  assert.equal(collector.copies, 1);
});

test("the back button after a lead that is saved: the form is empty or refilled, and sending again doubles nothing", async () => {
  collector.mode = "down";
  await open();
  await fillIn();
  await send();
  await state(tab, "saved");
  await tab.goto(`${site.address}/site.css`);
  collector.mode = "ok";
  await tab.goBack();
  assert.equal(await collector.until(1), 1);
  await tab.waitForFunction(async () => {
    const database = await new Promise((resolve) => {
      indexedDB.open("leadkit.shop").onsuccess = ({ target }) => resolve(target.result);
    });
    const count = database.transaction("lead").objectStore("lead").count();
    const left = await new Promise((resolve) => {
      count.onsuccess = () => resolve(count.result);
    });
    database.close();
    return left === 0;
  });
  once();
});

test("the back button without scripts: the page of the edge sent twice is one lead", async () => {
  const plain = await browser.newContext({ javaScriptEnabled: false });
  const page = await plain.newPage();
  const email = "back@example.com";
  await page.goto(`${edge.url}/v1/form/shop/whole`);
  await page.fill(field("full_name"), "Ada");
  await page.fill(field("email"), email);
  await page.selectOption(field("topic"), "advice");
  await page.check(field("privacy"));
  await page.click("button");
  await page.waitForURL("**/thanks?*");
  await page.goBack();
  assert.equal(await page.inputValue(field("full_name")), "Ada", "what was typed is there again");
  await page.click("button");
  await page.waitForURL("**/thanks?*");
  assert.equal(await stored(email), 1);
  await page.goBack();
  await page.fill(field("message"), "One more thing");
  await page.click("button");
  await page.waitForURL("**/thanks?*");
  assert.equal(await stored(email), 2, "what was changed is another lead");
  await plain.close();
});
