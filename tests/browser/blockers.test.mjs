// Nothing of ours is on the lists that people's blockers use: no address, no file, no name of an element, attribute or class.
// Requests that browsers call a ping are blocked whatever their address, so the kit sends none.
// EasyList, EasyPrivacy and uBlock Origin's lists, read by a filter engine that browsers ship.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { FiltersEngine, Request } from "@ghostery/adblocker";
import { start } from "../edge/runtime.mjs";
import { collect } from "./support/collector.mjs";
import { bound, CONFIG, rendered, STYLE, sheet, state } from "./support/form.mjs";
import { launch, serve } from "./support/site.mjs";

const ROOT = new URL("../../", import.meta.url);
const UNPACK = new URL("pkg-scripts/unpack", ROOT).pathname;
const ASSETS = "usr/share/chromium/extensions/ublock-origin/assets";
const PARTS = ["ublock", "thirdparties/easylist"];
const SHOP = "https://www.shop.example/contact";

let engine;
before(() => {
  const unpacked = execFileSync(UNPACK, ["webext-ublock-origin-chromium"], { encoding: "utf8" }).trim();
  const lists = PARTS.map((part) => join(unpacked, ASSETS, part)).flatMap((folder) =>
    readdirSync(folder).map((file) => readFileSync(join(folder, file), "utf8")),
  );
  engine = FiltersEngine.parse(lists.join("\n"), { loadCosmeticFilters: true });
});

const blocks = (url, type, sourceUrl = SHOP) => {
  const { match, filter } = engine.match(Request.fromRawDetails({ url, type, sourceUrl }));
  return match ? `${type} ${url}: ${filter}` : undefined;
};

test("the lists are there and block what they are for", () => {
  assert.ok(blocks("https://www.google-analytics.com/analytics.js", "script"));
  assert.ok(blocks("https://securepubads.g.doubleclick.net/tag/js/gpt.js", "script"));
  assert.ok(engine.getFilters().networkFilters.length > 30_000);
});

/** Every file of a folder of the package, with its folders. */
const files = (folder) =>
  readdirSync(new URL(`pkg/${folder}`, ROOT), { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? files(`${folder}${entry.name}/`) : [`/${folder}${entry.name}`],
  );

test("no default address and no file of ours is blocked, from the site itself, a subdomain, and somebody else's host", () => {
  const api = ["/v1/leads", "/v1/site/shop", "/v1/form/shop/contact?part=form&lang=en", "/v1/challenge/shop/contact"];
  const found = [];
  let asked = 0;
  for (const host of ["www.shop.example", "leads.shop.example", "leads.example", "shop-leads.someone.workers.dev"]) {
    for (const path of [...files("kit/"), ...api]) {
      const types = path.endsWith(".css") ? ["stylesheet"] : ["script", "xhr", "fetch", "other"];
      for (const type of types) found.push(blocks(`https://${host}${path}`, type));
      asked += types.length;
    }
    for (const path of ["/v1/form/shop/contact", "/v1/form/shop/contact/thanks?lang=en", "/inbox"])
      for (const type of ["main_frame", "sub_frame"]) found.push(blocks(`https://${host}${path}`, type));
  }
  assert.ok(asked > 500, `${asked} requests`);
  assert.deepEqual(found.filter(Boolean), []);
});

test("no element of a form is hidden, in any of its states", async () => {
  const edge = await start("node", { config: CONFIG });
  const pages = { "/site.css": STYLE };
  const collector = await collect(await (await fetch(`${edge.url}/v1/site/shop`)).json());
  const site = await serve(pages);
  const browser = await launch();
  after(() => Promise.all([browser.close(), edge.stop(), collector.close(), site.close()]));
  for (const form of ["whole", "steps"])
    pages[`/${form}`] = {
      body: sheet("", `<lead-form>${await rendered(edge.url, form, "en")}</lead-form>`, { edge: collector.address }),
    };
  const tab = await browser.newPage();
  await tab.goto(`${site.address}/whole`);
  await bound(tab);
  await tab.fill("[name=email]", "ada@gmial.com");
  await tab.click("[type=submit]");
  await state(tab, "invalid");
  await tab.waitForSelector(".leadkit-suggestion");
  const whole = await tab.evaluate(() => document.body.outerHTML);
  await tab.goto(`${site.address}/steps`);
  await bound(tab);
  await tab.check(".leadkit-draft input");
  await tab.fill("[name=full_name]", "Ada");
  await tab.reload();
  await tab.waitForSelector(".leadkit-drop");
  await tab.evaluate((html) => {
    const other = new DOMParser().parseFromString(html, "text/html");
    document.body.append(...other.querySelectorAll("main"));
    // A control: the engine has to hide this one.
    document.body.insertAdjacentHTML("beforeend", '<p id="control" class="banner-ad">an advertisement</p>');
  }, whole);
  const seen = await tab.evaluate(() => {
    const all = [...document.body.querySelectorAll("*")];
    return {
      classes: [...new Set(all.flatMap(({ classList }) => [...classList]))],
      ids: all.map(({ id }) => id).filter(Boolean),
      hrefs: all.map(({ href }) => href).filter(Boolean),
    };
  });
  assert.ok(seen.classes.filter((name) => name.startsWith("leadkit-")).length > 8, seen.classes.join());
  const { styles } = engine.getCosmeticsFilters({
    url: SHOP,
    hostname: "www.shop.example",
    domain: "shop.example",
    ...seen,
  });
  const hidden = await tab.evaluate((styles) => {
    const selectors = styles
      .split(/\{[^}]*\}/)
      .flatMap((rule) => rule.split(/,\n/))
      .map((text) => text.trim());
    const fits = (one, selector) => {
      try {
        return one.matches(selector);
      } catch {
        return false;
      }
    };
    const all = [...document.body.querySelectorAll("*")];
    return {
      rules: selectors.length,
      found: selectors
        .filter(Boolean)
        .flatMap((selector) =>
          all.filter((one) => fits(one, selector)).map((one) => `${selector}: ${one.outerHTML.slice(0, 80)}`),
        ),
    };
  }, styles);
  assert.ok(hidden.rules > 100, `${hidden.rules} rules`);
  assert.deepEqual(
    hidden.found.filter((text) => !text.includes("banner-ad")),
    [],
  );
  assert.notEqual(hidden.found.length, 0, "the control was not hidden");
});
