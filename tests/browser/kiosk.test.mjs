// The kiosk in Chromium, with a real edge behind a line that can be cut.

import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { createServer } from "node:http";
import { after, afterEach, before, test } from "node:test";
import { start, TOKEN, until } from "../edge/runtime.mjs";
import { accessible } from "./support/axe.mjs";
import { gate } from "./support/gate.mjs";
import { launch, profile } from "./support/site.mjs";

const PATIENCE = { timeout: 30_000 };

/** The configuration of the edge: a form that would remember and lead away, if it were not in a kiosk. */
const config = (hook) => ({
  site: { id: "shop", name: "Shop", locale: "en" },
  forms: {
    fair: {
      title: { en: "At the fair", de: "Auf der Messe" },
      fields: [
        { name: "full_name", type: "name", required: true, prefill: "name", autocomplete: "name" },
        { name: "email", type: "email", required: true },
        { name: "topic", type: "choice", options: ["advice", "order"] },
        { name: "number", type: "text", show_if: { "==": [{ var: "values.topic" }, "order"] } },
        { name: "privacy", type: "consent", purpose: "contact", required: true, text: { en: "Yes", de: "Ja" } },
      ],
      draft: { days: 7 },
      thanks: { text: { en: "Thank you, we have it." }, url: "https://shop.example/thanks" },
    },
  },
  destinations: { crm: { type: "webhook", url: `${hook}/crm` } },
});

let browser, edge, line, hook, got;
before(async () => {
  got = new Map();
  hook = createServer((request, response) => {
    const id = request.headers["webhook-id"];
    got.set(id, (got.get(id) ?? 0) + 1);
    request.resume().on("end", () => response.writeHead(204).end());
  });
  await new Promise((resolve) => hook.listen(0, "127.0.0.1", resolve));
  edge = await start("node", { config: config(`http://127.0.0.1:${hook.address().port}`) });
  line = await gate(edge.url);
  browser = await launch();
});
after(async () => {
  await browser.close();
  await line.close();
  await edge.stop();
  await new Promise((resolve) => hook.close(resolve).closeAllConnections());
});
let context;
afterEach(async () => {
  line.open = true;
  await context?.close();
  context = undefined;
});

async function kiosk(query = "") {
  context = await browser.newContext();
  const tab = await context.newPage();
  await tab.goto(`${line.address}/v1/kiosk/shop/fair${query}`);
  await tab.waitForSelector('body[data-offline="true"] [data-stage] form', PATIENCE);
  return tab;
}

async function fill(tab, name) {
  await tab.fill("#fair-full_name", name);
  await tab.fill("#fair-email", `${name.toLowerCase()}@example.com`);
  await tab.check("#fair-privacy");
}

async function admin(path) {
  const response = await fetch(`${edge.url}/v1/admin/${path}`, { headers: { authorization: `Bearer ${TOKEN}` } });
  assert.equal(response.status, 200);
  return response.json();
}

/** All leads of the edge. */
async function leads() {
  const found = [];
  for (let next = ""; next !== null; ) {
    const page = await admin(`leads?site=shop&limit=100${next && `&before=${next}`}`);
    found.push(...page.leads);
    next = page.next;
  }
  return found;
}

/** Everything that a person could read or find in the page. */
const visible = (tab) =>
  tab.evaluate(() => {
    const values = [...document.querySelectorAll("input,textarea,select")].map(({ type, value, checked }) =>
      type === "checkbox" ? checked : value,
    );
    return JSON.stringify([document.body.textContent, values, location.href, document.title, history.state]);
  });

test("one person after the other, and nothing of the one before is there", async () => {
  const tab = await kiosk("?name=Mallory");
  assert.equal(await tab.inputValue("#fair-full_name"), "", "a link fills nothing");
  await accessible(tab, "the kiosk");
  assert.equal(await tab.locator(".leadkit-draft").count(), 0, "no draft is offered");
  assert.deepEqual(
    await tab.$$eval("[data-stage] form, [data-stage] :is(input, select)", (all) => [
      ...new Set(all.map((one) => one.autocomplete)),
    ]),
    ["off"],
  );
  const length = await tab.evaluate(() => history.length);
  await fill(tab, "Ada");
  await tab.click("[data-stage] [type=submit]");
  await tab.waitForSelector("[data-stage][data-done]", PATIENCE);
  await tab.getByText("Thank you, we have it.").waitFor(PATIENCE);
  assert.equal(await tab.isVisible("#fair-email"), false, "what was typed is out of sight at once");
  await tab.getByRole("button", { name: "Next person" }).click();
  assert.doesNotMatch(await visible(tab), /ada|true/i);
  // Undo, the way back and a reload bring nothing back.
  await tab.focus("#fair-full_name");
  await tab.keyboard.press("Control+z");
  assert.equal(await tab.evaluate(() => history.length), length);
  await tab.reload();
  await tab.waitForSelector("[data-stage] form", PATIENCE);
  assert.doesNotMatch(await visible(tab), /ada@|true/i);
  assert.equal((await leads()).filter(({ email }) => email === "ada@example.com").length, 1);
});

test("who walks away is asked, a key keeps the form, and without one it is cleared", async () => {
  const tab = await kiosk("?idle=2&warn=4");
  await tab.fill("#fair-full_name", "Grace");
  const ask = tab.locator("[data-ask]");
  await ask.waitFor(PATIENCE);
  assert.match(await ask.textContent(), /still there.*\n?\s*[1-4]/s);
  await tab.keyboard.press("Shift");
  await ask.waitFor({ state: "hidden", ...PATIENCE });
  assert.equal(await tab.inputValue("#fair-full_name"), "Grace");
  await tab.waitForFunction(() => document.querySelector("#fair-full_name").value === "", undefined, PATIENCE);
  assert.doesNotMatch(await visible(tab), /grace/i);
});

test("the thanks end by themselves, and more time can be had", async () => {
  const tab = await kiosk("?done=2&warn=600");
  await fill(tab, "Emmy");
  await tab.click("[data-stage] [type=submit]");
  await tab.getByRole("button", { name: "I need more time" }).click(PATIENCE);
  await tab.waitForFunction(
    () => Number(document.querySelector("[data-seconds]").textContent) > 500,
    undefined,
    PATIENCE,
  );
  await tab.getByRole("button", { name: "Next person" }).click();
  await fill(tab, "Lise");
  await tab.click("[data-stage] [type=submit]");
  await tab.waitForSelector("[data-stage]:not([data-done])", PATIENCE);
  assert.equal(await tab.inputValue("#fair-full_name"), "");
});

test("the operator's view opens by a long press, asks for its PIN, and saves what is unsent", async () => {
  const tab = await kiosk();
  line.cut();
  await fill(tab, "Mary");
  await tab.click("[data-stage] [type=submit]");
  await tab.waitForSelector('[data-count="1"]', PATIENCE);
  assert.equal(await tab.locator("[data-count]").textContent(), "1 unsent");
  await tab.waitForSelector("[data-stage]:not([data-done])", PATIENCE);
  const press = async () => {
    await tab.locator("[data-count]").hover();
    await tab.mouse.down();
    await tab.locator("dialog[open]").waitFor(PATIENCE);
    await tab.mouse.up();
  };
  await tab.click("[data-count]");
  assert.equal(await tab.locator("dialog[open]").count(), 0, "a tap opens nothing");
  await press();
  await tab.getByLabel("New PIN").fill("4711");
  await tab.getByRole("button", { name: "Set PIN" }).click();
  await press();
  assert.equal(await tab.getByText("Leads on this device").count(), 0);
  await tab.getByLabel("PIN").fill("1234");
  await tab.keyboard.press("Enter");
  await tab.getByText("This is not the PIN.").waitFor(PATIENCE);
  await tab.getByLabel("PIN").fill("4711");
  await tab.keyboard.press("Enter");
  await tab.getByText("Ready to work without a connection.").waitFor(PATIENCE);
  await accessible(tab, "the operator's view");
  const [download] = await Promise.all([
    tab.waitForEvent("download"),
    tab.getByRole("button", { name: "Save unsent leads" }).click(),
  ]);
  const text = await new Response(await download.createReadStream()).text();
  const saved = JSON.parse(text);
  assert.deepEqual([saved.items.length, saved.items[0].data.email], [1, "mary@example.com"]);
  // The file may be sent as it is; the device sends the same lead, and it is stored once.
  const sent = await fetch(`${edge.url}/v1/leads`, { method: "POST", body: text });
  assert.deepEqual(
    (await sent.json()).r.map(({ s }) => s),
    ["ok"],
  );
  line.open = true;
  await tab.getByRole("button", { name: "Send now" }).click();
  await tab.waitForSelector('[data-count="0"]', PATIENCE);
  assert.equal((await leads()).filter(({ email }) => email === "mary@example.com").length, 1);
});

const EACH = [170, 170, 160];
/** Visitors who do not wait for anything: the form is filled and sent by script, and the next one comes. */
const crowd = (tab, from, count) =>
  tab.evaluate(
    async ({ from, count }) => {
      const kept = [];
      for (let number = from; number < from + count; number += 1) {
        const form = document.querySelector("[data-stage] form");
        const set = (name, value) => {
          const control = form.elements.namedItem(name);
          if (control.type === "checkbox") control.checked = true;
          else control.value = value;
          control.dispatchEvent(new Event("input", { bubbles: true }));
        };
        set("full_name", `Person ${number}`);
        set("email", `person${number}@example.com`);
        set("privacy", true);
        const id = new Promise((resolve) => form.addEventListener("leadkit:kept", ({ detail }) => resolve(detail)));
        form.requestSubmit();
        kept.push(await id);
        document.querySelector("[data-next]").click();
        const fresh = document.querySelector("[data-stage] form");
        if (fresh === form || fresh.elements.namedItem("email").value !== "") throw new Error("not a form of its own");
      }
      return kept;
    },
    { from, count },
  );

test("500 leads of a day offline, the browser killed twice in between: each arrives once", async () => {
  const person = await profile();
  const kept = [];
  let window;
  try {
    let from = 0;
    for (const [round, count] of EACH.entries()) {
      window = await person.open();
      const tab = window.pages()[0] ?? (await window.newPage());
      await tab.goto(`${line.address}/v1/kiosk/shop/fair`);
      await tab.waitForSelector('body[data-offline="true"] [data-stage] form', PATIENCE);
      line.cut();
      // A reload without a connection is the page of before.
      await tab.reload();
      await tab.waitForSelector("[data-stage] form", PATIENCE);
      await tab.waitForSelector(`[data-count="${from}"]`, PATIENCE);
      kept.push(...(await crowd(tab, from, count)));
      from += count;
      if (round < EACH.length - 1) {
        person.kill();
        await window.close().catch(() => undefined);
        continue;
      }
      assert.equal((await leads()).filter(({ email }) => email?.startsWith("person")).length, 0, "nothing went out");
      line.open = true;
      await tab.evaluate(() => dispatchEvent(new Event("online")));
      await tab.waitForSelector('[data-count="0"]', { timeout: 90_000 });
      await window.close();
    }
    assert.deepEqual([...new Set(kept.map(({ kept }) => kept))], ["disk"]);
    const ids = kept.map(({ id }) => id);
    assert.equal(new Set(ids).size, 500);
    const stored = (await leads()).filter(({ email }) => email?.startsWith("person"));
    assert.deepEqual(stored.map(({ id }) => id).sort(), ids.sort());
    const delivered = await until(
      () => {
        const mine = ids.map((id) =>
          [...got].filter(([key]) => key.includes(id)).reduce((sum, [, times]) => sum + times, 0),
        );
        return mine.every((times) => times > 0) && mine;
      },
      "the deliveries",
      90_000,
    );
    assert.deepEqual([...new Set(delivered)], [1], "the webhook heard of each once");
  } finally {
    await window?.close().catch(() => undefined);
    rmSync(person.folder, { recursive: true, force: true });
  }
});
