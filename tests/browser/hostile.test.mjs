// The real Inbox of a real edge, with everything that a visitor can fill with script; every page with its policy; and erasing.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { admin, batch, item, post } from "../edge/client.mjs";
import { config, start, TOKEN } from "../edge/runtime.mjs";

const CHROMIUM = process.env.LEADKIT_CHROMIUM ?? "/usr/bin/chromium";
const EVIL = [
  `<img src=x onerror="window.owned=1">`,
  `"><script>window.owned=1</script>`,
  `'-window.owned=1-'`,
  `javascript:window.owned=1`,
  `</textarea><svg onload=window.owned=1>`,
  "{{constructor.constructor('window.owned=1')()}}",
];

let edge, browser;
before(async () => {
  edge = await start("node", { config: config(), env: { LEADKIT_SECRET: "a secret of the deployment" } });
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
});
after(async () => {
  await browser?.close();
  await edge?.stop();
});

const lead = (evil, more = {}) =>
  item(
    { full_name: evil, email: "a@example.com", message: evil, ok: true, [evil]: evil, link: evil },
    {
      ctx: { page: evil, referrer: evil, locale: evil, [evil]: evil, touches: [{ page: evil, source: evil }] },
      ...more,
    },
  );

test("no script of a visitor runs in the Inbox, and an erased lead is gone from it", async () => {
  const stored = EVIL.map((evil) => lead(evil));
  const refused = EVIL.map((evil) => lead(evil, { data: { email: evil, full_name: evil, ok: true } }));
  const { body } = await post(edge.url, batch([...stored, ...refused]));
  assert.deepEqual(new Set(body.r.slice(0, EVIL.length).map(({ s }) => s)), new Set(["ok"]));
  const page = await browser.newPage();
  const faults = [];
  page.on("dialog", (dialog) => {
    faults.push(dialog.message());
    void dialog.dismiss();
  });
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("console", (line) => /Content Security Policy/.test(line.text()) && faults.push(line.text()));
  await page.goto(`${edge.url}/inbox`);
  await page.getByLabel("Admin token").fill(TOKEN);
  await page.getByLabel("Admin token").press("Enter");
  await page.locator("a.row").first().waitFor();
  for (const { id, data } of stored) {
    await page.goto(`${edge.url}/inbox#/shop/${id}`);
    await page.getByText(`"id": "${id}"`).waitFor({ state: "attached" });
    assert.ok((await page.locator("main h1").textContent()).length > 0, data.full_name);
    assert.equal(await page.locator("main img, main script, main iframe, main a[href^='javascript']").count(), 0);
  }
  await page.goto(`${edge.url}/inbox#quarantine`);
  await page.getByText("email.syntax").first().waitFor();
  assert.equal(await page.evaluate(() => window.owned), undefined);
  assert.deepEqual(faults, []);

  const [first] = stored;
  await page.goto(`${edge.url}/inbox#/shop/${first.id}`);
  await page.getByText(`"id": "${first.id}"`).waitFor({ state: "attached" });
  // Five more leads have the same address.
  await page.locator(".others li").nth(4).waitFor();
  assert.equal(await page.locator(".others li").count(), 5);
  await page.getByRole("button", { name: "Erase this lead" }).click();
  assert.equal((await admin(edge.url, `leads/shop/${first.id}`)).status, 200);
  await page.getByRole("button", { name: "Erase for ever" }).click();
  await page.getByText("Its id stays").waitFor();
  assert.equal((await admin(edge.url, `leads/shop/${first.id}`)).status, 404);
  assert.equal(await page.evaluate(() => window.owned), undefined);
  await page.close();
});

test("every page that the edge serves has a strict policy", async () => {
  const files = (folder) =>
    readdirSync(new URL(`../../pkg/${folder}/`, import.meta.url), { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? files(`${folder}/${entry.name}`) : [`/${folder}/${entry.name}`],
    );
  const evil = encodeURIComponent(EVIL[1]);
  const paths = [
    ...["/", "/inbox", "/inbox/", "/healthz", "/metrics", "/v1/site/shop", "/v1/admin/leads", `/${evil}`],
    ...["contact", "booking", "measure", evil].flatMap((form) => [
      `/v1/form/shop/${form}`,
      `/v1/form/shop/${form}/thanks`,
    ]),
    ...[`/v1/form/${evil}/contact?lang=${evil}`, `/v1/form/shop/contact?full_name=${evil}&email=${evil}&lang=${evil}`],
    ...files("inbox"),
    ...files("kit"),
  ];
  let pages = 0;
  for (const path of paths) {
    const response = await fetch(`${edge.url}${path}`, { redirect: "manual" });
    const type = response.headers.get("content-type") ?? "";
    const text = await response.text();
    assert.ok(!text.includes(EVIL[1]), path);
    if (!/html|xhtml/.test(type)) continue;
    pages += 1;
    const policy = response.headers.get("content-security-policy") ?? "";
    assert.match(policy, /default-src 'none'/, path);
    assert.ok(!/unsafe-inline|unsafe-eval(?<!wasm-unsafe-eval)|\*/.test(policy), `${path}: ${policy}`);
    assert.match(policy, /frame-ancestors|base-uri/, path);
    assert.equal(response.headers.get("x-content-type-options"), "nosniff", path);
  }
  assert.ok(pages >= 8, String(pages));
});
