// The journeys that a visitor and a shop owner make, the same on every host.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openStage, PHONE, problemOf, receivedFor, sendBatch, shown, signIn, storedFor, until } from "./stage.mjs";

/** A delivery that was under way in the crash is tried again when its lease ends. */
const LEASE_MS = 60_000;
const MESSAGE = "I would like to try the Amsel coat in size 40.";

async function fillContact(page, email) {
  await page.locator("[name=full_name]").fill("Ada Lovelace");
  await page.locator("[name=email]").fill(email);
  await page.locator("[name=topic]").selectOption("advice");
  await page.locator("[name=line][value=women]").check();
  await page.locator("[name=message]").fill(MESSAGE);
  await page.locator("[name=privacy]").check();
}

/** Fills in a mistake, and waits for the core: before it is there, the browser itself says what is missing. */
async function mistake(page, email) {
  await fillContact(page, email);
  await coreChecks(page);
}

const coreChecks = (page) => page.waitForFunction(() => document.forms[0].noValidate);

const status = (page) =>
  page
    .locator("[role=status]")
    .allTextContents()
    .then((texts) => texts.join(" ").trim());

/** Waits for the one signed webhook, then makes sure that no second lead follows. */
async function arrivesOnce(demo, email, patience) {
  const [first] = await until(
    `the webhook for ${email}`,
    async () => {
      const found = await receivedFor(demo, email);
      return found.length > 0 && found;
    },
    patience,
  );
  const ids = new Set((await receivedFor(demo, email)).map((one) => one.id));
  assert.equal(ids.size, 1);
  assert.equal((await storedFor(demo, email)).length, 1);
  return first.event;
}

/** Registers the journeys for one host. */
export function journeys(host) {
  let stage;
  before(async () => {
    stage = await openStage(host);
  });
  after(() => stage?.close());

  test(`${host}: a mistake is shown beside its field, corrected, sent, found in the Inbox and delivered with a signature`, async () => {
    const { demo } = stage;
    const email = "ada.mistake@example.com";
    const { context, page, faults } = await stage.visitor();
    await page.goto(`${demo.shop}/en/contact`);
    await mistake(page, "ada.mistake@");
    await page.locator("form button").click();
    const problem = await until("the problem beside the e-mail field", () => problemOf(page, "email"));
    assert.ok(problem.length > 5, problem);
    assert.equal(await page.evaluate(() => document.activeElement.name), "email");
    assert.deepEqual(await storedFor(demo, "ada.mistake@"), []);

    await page.locator("[name=email]").fill(email);
    await page.locator("[name=email]").blur();
    await until("the problem is gone", async () => (await problemOf(page, "email")) === "");
    await page.locator("form button").click();
    await until("the thanks of the form", async () =>
      (await status(page)).includes(demo.config.forms.contact.thanks.text.en),
    );
    const event = await arrivesOnce(demo, email);
    assert.equal(event.type, "lead.created");
    assert.deepEqual(faults, []);

    const owner = await stage.visitor();
    await signIn(owner.page, demo);
    await owner.page.locator("a.row", { hasText: email }).click();
    await owner.page.getByRole("heading", { name: "Ada Lovelace" }).waitFor();
    const lead = await shown(owner.page.locator("main"));
    for (const part of [email, MESSAGE, "Women", "crm", "Modehaus Linden may use what I wrote to answer me."])
      assert.ok(lead.includes(part), part);
    await until("the delivery is shown as delivered", async () =>
      (await shown(owner.page.locator(".delivery"))).includes("Delivered"),
    );
    await Promise.all([context.close(), owner.context.close()]);
  });

  test(`${host}: a lead that was sent without a network arrives once after the network is back`, async () => {
    const { demo } = stage;
    const email = "ada.offline@example.com";
    const { context, page } = await stage.visitor();
    await page.goto(`${demo.shop}/en/contact`);
    await mistake(page, "nobody@");
    await page.locator("form button").click();
    await until("the core judges", () => problemOf(page, "email"));
    await page.locator("[name=email]").fill(email);

    await context.setOffline(true);
    await page.locator("form button").click();
    await until("the visitor reads that the lead is kept on the device", async () =>
      /saved|device/i.test(await status(page)),
    );
    assert.deepEqual(await storedFor(demo, email), []);
    await page.reload().catch((error) => assert.match(error.message, /ERR_INTERNET_DISCONNECTED/));
    await context.setOffline(false);
    await page.goto(`${demo.shop}/en/contact`);
    await arrivesOnce(demo, email);

    await page.reload();
    await page.locator("[name=email]").focus();
    await page.waitForTimeout(2000);
    await arrivesOnce(demo, email);
    await context.close();
  });

  test(`${host}: everything works with the keyboard alone`, async () => {
    const { demo } = stage;
    const email = "ada.keyboard@example.com";
    const { context, page } = await stage.visitor();
    const { keyboard } = page;
    const reach = (name) =>
      until(`the focus reaches ${name}`, async () => {
        await keyboard.press("Tab");
        return page.evaluate(
          (wanted) => document.activeElement.name === wanted || document.activeElement.localName === wanted,
          name,
        );
      });
    await page.goto(`${demo.shop}/en/contact`);
    await keyboard.press("Tab");
    await keyboard.press("Enter");
    await reach("full_name");
    await keyboard.type("Ada Lovelace");
    await reach("email");
    await keyboard.type(email);
    await reach("topic");
    await keyboard.press("ArrowDown");
    await reach("line");
    await keyboard.press("Space");
    await reach("message");
    await keyboard.type(MESSAGE);
    await reach("privacy");
    await keyboard.press("Space");
    await reach("button");
    await keyboard.press("Enter");
    await arrivesOnce(demo, email);

    const owner = await stage.visitor();
    await signIn(owner.page, demo);
    await owner.page.locator("a.row").first().waitFor();
    await owner.page.keyboard.press("j");
    await owner.page.keyboard.press("Enter");
    await owner.page.getByRole("heading", { name: "Ada Lovelace" }).waitFor();
    assert.ok((await shown(owner.page.locator("main"))).includes(email), "the newest lead is the first");
    await owner.page.keyboard.press("Escape");
    assert.equal(await owner.page.evaluate(() => location.hash), "#/");
    await Promise.all([context.close(), owner.context.close()]);
  });

  test(`${host}: German visitors and owners read German`, async () => {
    const { demo } = stage;
    const email = "ada.deutsch@example.com";
    const { context, page } = await stage.visitor({ locale: "de-DE" });
    await page.goto(demo.shop);
    await page.getByRole("link", { name: "Kontakt" }).click();
    await mistake(page, "");
    await page.locator("form button").click();
    const problem = await until("the problem beside the e-mail field", () => problemOf(page, "email"));
    assert.match(problem, /bitte|fehlt|Pflicht|ausfüllen|geben Sie/i);
    await page.locator("[name=email]").fill(email);
    await page.locator("form button").click();
    await until("the thanks in German", async () =>
      (await status(page)).includes(demo.config.forms.contact.thanks.text.de),
    );
    await arrivesOnce(demo, email);

    const owner = await stage.visitor({ locale: "de-DE" });
    await signIn(owner.page, demo);
    await owner.page.locator("a.row", { hasText: email }).click();
    await until("the lead in German", async () => {
      const text = await shown(owner.page.locator("main"));
      return ["Angaben", "Ihre Nachricht", "Damen", "Zustellungen", "Einwilligung"].every((word) =>
        text.includes(word),
      );
    });
    await Promise.all([context.close(), owner.context.close()]);
  });

  test(`${host}: a phone shows the form and the Inbox without scrolling sideways`, async () => {
    const { demo } = stage;
    const { context, page } = await stage.visitor(PHONE);
    const fits = () => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
    await page.goto(`${demo.shop}/en/fitting`);
    await page.locator("[name=full_name]").tap();
    await coreChecks(page);
    await page.locator("form button").tap();
    await until("a problem is shown", () => problemOf(page, "full_name"));
    assert.ok(await fits(), "the shop is wider than the phone");
    await signIn(page, demo);
    await page.locator("a.row").first().waitFor();
    assert.ok(await fits(), "the list is wider than the phone");
    await page.locator("a.row").first().tap();
    await page.locator("main h1").waitFor();
    assert.ok(!(await page.locator("a.row").first().isVisible()), "list and lead share a small screen");
    assert.ok(await fits(), "the lead is wider than the phone");
    await page.locator("a.back").tap();
    await page.locator("a.row").first().waitFor();
    await context.close();
  });

  test(`${host}: without JavaScript the form posts itself, comes back with its problems, and then thanks`, async () => {
    const { demo } = stage;
    const email = "ada.plain@example.com";
    const { context, page } = await stage.visitor({ javaScriptEnabled: false });
    await page.goto(`${demo.shop}/en/contact?plain`);
    await fillContact(page, email);
    await page.locator("[name=message]").fill("short");
    await page.locator("form button").click();
    await page.waitForURL(`${demo.edge}/**`);
    assert.equal(await page.locator("[name=email]").inputValue(), email);
    assert.equal(await page.locator("[name=message]").getAttribute("aria-invalid"), "true");
    await page.locator("[name=message]").fill(MESSAGE);
    await page.locator("form button").click();
    await page.getByText(demo.config.forms.contact.thanks.text.en).waitFor();
    await arrivesOnce(demo, email);
    await context.close();
  });

  test(`${host}: an edge that is killed right after its answer has lost nothing and delivers after its restart`, async () => {
    const { demo } = stage;
    const emails = Array.from({ length: 10 }, (_, n) => `crash${n}@example.com`);
    const answers = await sendBatch(demo, emails);
    await demo.crash();
    assert.deepEqual(
      answers,
      emails.map(() => "ok"),
    );
    for (const email of emails) await arrivesOnce(demo, email, LEASE_MS + 15_000);
  });
}
