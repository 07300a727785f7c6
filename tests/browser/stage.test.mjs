// The stage of a lead in the Inbox, in Chromium before an edge that only plays: by keys alone, in German and English.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import * as esbuild from "esbuild";
import { chromium } from "playwright-core";

const INBOX = new URL("../../www/inbox/", import.meta.url);
const CHROMIUM = process.env.LEADKIT_CHROMIUM ?? "/usr/bin/chromium";
const HOSTILE = `<img src=x onerror="document.title='owned'">`;
const AT = 1_795_325_560_000;

const lead = {
  id: "017f22e2-79b0-7cc3-98c4-000000000001",
  site: "shop",
  form: "contact@1f2e3d4c",
  received_at: AT,
  values: { full_name: "Ada" },
  verdict: { disposition: "accept" },
  consent: [
    { purpose: "contact", given: true },
    { purpose: "newsletter", given: false },
  ],
  context: {},
  deliveries: [],
  stage_names: ["new", "contacted", "demo", "won", "lost"],
  stages: [],
  withdrawn: [],
};

let server;
let browser;
let address;
let script;
let down = false;
let forbidden = false;

function answer({ method, url }, body) {
  const path = url.split("?")[0];
  if (path === "/v1/admin/session") return { sites: [{ id: "shop", name: "Shop" }] };
  if (path.endsWith("/others")) return { leads: [] };
  if (path === "/v1/site/shop") return { site: { id: "shop" }, forms: {} };
  if (path === "/v1/admin/leads") return { leads: [{ ...lead, name: "Ada" }], next: null };
  if (method === "POST" && path.endsWith("/stage")) {
    lead.stage = JSON.parse(body).stage;
    lead.stages.push({ name: lead.stage, stage: "won", at: AT, by: HOSTILE, worth: { value: 7, currency: "EUR" } });
    lead.deliveries = [{ destination: `crm.stage.${lead.stage}`, state: "due", due: AT }];
  }
  if (method === "POST" && path.endsWith("/withdraw"))
    lead.withdrawn.push({ purpose: JSON.parse(body).purpose, at: AT, by: "admin" });
  return lead;
}

async function serve(request, response) {
  const file = /^\/inbox(?:\/([a-z.]*))?$/.exec(request.url);
  if (file) {
    const name = file[1] || "index.html";
    const types = { html: "text/html; charset=utf-8", css: "text/css", svg: "image/svg+xml", js: "text/javascript" };
    response.setHeader("content-type", types[name.split(".").pop()]);
    return response.end(name === "inbox.js" ? script : readFileSync(new URL(name, INBOX)));
  }
  let body = "";
  for await (const chunk of request) body += chunk;
  if (down && request.method === "POST") return response.destroy();
  const refused = forbidden && request.method === "POST";
  response.writeHead(refused ? 403 : 200, { "content-type": "application/json" });
  response.end(JSON.stringify(refused ? { error: { code: "forbidden" } } : answer(request, body)));
}

before(async () => {
  const entry = new URL("main.ts", INBOX).pathname;
  const built = await esbuild.build({ entryPoints: [entry], bundle: true, format: "esm", write: false });
  script = built.outputFiles[0].text;
  server = createServer((request, response) => void serve(request, response));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${server.address().port}/inbox#/shop/${lead.id}`;
  const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  browser = await chromium.launch({ executablePath: CHROMIUM, args });
});

after(async () => {
  await browser?.close();
  server?.closeAllConnections();
  server?.close();
});

async function open(locale) {
  Object.assign(lead, { stage: "new", stages: [], withdrawn: [], deliveries: [] });
  const page = await browser.newPage({ locale });
  await page.goto(address);
  return page;
}

test("the stage is set by keys alone, its history is text, and what follows shows at once", async () => {
  const page = await open("de-DE");
  const choice = page.getByLabel("Wie weit der Vertrieb ist");
  await choice.focus();
  assert.equal(await choice.inputValue(), "new");
  assert.deepEqual(await choice.locator("option").allInnerTexts(), [
    "Neu",
    "In Kontakt",
    "demo",
    "Gewonnen",
    "Verloren",
  ]);
  await page.keyboard.press("G");
  assert.equal(await choice.inputValue(), "won");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.getByText("Gespeichert").waitFor();
  const [row] = await page.locator(".stages li").allInnerTexts();
  assert.ok(row.startsWith("Gewonnen 7 EUR") && row.includes(HOSTILE), row);
  await page.getByText("crm.stage.won").first().waitFor();
  assert.equal(await page.locator("main img").count(), 0);
  await page.close();
});

test("a purpose that was given is withdrawn, and one that was not cannot be", async () => {
  const page = await open("en-GB");
  await page.getByRole("button", { name: "Withdraw contact" }).click();
  await page.getByText("Withdrawn: contact").waitFor();
  assert.deepEqual(lead.withdrawn, [{ purpose: "contact", at: AT, by: "admin" }]);
  assert.equal(await page.getByRole("button", { name: "Withdraw newsletter" }).count(), 0);
  await page.close();
});

test("a stage that could not be set says so and can be set again", async () => {
  const page = await open("en-GB");
  await page.getByLabel("How far it has come").selectOption("demo");
  down = true;
  await page.getByRole("button", { name: "Set stage" }).click();
  await page.getByText("The edge does not answer.").waitFor();
  down = false;
  forbidden = true;
  await page.getByRole("button", { name: "Set stage" }).click();
  await page.getByText("Your token does not allow this.").waitFor();
  forbidden = false;
  assert.equal(lead.stage, "new");
  await page.getByRole("button", { name: "Set stage" }).click();
  await page.getByText("Saved").waitFor();
  assert.equal(lead.stage, "demo");
  await page.close();
});
