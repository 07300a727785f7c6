// The Inbox in Chromium before an edge that only plays: hostile values, filters, pages, keys, colours, and every refusal.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
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
const QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync"];
const HOSTILE = `<img src=x onerror="document.title='owned'">`;
const LEADS = 120;
const WORDS = "You may write to me.";
const WORDS_HASH = createHash("sha256").update(WORDS).digest("hex");
const TOKEN = "the-right-token";
const AA = 4.5;

const dispositions = ["accept", "review", "reject", "spam"];
const lead = (n) => ({
  id: `017f22e2-79b0-7cc3-98c4-${String(n).padStart(12, "0")}`,
  site: "shop",
  form: n % 2 === 0 ? "contact@1f2e3d4c" : "catalogue@5a6b7c8d",
  received_at: 1_795_325_560_000 - n * 60_000,
  disposition: dispositions[n % 4],
  grade: "B2",
  scores: {},
  segments: ["women"],
  name: n === 0 ? HOSTILE : n === 3 ? null : `Visitor ${n}`,
  email: `visitor${n}@example.com`,
});
const leads = Array.from({ length: LEADS }, (_, n) => lead(n));

function whole(row) {
  const attempts = [
    { at: row.received_at + 100, status: 500, error: null },
    { at: row.received_at + 6000, status: null, error: "timeout" },
  ];
  return {
    ...row,
    values: { full_name: row.name, email: row.email, message: `first line\n${HOSTILE}`, line: "women" },
    unknown: { [HOSTILE]: HOSTILE },
    verdict: {
      disposition: row.disposition,
      grade: "B2",
      segments: ["women"],
      scores: { fit: { points: 30, groups: { budget: 20 } } },
      problems: [{ field: "message", code: "too_short" }],
      suggestions: [{ field: "email", value: "visitor@example.org" }],
      reasons: [
        { rule: "rich", score: "fit", points: 40, claimed: true },
        { rule: "far", score: "fit", points: -10 },
        { rule: "press", disposition: "review" },
        { rule: "broken", error: "rule.type" },
      ],
    },
    consent: {
      contact: { given: true, field: "privacy", text_sha256: WORDS_HASH, locale: "en" },
      newsletter: { given: false },
    },
    receipt: { at: row.received_at, rules: "0123456789abcdef".repeat(4) },
    receipt_faults: row.id.endsWith("6") ? ["verdict"] : [],
    context: {
      page: `javascript:${HOSTILE}`,
      campaign: { name: "autumn" },
      attribution: {
        first: { at: 1_790_000_000_000, url: "https://shop.example/", referrer: "news.example", utm_source: "letter" },
        last: { at: 1_790_000_100_000, url: "https://shop.example/sale", gclid: HOSTILE },
      },
    },
    deliveries: [
      { destination: "crm", state: "due", attempts, due: row.received_at + 21_000 },
      { destination: "mail", state: "dead", attempts: [], reason: "no_consent" },
    ],
  };
}

const site = {
  site: { id: "shop", name: "The Shop" },
  forms: {
    contact: {
      title: { en: "Contact", de: "Kontakt" },
      fields: [
        { name: "full_name", type: "name", label: { en: "Your name", de: "Ihr Name" } },
        { name: "privacy", type: "consent", text: { de: "Sie dürfen mir schreiben.", en: WORDS } },
        { name: "line", type: "choice", options: ["men", { value: "women", label: { en: "Women", de: "Damen" } }] },
      ],
    },
  },
};

const edge = { signedIn: false, down: false, requests: [] };
let server;
let browser;
let address;
let script;

function answer(request, body) {
  const url = new URL(request.url, "http://edge.invalid");
  edge.requests.push(`${request.method} ${url.pathname}${url.search}`);
  const refuse = (status, code) => [status, { error: { code, message: "" } }];
  if (url.pathname === "/v1/admin/session") {
    if (request.method === "DELETE") edge.signedIn = false;
    if (request.method === "POST") edge.signedIn = JSON.parse(body).token === TOKEN;
    if (request.method === "DELETE") return [204, null];
    return edge.signedIn ? [200, { sites: [{ id: "shop", name: "The Shop" }] }] : refuse(401, "token_invalid");
  }
  if (url.pathname === "/v1/site/shop") return [200, site];
  if (!edge.signedIn) return refuse(401, "token_invalid");
  if (url.pathname === "/v1/admin/leads") {
    const { form, disposition, before: cursor = "0", limit } = Object.fromEntries(url.searchParams);
    const found = leads.filter(
      (one) => (!form || one.form.startsWith(`${form}@`)) && (!disposition || one.disposition === disposition),
    );
    const end = Number(cursor) + Number(limit);
    return [200, { leads: found.slice(Number(cursor), end), next: end < found.length ? String(end) : null }];
  }
  if (url.pathname === "/v1/admin/quarantine") {
    const item = { id: "refused-1", form: "contact", data: { email: HOSTILE, message: "short" } };
    return [
      200,
      { items: [{ id: item.id, code: "email.syntax", field: "email", received_at: 1_795_325_560_000, item }] },
    ];
  }
  if (url.pathname.startsWith("/v1/admin/deliveries/shop/")) {
    const value = url.searchParams.get("show") === "all" ? HOSTILE : "<…";
    const sent = [{ method: "POST", host: "crm.example", body: { name: value } }];
    const came = [{ status: 400, body: { code: "invalid" } }];
    return [200, { held: "paused", next: "nothing", attempts: [{ n: 1, at: 1_795_325_560_000, sent, came }] }];
  }
  if (url.pathname.endsWith("/others")) return [200, { leads: [] }];
  if (url.pathname.endsWith("/replay")) return [202, { state: "due" }];
  if (url.pathname.endsWith("/judge")) {
    const verdict = { disposition: "spam", scores: { fit: { points: 5 } }, segments: ["women", HOSTILE] };
    return [200, { rules: "fedcba9876543210".repeat(4), changed: ["scores", "segments", "reasons"], verdict }];
  }
  const row = leads.find((one) => url.pathname === `/v1/admin/leads/shop/${one.id}`);
  return row ? [200, whole(row)] : refuse(404, "lead_unknown");
}

async function serve(request, response) {
  if (edge.down && request.url.startsWith("/v1/")) return response.destroy();
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
  response.end(json === null ? "" : JSON.stringify(json));
}

before(async () => {
  const built = await esbuild.build({
    entryPoints: [new URL("main.ts", INBOX).pathname],
    bundle: true,
    format: "esm",
    minify: true,
    write: false,
  });
  script = built.outputFiles[0].text;
  server = createServer((request, response) => void serve(request, response));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${server.address().port}/inbox`;
  browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: process.getuid?.() === 0 ? ["--no-sandbox", ...QUIET] : QUIET,
  });
});

after(async () => {
  await browser?.close();
  server?.closeAllConnections();
  server?.close();
});

/** What a reader sees of it, without what is folded away. */
const shown = async (locator) => (await locator.allInnerTexts()).join("\n");

/** A page of the Inbox; `faults` collects what the console complains about, but for expected refusals. */
async function open(options = {}, hash = "") {
  const page = await browser.newPage({ locale: "en-GB", viewport: { width: 1200, height: 800 }, ...options });
  page.setDefaultTimeout(10_000);
  const faults = [];
  page.on("pageerror", (error) => faults.push(error.message));
  page.on(
    "console",
    (message) =>
      message.type() === "error" && !/status of (401|404)/.test(message.text()) && faults.push(message.text()),
  );
  await page.goto(address + hash);
  return { page, faults };
}

async function list(options, hash) {
  edge.signedIn = true;
  const opened = await open(options, hash);
  await opened.page.locator("a.row").first().waitFor();
  return opened;
}

test("a wrong token is refused in words, the right one opens the list, and signing out closes it", async () => {
  edge.signedIn = false;
  const { page, faults } = await open();
  await page.locator("#token:focus").waitFor();
  await page.keyboard.press("Enter");
  await page.getByText("Please enter the token.").waitFor();
  await page.keyboard.type("wrong");
  await page.keyboard.press("Enter");
  await page.getByText("That token is not the right one.").waitFor();
  await page.keyboard.type(TOKEN);
  await page.keyboard.press("Enter");
  await page.locator("a.row").first().waitFor();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.locator("#token").waitFor();
  assert.equal(edge.signedIn, false);
  assert.deepEqual(faults, []);
  await page.close();
});

test("what a visitor typed is shown as text and never becomes markup or a link", async () => {
  const { page, faults } = await list();
  assert.equal(await shown(page.locator("a.row .who").first()), HOSTILE);
  await page.locator("a.row").first().click();
  await page.locator("main h1").waitFor();
  assert.equal(await shown(page.locator("main h1")), HOSTILE);
  assert.equal(await page.locator("main img").count(), 0);
  assert.deepEqual(await page.locator("main a").evaluateAll((all) => all.map((one) => one.getAttribute("href"))), [
    "#/",
    "mailto:visitor0@example.com",
  ]);
  assert.notEqual(await page.title(), "owned");
  assert.deepEqual(faults, []);
  await page.close();
});

test("one lead shows values with labels, problems, every reason, consent, origin and every attempt", async () => {
  const { page } = await list();
  await page.locator("a.row").nth(2).click();
  await page.locator("main h1").waitFor();
  const text = await shown(page.locator("main"));
  for (const part of [
    "Your name",
    "Women",
    "first line",
    "too_short",
    "Did they mean visitor@example.org?",
    "+30 points",
    "budget +20",
    "rich",
    "as the browser says",
    "+40",
    "−10",
    "press",
    "To review",
    "broken",
    "rule.type",
    WORDS,
    "Not given",
    "autumn",
    "contact@1f2e3d4c",
    "Waiting",
    "Next try",
    "500",
    "timeout",
    "Given up",
    "no_consent",
    leads[2].id,
  ])
    assert.ok(text.includes(part), part);
  assert.match(text, /Came first from\s+news\.example[\s\S]*letter[\s\S]*Came last from\s+A link/);
  await page.close();
});

test("a receipt says by which rules and whether it fits, and today's rules are asked", async () => {
  const { page, faults } = await list({}, `#/shop/${leads[4].id}`);
  const receipt = page.locator(".receipt");
  await receipt.getByText("Judged by rules 0123456789ab").waitFor();
  await receipt.getByText("Signed and unchanged").waitFor();
  await receipt.getByRole("button", { name: "Judge again by today's rules" }).click();
  await receipt.getByText("Today the rules are fedcba987654. This would be different:").waitFor();
  const text = await shown(receipt);
  assert.match(text, /Scores\s+fit 30 → fit 5/);
  assert.ok(text.includes(`women → women, ${HOSTILE}`), text);
  await page.goto(`${address}#/shop/${leads[6].id}`);
  await page.locator(".receipt").getByText("Does not fit its receipt").waitFor();
  assert.deepEqual(faults, []);
  await page.close();
});

test("older pages follow, filters ask the edge, and an empty answer says so", async () => {
  const { page } = await list();
  assert.equal(await page.locator("a.row").count(), 50);
  await page.getByRole("button", { name: "Older leads" }).click();
  await page.locator("a.row").nth(99).waitFor();
  await page.getByRole("button", { name: "Older leads" }).click();
  await page.getByText("That is all.").waitFor();
  assert.equal(await page.locator("a.row").count(), LEADS);
  await page.getByRole("button", { name: "Spam" }).click();
  await page.getByText("That is all.").waitFor();
  assert.equal(await page.locator("a.row").count(), LEADS / 4);
  assert.ok(edge.requests.some((request) => request.includes("disposition=spam")));
  await page.getByLabel("Form").selectOption("contact");
  await page.getByText("No lead matches these filters.").waitFor();
  await page.getByRole("button", { name: "Show all leads" }).click();
  await page.locator("a.row").nth(49).waitFor();
  await page.close();
});

test("keys move through the list, open a lead, walk on beside it, and return", async () => {
  const { page } = await list();
  const opened = () => page.evaluate(() => location.hash.split("/").pop());
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Visitor 1" }).waitFor();
  await page.keyboard.press("j");
  await page.getByRole("heading", { name: "Visitor 2" }).waitFor();
  assert.equal(await opened(), leads[2].id);
  await page.keyboard.press("k");
  await page.getByRole("heading", { name: "Visitor 1" }).waitFor();
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.localName), "h1");
  await page.keyboard.press("Escape");
  await page.getByText("Choose a lead from the list.").waitFor();
  await page.waitForFunction((id) => document.activeElement.dataset.id === `shop/${id}`, leads[1].id);
  await page.close();
});

test("the letters among the keys can be turned off, and stay off", async () => {
  const { page } = await list();
  await page.getByRole("button", { name: "Turn J and K off" }).click();
  await page.reload();
  const button = page.getByRole("button", { name: "Turn J and K on" });
  await button.waitFor();
  await page.locator("a.row").nth(1).focus();
  const focused = () => page.evaluate(() => document.activeElement.dataset.id);
  await page.keyboard.press("j");
  assert.equal(await focused(), `shop/${leads[1].id}`);
  await page.keyboard.press("ArrowDown");
  assert.equal(await focused(), `shop/${leads[2].id}`);
  await button.click();
  await page.locator("a.row").nth(1).focus();
  await page.keyboard.press("j");
  assert.equal(await focused(), `shop/${leads[2].id}`);
  await page.close();
});

test("a link to a lead opens it, one to a lead that is gone says so, and a broken one shows the list", async () => {
  const { page } = await list({}, `#/shop/${leads[5].id}`);
  await page.getByRole("heading", { name: "Visitor 5" }).waitFor();
  await page.evaluate(() => {
    location.hash = "#/shop/unknown";
  });
  await page.getByText("This lead does not exist or was erased.").waitFor();
  await page.evaluate(() => {
    location.hash = "#/%E0%A4%A";
  });
  await page.getByText("Choose a lead from the list.").waitFor();
  await page.close();
});

test("an edge that does not answer is told, and trying again helps", async () => {
  const { page } = await list();
  edge.down = true;
  await page.getByRole("button", { name: "Spam" }).click();
  await page.getByText("The edge does not answer.").waitFor();
  edge.down = false;
  await page.getByRole("button", { name: "Try again" }).click();
  await page.locator("a.row").first().waitFor();
  await page.close();
});

test("what was sent is masked until somebody asks, and what has ended is sent again", async () => {
  const { page, faults } = await list();
  await page.locator("a.row").nth(2).click();
  await page.locator("summary", { hasText: "What was sent" }).last().click();
  await page.locator(".delivery pre", { hasText: "crm.example" }).waitFor();
  const text = await shown(page.locator("main"));
  for (const part of ['"name": "<…"', '"code": "invalid"', "paused"]) assert.ok(text.includes(part), part);
  assert.ok(!edge.requests.some((request) => request.includes("show=all")));
  await page.getByRole("button", { name: "Show the values" }).click();
  await page.locator(".delivery pre", { hasText: "onerror" }).waitFor();
  assert.ok(edge.requests.some((request) => request.endsWith("/mail?show=all")));
  assert.equal(await page.locator("main img").count(), 0);
  // Only the delivery to "mail" has ended.
  assert.equal(await page.getByRole("button", { name: "Send again" }).count(), 1);
  await page.getByRole("button", { name: "Send again" }).click();
  await page.getByText("Will be sent again").waitFor();
  assert.ok(edge.requests.some((request) => /^POST .*\/replay$/.test(request)));
  assert.deepEqual(faults, []);
  await page.close();
});

test("a session that ended leads back to the sign-in", async () => {
  const { page } = await list();
  edge.signedIn = false;
  await page.locator("a.row").nth(1).click();
  await page.locator("#token").waitFor();
  await page.close();
});

test("what was refused is kept with its reason and everything that came", async () => {
  const { page, faults } = await list();
  await page.getByRole("link", { name: "Quarantine" }).click();
  await page.getByRole("heading", { name: "Quarantine" }).waitFor();
  await page.locator("summary", { hasText: "email.syntax · email" }).click();
  assert.ok((await shown(page.locator("main"))).includes(HOSTILE));
  assert.equal(await page.locator("main img").count(), 0);
  assert.ok(edge.requests.some((request) => request.startsWith("GET /v1/admin/quarantine?site=shop")));
  await page.keyboard.press("Escape");
  await page.getByText("Choose a lead from the list.").waitFor();
  assert.deepEqual(faults, []);
  await page.close();
});

test("a lead that arrives meanwhile appears on top and is announced", async () => {
  const { page } = await list();
  leads.unshift({
    ...lead(LEADS),
    id: "017f22e2-79b0-7cc3-98c4-ffffffffffff",
    received_at: Date.now(),
    name: "Newcomer",
  });
  await page.locator("a.row", { hasText: "Newcomer" }).waitFor({ timeout: 15_000 });
  assert.equal(await page.locator("[role=status]").textContent(), "1 new lead");
  assert.equal(await shown(page.locator("a.row .who").first()), "Newcomer");
  leads.shift();
  await page.close();
});

test("German browsers read German", async () => {
  const { page } = await list({ locale: "de-CH" });
  await page.locator("a.row").nth(2).click();
  await page.locator("main h1").waitFor();
  const text = await shown(page.locator("body"));
  for (const part of [
    "Posteingang",
    "Zu prüfen",
    "Ihr Name",
    "Damen",
    "Warum dieses Urteil",
    "Einwilligung",
    "Zustellungen",
    "Nächster Versuch",
  ])
    assert.ok(text.includes(part), part);
  assert.equal(await page.evaluate(() => document.documentElement.lang), "de");
  await page.close();
});

test("every text has the contrast of WCAG AA, in light and in dark", async () => {
  for (const colorScheme of ["light", "dark"]) {
    const { page } = await list({ colorScheme });
    await page.locator("a.row").nth(2).click();
    await page.locator("main h1").waitFor();
    await page.waitForTimeout(300);
    const worst = await page.evaluate(worstContrast);
    assert.ok(worst.ratio >= AA, `${colorScheme}: ${worst.ratio.toFixed(2)} for "${worst.text}"`);
    await page.close();
  }
});

test("every control has a name, and ids are used once", async () => {
  const { page } = await list();
  await page.locator("a.row").nth(1).click();
  await page.locator("main h1").waitFor();
  const nameless = await page
    .locator("button, a, select, input:not([type=hidden])")
    .evaluateAll((all) =>
      all
        .filter((one) => !(one.getAttribute("aria-label") || one.textContent.trim() || one.labels?.length))
        .map((one) => one.outerHTML),
    );
  assert.deepEqual(nameless, []);
  const ids = await page.locator("[id]").evaluateAll((all) => all.map((one) => one.id));
  assert.equal(new Set(ids).size, ids.length);
  await page.close();
});
