// What the journeys share: the running demo in a folder of its own, a browser, and the questions that they ask.

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { leadId } from "../../www/demo/examples.mjs";
import { startDemo } from "../../www/demo/run.mjs";

const CHROMIUM = process.env.LEADKIT_CHROMIUM ?? "/usr/bin/chromium";
const QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync"];
const ARGS = process.getuid?.() === 0 ? ["--no-sandbox", ...QUIET] : QUIET;
const PATIENCE_MS = 20_000;
const ASK_MS = 100;

export const PHONE = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };

/** Asks until `question` answers something true, and fails with `wish` when it never does. */
export async function until(wish, question, patience = PATIENCE_MS) {
  const end = Date.now() + patience;
  for (;;) {
    const answer = await question();
    if (answer) return answer;
    assert.ok(Date.now() < end, `did not happen within ${patience} ms: ${wish}`);
    await new Promise((resolve) => setTimeout(resolve, ASK_MS));
  }
}

/** Starts the demo on free ports and a browser; `close` ends both and deletes what was stored. */
export async function openStage(host) {
  const directory = await mkdtemp(join(tmpdir(), "leadkit-e2e-"));
  const wish = 20_000 + Math.floor(process.pid % 20_000);
  const demo = await startDemo({ host, directory, wishes: { edge: wish, shop: wish + 1, receiver: wish + 2 } });
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGS });
  return {
    demo,
    browser,
    /** A visitor with a browser of their own; what their pages complain about ends up in `faults`. */
    async visitor(options = {}) {
      const context = await browser.newContext({ locale: "en-GB", ...options });
      const page = await context.newPage();
      const faults = [];
      page.on("pageerror", (error) => faults.push(error.message));
      page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
      page.setDefaultTimeout(PATIENCE_MS);
      return { context, page, faults };
    },
    async close() {
      await browser.close();
      await demo.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** The words of the problem that assistive technology reads with the field, or `""`. */
export function problemOf(page, name) {
  return page
    .locator(`[name="${name}"]`)
    .first()
    .evaluate((field) => {
      if (field.getAttribute("aria-invalid") !== "true") return "";
      const ids =
        `${field.getAttribute("aria-errormessage") ?? ""} ${field.getAttribute("aria-describedby") ?? ""}`.trim();
      const shown = ids
        .split(/\s+/)
        .map((id) => document.getElementById(id))
        .filter((element) => element?.checkVisibility());
      return shown.map((element) => element.textContent.trim()).join(" ");
    });
}

/** What a reader sees of it, without what is folded away. */
export const shown = async (locator) => (await locator.allInnerTexts()).join("\n");

/** What arrived at the receiver with a valid signature for this address. */
export async function receivedFor(demo, email) {
  const all = await (await fetch(`${demo.receiver}/received`)).json();
  return all.filter((one) => JSON.stringify(one.event).includes(email));
}

/** The rows of the Inbox for this address, asked through the admin routes. */
export async function storedFor(demo, email) {
  const response = await fetch(`${demo.edge}/v1/admin/leads?site=modehaus&limit=200`, {
    headers: { authorization: `Bearer ${demo.token}` },
  });
  assert.equal(response.status, 200);
  return (await response.json()).leads.filter((lead) => lead.email === email);
}

/** Signs in by keyboard and waits for the list. */
export async function signIn(page, demo) {
  await page.goto(demo.inbox);
  await page.locator("#token").fill(demo.token);
  await page.keyboard.press("Enter");
  await page.locator(".bar").waitFor();
}

/** Sends a lead for each address in one batch, as another server would, and gives the answers. */
export async function sendBatch(demo, emails) {
  const now = Date.now();
  const data = { full_name: "Ada Lovelace", topic: "advice", message: "Is the Amsel coat warm enough?", privacy: true };
  const items = emails.map((email) => ({ id: leadId(now), at: now, form: "contact", data: { ...data, email } }));
  const response = await fetch(`${demo.edge}/v1/leads`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: demo.shop },
    body: JSON.stringify({ v: 1, k: demo.config.site.id, sent_at: now, items }),
  });
  assert.equal(response.status, 200);
  return (await response.json()).r.map((answer) => answer.s);
}
