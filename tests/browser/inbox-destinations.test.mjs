// The page of destinations in the Inbox, in Chromium before an edge that only plays: by keyboard, in German, on a phone.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import * as esbuild from "esbuild";
import { chromium } from "playwright-core";
import { worstContrast } from "./support/contrast.mjs";

const INBOX = new URL("../../www/inbox/", import.meta.url);
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
const CHROMIUM = process.env.LEADKIT_CHROMIUM ?? "/usr/bin/chromium";
const SHOTS = process.env.LEADKIT_SHOTS;
const AA = 4.5;
const lead = (n) => ({
  id: `lead-${n}`,
  site: "shop",
  form: "contact@1",
  received_at: 1_795_325_560_000 - n,
  name: `V ${n}`,
});

const fresh = () => ({
  crm: {
    name: "crm",
    type: "hubspot",
    held: null,
    failures: 0,
    open_until: 0,
    due: null,
    states: { done: 41, dead: 7 },
    reasons: { refused: 7 },
  },
  team: {
    name: "team",
    type: "slack",
    held: "gone",
    failures: 0,
    open_until: 0,
    due: null,
    states: { dead: 1 },
    reasons: { gone: 1 },
  },
  news: {
    name: "news",
    type: "brevo",
    held: null,
    failures: 0,
    open_until: 0,
    due: null,
    states: { parked: 3 },
    reasons: {},
  },
  hook: {
    name: "hook",
    type: "webhook",
    held: null,
    failures: 12,
    open_until: Date.now() + 600_000,
    due: Date.now() + 600_000,
    states: { due: 5 },
    reasons: {},
  },
});
const edge = { destinations: fresh(), asked: [], left: 0 };
let server;
let browser;
let address;
let script;

function answer(request, body) {
  const { pathname } = new URL(request.url, "http://edge.invalid");
  if (pathname === "/v1/admin/session") return [200, { sites: [{ id: "shop", name: "Shop" }] }];
  if (pathname === "/v1/site/shop") return [200, { site: { id: "shop", name: "Shop" }, forms: {} }];
  if (pathname === "/v1/admin/leads") return [200, { leads: [0, 1, 2].map(lead), next: null }];
  if (pathname === "/v1/admin/destinations") return [200, { destinations: Object.values(edge.destinations) }];
  const [, name, act] = /^\/v1\/admin\/destinations\/shop\/([a-z]+)\/(pause|resume|replay)$/.exec(pathname) ?? [];
  const known = edge.destinations[name];
  if (known === undefined) return [404, { error: { code: "path_unknown" } }];
  edge.asked.push([act, name, body === "" ? undefined : JSON.parse(body)]);
  if (act !== "replay") {
    known.held = act === "pause" ? "paused" : null;
    return [200, { ok: true }];
  }
  const replayed = Math.min(edge.left, 5);
  edge.left -= replayed;
  return [202, { replayed, more: edge.left > 0 }];
}

async function serve(request, response) {
  const file = /^\/inbox(?:\/([a-z.]*))?$/.exec(request.url);
  response.setHeader("content-security-policy", POLICY);
  if (file) {
    const name = file[1] || "index.html";
    const types = { html: "text/html; charset=utf-8", css: "text/css", svg: "image/svg+xml", js: "text/javascript" };
    response.setHeader("content-type", types[name.split(".").pop()]);
    return response.end(name === "inbox.js" ? script : readFileSync(new URL(name, INBOX)));
  }
  let body = "";
  for await (const chunk of request) body += chunk;
  const [status, json] = answer(request, body);
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(json));
}

before(async () => {
  const entryPoints = [new URL("main.ts", INBOX).pathname];
  const built = await esbuild.build({ entryPoints, bundle: true, format: "esm", minify: true, write: false });
  script = built.outputFiles[0].text;
  server = createServer((request, response) => void serve(request, response));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${server.address().port}/inbox`;
  const args = ["--disable-background-networking", "--disable-component-update", "--disable-sync"];
  if (process.getuid?.() === 0) args.push("--no-sandbox");
  browser = await chromium.launch({ executablePath: CHROMIUM, args });
});

after(async () => {
  await browser?.close();
  server?.closeAllConnections();
  server?.close();
});

async function open(options = {}) {
  Object.assign(edge, { destinations: fresh(), asked: [], left: 0 });
  const page = await browser.newPage({ locale: "en-GB", viewport: { width: 1200, height: 900 }, ...options });
  page.setDefaultTimeout(15_000);
  const faults = [];
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
  await page.goto(`${address}#/`);
  await page.locator("a.row").first().waitFor();
  await page.locator('a[href="#destinations"]').click();
  await page.locator(".destination").first().waitFor();
  return { page, faults };
}

const card = (page, name) => page.locator(".destination", { has: page.locator(`#destination-${name}`) });
const button = (page, name, text) => card(page, name).getByRole("button", { name: text });
/** Waits until the page was drawn anew with these words. */
const said = (page, text) => page.locator("main [role=status]", { hasText: text }).first().waitFor();

test("each destination tells what stands in its way, in words beside the colour", async () => {
  const { page, faults } = await open();
  for (const [name, words] of [
    ["crm", /Running/],
    ["team", /Address is gone/],
    ["news", /Key refused: 3 on hold/],
    ["hook", /Left alone, next probe .*12 failures in a row/],
  ]) {
    assert.match(await card(page, name).locator(".standing").textContent(), new RegExp(words.source, "s"), name);
  }
  assert.match(await card(page, "crm").locator(".counts").textContent(), /Delivered\s*41\s*Given up\s*7/);
  if (SHOTS !== undefined) await page.screenshot({ path: `${SHOTS}/destinations.png`, fullPage: true });
  assert.deepEqual(faults, []);
  await page.close();
});

test("a destination is paused and resumed by keyboard alone, and Escape takes it back", async () => {
  const { page, faults } = await open();
  await button(page, "crm", "Pause").focus();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  assert.deepEqual(edge.asked, []);
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Pause");
  assert.match(page.url(), /#destinations$/);
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Pause" }).focus();
  await page.keyboard.press("Enter");
  await said(page, "Done.");
  assert.deepEqual(edge.asked, [["pause", "crm", undefined]]);
  assert.match(await card(page, "crm").locator(".standing").textContent(), /Paused/);
  assert.equal(await page.evaluate(() => document.activeElement?.id), "destination-crm");
  await button(page, "crm", "Resume").click();
  await page.getByRole("dialog").getByRole("button", { name: "Resume" }).click();
  await page.locator("#destination-crm").waitFor();
  await card(page, "crm").locator(".standing", { hasText: "Running" }).waitFor();
  assert.deepEqual(edge.asked.at(-1), ["resume", "crm", undefined]);
  assert.deepEqual(faults, []);
  await page.close();
});

test("all that was given up is sent again after a question, asked for until nothing is left", async () => {
  const { page } = await open();
  edge.left = 7;
  await button(page, "crm", "Send all given up again (7)").click();
  await page.getByRole("dialog").getByRole("button", { name: "Send again" }).click();
  await said(page, "7 will be sent again.");
  assert.deepEqual(edge.asked, [
    ["replay", "crm", { states: ["dead"] }],
    ["replay", "crm", { states: ["dead"] }],
  ]);
  await page.close();
});

test("a query names state, reason, days and the leads of the list", async () => {
  const { page } = await open();
  edge.left = 2;
  const crm = card(page, "crm");
  await crm.locator("summary").click();
  await crm.getByLabel("Which").selectOption("dead");
  await crm.getByLabel("Reason").selectOption("refused");
  await crm.getByLabel("Received from").fill("2026-11-20");
  await crm.getByLabel("Received until").fill("2026-11-21");
  await crm.getByLabel("Only the 3 leads").check();
  await crm.getByRole("button", { name: "Send again", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Send again" }).click();
  await said(page, "2 will be sent again.");
  const [[act, name, query]] = edge.asked;
  assert.deepEqual([act, name], ["replay", "crm"]);
  const { since, until, ...rest } = query;
  assert.deepEqual(rest, { states: ["dead"], reason: "refused", leads: ["lead-0", "lead-1", "lead-2"] });
  assert.equal(until - since, 2 * 86_400_000 - 1);
  await page.close();
});

test("an edge that refuses is told", async () => {
  const { page } = await open();
  delete edge.destinations.crm;
  await button(page, "crm", "Pause").click();
  await page.getByRole("dialog").getByRole("button", { name: "Pause" }).click();
  await card(page, "crm").locator("[role=status]", { hasText: "That did not work (path_unknown)." }).waitFor();
  await page.close();
});

test("German browsers read German, a phone shows all of it, and every text has the contrast of WCAG AA", async () => {
  for (const colorScheme of ["light", "dark"]) {
    const phone = { locale: "de-DE", viewport: { width: 360, height: 740 }, colorScheme };
    const { page, faults } = await open(phone);
    await page.getByRole("heading", { name: "Ziele" }).waitFor();
    assert.match(await card(page, "news").textContent(), /Schlüssel abgelehnt: 3 angehalten/);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(wide <= 0, `${wide} pixels too wide`);
    assert.ok((await page.evaluate(worstContrast)).ratio >= AA);
    if (SHOTS !== undefined)
      await page.screenshot({ path: `${SHOTS}/destinations-${colorScheme}.png`, fullPage: true });
    await button(page, "crm", "Anhalten").click();
    await page.getByRole("dialog").waitFor();
    if (SHOTS !== undefined) await page.screenshot({ path: `${SHOTS}/confirm-${colorScheme}.png` });
    assert.deepEqual(faults, []);
    await page.close();
  }
});
