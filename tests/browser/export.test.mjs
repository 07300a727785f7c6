// The Inbox in Chromium: the list becomes a file.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { test } from "node:test";
import * as esbuild from "esbuild";
import { chromium } from "playwright-core";

const INBOX = new URL("../../www/inbox/", import.meta.url);
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
const CHROMIUM = process.env.LEADKIT_CHROMIUM ?? "/usr/bin/chromium";

const lead = {
  id: "a",
  site: "shop",
  form: "contact@1",
  received_at: 1,
  disposition: "spam",
  name: "Ada",
  segments: [],
};
const ANSWERS = {
  "/v1/admin/session": { sites: [{ id: "shop", name: "The Shop" }] },
  "/v1/site/shop": { site: { id: "shop" }, forms: {} },
  "/v1/admin/leads": { leads: [lead], next: null },
};

test("the list is exported as it is filtered, in the format that was chosen, and the page stays", async () => {
  const entryPoints = [new URL("main.ts", INBOX).pathname];
  const built = await esbuild.build({ entryPoints, bundle: true, format: "esm", write: false });
  const exports = [];
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://edge.invalid");
    response.setHeader("content-security-policy", POLICY);
    if (pathname === "/inbox") {
      response.setHeader("content-type", "text/html; charset=utf-8");
      response.end(readFileSync(new URL("index.html", INBOX)));
    } else if (pathname === "/inbox/inbox.js") {
      response.setHeader("content-type", "text/javascript");
      response.end(built.outputFiles[0].text);
    } else if (pathname === "/v1/admin/export") {
      exports.push(request.url);
      response.setHeader("content-disposition", 'attachment; filename="shop.parquet"');
      response.end("PAR1");
    } else {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(ANSWERS[pathname] ?? {}));
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const args = ["--disable-background-networking", ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])];
  const browser = await chromium.launch({ executablePath: CHROMIUM, args });
  try {
    const page = await browser.newPage({ locale: "de-DE" });
    await page.goto(`http://127.0.0.1:${server.address().port}/inbox`);
    await page.locator("a.row").first().waitFor();
    await page.getByRole("button", { name: "Spam" }).click();
    await page.getByLabel("Art der Datei").selectOption("parquet");
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Exportieren" }).click();
    assert.equal((await download).suggestedFilename(), "shop.parquet");
    const query = "site=shop&disposition=spam&bom=1&separator=semicolon&format=parquet";
    assert.deepEqual(exports, [`/v1/admin/export?${query}`]);
    assert.equal(await page.locator("a.row").count(), 1);
  } finally {
    await browser.close();
    server.closeAllConnections();
    server.close();
  }
});
