// Files and partials of a form in Chromium, with a real edge behind a line that can be cut.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { after, afterEach, before, test } from "node:test";
import { admin } from "../edge/client.mjs";
import { start, TOKEN, until } from "../edge/runtime.mjs";
import { accessible } from "./support/axe.mjs";
import { gate } from "./support/gate.mjs";
import { launch } from "./support/site.mjs";

const PATIENCE = { timeout: 30_000 };
const CONFIG = {
  site: { id: "shop", name: "Shop", locale: "en" },
  forms: {
    job: {
      fields: [
        { name: "email", type: "email", required: true },
        { name: "cv", type: "file", required: true, label: { en: "Your CV" } },
        { name: "unfinished", type: "consent", purpose: "unfinished", text: { en: "Keep what I began" } },
      ],
      partial: { purpose: "unfinished", days: 2 },
    },
  },
  files: { types: ["pdf"], max_files: 2 },
};
const pdf = (words) => Buffer.from(`%PDF-1.7\n${words}\n%%EOF`);
const upload = (words, name = "cv.pdf") => ({ name, mimeType: "text/html", buffer: pdf(words) });
const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

let browser, edge, line, context;
before(async () => {
  edge = await start("node", { config: CONFIG });
  line = await gate(edge.url);
  browser = await launch();
});
after(async () => {
  await browser.close();
  await line.close();
  await edge.stop();
});
afterEach(async () => {
  line.open = true;
  await context?.close();
});

/** A page of the edge's own origin with the form in a `<lead-form>`. */
async function open() {
  context = await browser.newContext();
  const tab = await context.newPage();
  await tab.route("**/page", (route) =>
    route.fulfill({
      contentType: "text/html",
      body: `<!doctype html><html lang="en"><title>Jobs</title><script src="/kit/leadkit.js" data-site="shop" defer></script>
<body><main><h1>Jobs</h1><lead-form form="job"></lead-form></main></body></html>`,
    }),
  );
  await tab.goto(`${line.address}/page`);
  await tab.waitForSelector("#job-cv", PATIENCE);
  await tab.waitForSelector(".leadkit-file-status", { state: "attached", ...PATIENCE });
  return tab;
}
const leads = async () => (await admin(edge.url, "leads?site=shop")).body.leads;
const filesOf = async (id) => (await admin(edge.url, `files/shop/${id}`)).body.files;
const partials = async () => (await admin(edge.url, "partials?site=shop")).body.items;

test("a file is sent when it is chosen, and the lead that follows refers to it", async () => {
  const tab = await open();
  await tab.fill("#job-email", "ada@example.com");
  await tab.setInputFiles("#job-cv", [upload("one"), upload("two", "two.pdf")]);
  await tab.waitForFunction(
    () => document.querySelectorAll(".leadkit-file[data-done]").length === 2,
    undefined,
    PATIENCE,
  );
  await accessible(tab, "files that were sent");
  await tab.getByRole("button", { name: "Remove: two.pdf" }).click();
  await tab.click("#job-email");
  await tab.getByRole("button", { name: "Send" }).click();
  await tab.waitForSelector('form[data-leadkit-state="received"]', PATIENCE);
  assert.equal(await tab.locator(".leadkit-file").count(), 0, "the next lead begins without files");
  const [lead] = (await leads()).filter(({ email }) => email === "ada@example.com");
  const kept = (await filesOf(lead.id)).filter((file) => file.kept === 1);
  assert.deepEqual(
    kept.map(({ hash, name }) => [hash, name]),
    [[sha256(pdf("one")), "cv.pdf"]],
  );
});

test("a submit waits for a file on its way, with progress shown", async () => {
  const tab = await open();
  await tab.fill("#job-email", "grace@example.com");
  let release;
  const held = new Promise((resolve) => {
    release = resolve;
  });
  await tab.route("**/v1/file/**", async (route) => {
    await held;
    await route.continue();
  });
  await tab.setInputFiles("#job-cv", upload("slow"));
  await tab.locator(".leadkit-file progress").waitFor({ state: "attached", ...PATIENCE });
  await tab.getByRole("button", { name: "Send" }).click();
  await tab.getByText("Your files are on their way.").waitFor(PATIENCE);
  assert.equal((await leads()).filter(({ email }) => email === "grace@example.com").length, 0);
  release();
  await tab.waitForSelector('form[data-leadkit-state="received"]', PATIENCE);
  const [lead] = (await leads()).filter(({ email }) => email === "grace@example.com");
  assert.equal((await filesOf(lead.id))[0].hash, sha256(pdf("slow")));
});

test("what is no file of the allowed kinds is refused in words, and without a connection the visitor is told", async () => {
  const tab = await open();
  await tab.setInputFiles("#job-cv", { name: "cv.pdf", mimeType: "application/pdf", buffer: Buffer.from("<script>") });
  await tab.getByText("cv.pdf is of a kind that is not taken here.").waitFor(PATIENCE);
  await accessible(tab, "a file that is refused");
  await context.setOffline(true);
  await tab.setInputFiles("#job-cv", upload("offline"));
  await tab.getByText("is not kept on this device").waitFor(PATIENCE);
  assert.equal(await tab.locator(".leadkit-file").count(), 0);
  const stored = await tab.evaluate(() => JSON.stringify({ ...localStorage }));
  assert.doesNotMatch(stored, /cv\.pdf/);
});

test("what was begun is told with consent alone, taken back with it, and completed by the lead of the same id", async () => {
  const tab = await open();
  let told = 0;
  tab.on("request", (request) => {
    told += request.url().endsWith("/v1/partial") ? 1 : 0;
  });
  await tab.fill("#job-email", "half@example.com");
  await tab.evaluate(() => dispatchEvent(new Event("pagehide")));
  assert.equal(told, 0, "nothing without consent");
  await tab.check("#job-unfinished");
  const [one] = await until(async () => (await partials()).length === 1 && partials(), "the partial", 30_000);
  assert.equal(one.item.data.email, "half@example.com");
  assert.deepEqual(await leads().then((all) => all.filter(({ id }) => id === one.id)), []);
  await tab.uncheck("#job-unfinished");
  await until(async () => (await partials()).length === 0, "the end of the partial", 30_000);
  await tab.check("#job-unfinished");
  await until(async () => (await partials()).length === 1, "the partial again", 30_000);
  await tab.setInputFiles("#job-cv", upload("half"));
  await tab.waitForSelector(".leadkit-file[data-done]", PATIENCE);
  await tab.getByRole("button", { name: "Send" }).click();
  await tab.waitForSelector('form[data-leadkit-state="received"]', PATIENCE);
  assert.deepEqual(await partials(), []);
  const mine = (await leads()).filter(({ email }) => email === "half@example.com");
  assert.deepEqual(
    mine.map(({ id }) => id),
    [one.id],
    "one lead, under the id of the partial",
  );
});

test("the Inbox gives the owner the files of a lead, and shows what was begun", async () => {
  const tab = await open();
  await tab.fill("#job-email", "inbox@example.com");
  await tab.setInputFiles("#job-cv", [upload("mine", "Lebenslauf Ä.pdf"), upload("other", "other.pdf")]);
  await tab.waitForFunction(
    () => document.querySelectorAll(".leadkit-file[data-done]").length === 2,
    undefined,
    PATIENCE,
  );
  await tab.getByRole("button", { name: "Remove: other.pdf" }).click();
  await tab.getByRole("button", { name: "Send" }).click();
  await tab.waitForSelector('form[data-leadkit-state="received"]', PATIENCE);
  await tab.fill("#job-email", "left@example.com");
  await tab.check("#job-unfinished");
  await until(async () => (await partials()).length === 1, "the partial", 30_000);

  const owner = await context.newPage();
  await owner.goto(`${edge.url}/inbox`);
  await owner.fill("input[type=password]", TOKEN);
  await owner.keyboard.press("Enter");
  await owner.locator("a.row", { hasText: "inbox@example.com" }).click();
  const link = owner.getByRole("link", { name: /Lebenslauf Ä.pdf/ });
  await link.waitFor(PATIENCE);
  assert.equal(await owner.getByRole("link", { name: /other.pdf/ }).count(), 0, "it was taken back");
  await accessible(owner, "a lead with a file");
  const [download] = await Promise.all([owner.waitForEvent("download"), link.click()]);
  assert.equal(download.suggestedFilename(), "Lebenslauf Ä.pdf");
  assert.equal(sha256(readFileSync(await download.path())), sha256(pdf("mine")));

  await owner.getByRole("link", { name: "Begun" }).click();
  await owner.locator("main summary").click();
  await owner.getByText("left@example.com").waitFor(PATIENCE);
  await accessible(owner, "what was begun");
});
