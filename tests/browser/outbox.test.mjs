// The faults of the surroundings, in Chromium: every lead that was kept arrives, none early, none by preflight.
// Each ends with a row of the table: sent, stored, copies beyond the first, requests.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { collect } from "./support/collector.mjs";
import { BARE, CONFIG, kit, launch, profile, QUICK, serve, submit } from "./support/site.mjs";

let browser, edge, site, context, tab;
const table = [];

before(async () => {
  browser = await launch();
});
after(async () => {
  await browser.close();
  const row = (cells) => cells.map((cell, index) => String(cell).padEnd(index === 0 ? 62 : 8)).join("");
  console.log([row(["fault", "sent", "stored", "copies", "requests"]), ...table.map(row)].join("\n"));
});

beforeEach(async () => {
  edge = await collect(CONFIG);
  site = await serve({ "/": BARE, "/other": { body: "<title>other</title><body>other</body>", headers: {} } });
  context = await browser.newContext();
  tab = await context.newPage();
});
afterEach(async (test) => {
  await context.close();
  table.push([test.name, edge.sent ?? "", edge.stored.size, edge.copies - edge.stored.size, edge.requests.length]);
  assert.equal(edge.preflights, 0);
  await Promise.all([edge.close(), site.close()]);
});

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
async function open(page = tab, outbox = QUICK) {
  await page.goto(`${site.address}/`);
  await kit(page, edge.address, outbox);
}
async function send(page, count, size) {
  edge.sent = (edge.sent ?? 0) + count;
  return submit(page, count, size);
}
/** Begins submits and does not wait for them. */
async function begin(page, count) {
  edge.sent = (edge.sent ?? 0) + count;
  await page.evaluate((count) => {
    const values = { full_name: "Ada", email: "ada@example.com" };
    for (let index = 0; index < count; index += 1) void window.kit.submit({ form: "contact", values });
  }, count);
}
async function arrive(ms = 20_000) {
  assert.equal(await edge.until(edge.sent, ms), edge.sent);
}

test("navigate in the same task as the submit", async () => {
  await open();
  edge.sent = 5;
  await tab.evaluate(() => {
    for (let index = 0; index < 5; index += 1)
      void window.kit.submit({ form: "contact", values: { full_name: "Ada" } });
    location.assign("/other");
  });
  await tab.waitForURL("**/other");
  await pause(300);
  await open();
  await arrive();
});

test("navigate after the submit", async () => {
  await open();
  await send(tab, 5);
  await tab.goto(`${site.address}/other`);
  await arrive();
});

test("close the tab while the edge is slow", async () => {
  edge.mode = "slow";
  edge.delayMs = 1_000;
  await open();
  await begin(tab, 5);
  await tab.close({ runBeforeUnload: false });
  tab = await context.newPage();
  await open();
  await arrive();
});

test("503 for a while", async () => {
  edge.mode = 503;
  await open();
  await send(tab, 20);
  await pause(1_500);
  edge.mode = "ok";
  await arrive();
  assert.ok(edge.requests.length < 30);
});

for (const [how, headers, body] of [
  ["seconds", { "retry-after": "2" }, ""],
  ["a date", () => ({ "retry-after": new Date(Date.now() + 3_000).toUTCString() }), ""],
  ["the body", {}, '{"error":{"code":"busy","after_ms":2000}}'],
]) {
  test(`429 with Retry-After as ${how}: no early request, not even by another tab or a flush`, async () => {
    edge.mode = 429;
    edge.headers = typeof headers === "function" ? headers() : headers;
    edge.body = body;
    await open();
    const other = await context.newPage();
    await open(other);
    await send(tab, 5);
    while (edge.requests.length === 0) await pause(10);
    const asked = edge.requests[0].at;
    const until = how === "a date" ? Date.parse(edge.headers["retry-after"]) : asked + 2_000;
    edge.mode = "ok";
    await pause(200);
    await send(tab, 2);
    await send(other, 3);
    await other.evaluate(() => window.kit.flush());
    await arrive();
    const early = edge.requests.slice(1).filter((request) => request.at < until);
    assert.equal(early.length, 0, `${early.length} early requests`);
  });
}

test("stored but the answer is lost", async () => {
  edge.mode = "ackdrop";
  await open();
  await send(tab, 10);
  await pause(3_000);
  const during = edge.requests.length;
  edge.mode = "ok";
  await arrive();
  await tab.waitForFunction(() => window.seen.filter((event) => event.type === "received").length === 10);
  assert.ok(during <= 12, `${during} requests`);
});

test("edge down, navigate, return", async () => {
  edge.mode = "down";
  await open();
  await send(tab, 20);
  await tab.goto(`${site.address}/other`);
  await pause(300);
  edge.mode = "ok";
  await open();
  await arrive();
});

test("two tabs while the edge is down", async () => {
  edge.mode = "down";
  const other = await context.newPage();
  await Promise.all([open(), open(other)]);
  await Promise.all([send(tab, 10), send(other, 10)]);
  await pause(500);
  edge.mode = "ok";
  await arrive();
});

test("eight tabs, some of them closed at once", async () => {
  const tabs = await Promise.all(Array.from({ length: 8 }, () => context.newPage()));
  await Promise.all(tabs.map((page) => open(page)));
  edge.mode = "down";
  await Promise.all(tabs.map((page) => send(page, 10)));
  edge.mode = "ok";
  await Promise.all(tabs.slice(0, 5).map((page) => page.close()));
  await open();
  await arrive(40_000);
});

test("200 KB of leads, then navigate: the ledger is used and the rest follows", async () => {
  edge.mode = "slow";
  edge.delayMs = 300;
  await open();
  await begin(tab, 0);
  edge.sent = 100;
  await tab.evaluate(() => {
    const values = { full_name: "Ada", message: "x".repeat(2_000) };
    for (let index = 0; index < 100; index += 1) void window.kit.submit({ form: "contact", values });
  });
  await pause(30);
  await tab.goto(`${site.address}/other`);
  await pause(1_000);
  const before = edge.stored.size;
  edge.mode = "ok";
  await open();
  await arrive();
  assert.ok(before > 0, "nothing was sent on the way out");
});

test("hide the tab and show it again", async () => {
  await open();
  await send(tab, 5);
  const other = await context.newPage();
  await other.bringToFront();
  await begin(tab, 1);
  await tab.bringToFront();
  await arrive();
});

test("a refused lead lies in the dead letter and the page is told", async () => {
  edge.mode = "bad";
  await open();
  const [{ id }] = await submit(tab, 1);
  await tab.waitForFunction(() => window.seen.some((event) => event.type === "refused"));
  const dead = await tab.evaluate(() => window.kit.refused());
  assert.deepEqual(
    dead.map(({ id, code }) => ({ id, code })),
    [{ id, code: "email.syntax" }],
  );
  await tab.evaluate(() => window.kit.purge());
  assert.deepEqual(await tab.evaluate(() => window.kit.refused()), []);
});

test("413 is answered by halves", async () => {
  edge.mode = 503;
  await open();
  await send(tab, 6);
  await pause(200);
  edge.mode = 413;
  const end = Date.now() + 5_000;
  const smaller = () => edge.requests.some((request) => request.mode === 413 && request.items.length < 6);
  while (!smaller() && Date.now() < end) await pause(1);
  edge.mode = "ok";
  assert.ok(smaller());
  const told = () =>
    tab.evaluate(() => window.seen.filter(({ type }) => type === "received" || type === "refused").length);
  while ((await told()) < 6) await pause(50);
});

test("401 parks the endpoint, and a flush tries it again", async () => {
  edge.mode = 401;
  await open();
  await send(tab, 3);
  await pause(1_000);
  const tries = edge.requests.length;
  assert.ok(tries <= 3, `${tries} requests`);
  edge.mode = "ok";
  await pause(500);
  assert.equal(edge.requests.length, tries);
  await tab.evaluate(() => window.kit.flush());
  await arrive();
});

test("a full outbox refuses the new lead with a reason and keeps the old ones", async () => {
  edge.mode = "down";
  await open(tab, { ...QUICK, maxLeads: 2 });
  await send(tab, 2);
  const code = await tab.evaluate(() =>
    window.kit.submit({ form: "contact", values: {} }).then(
      () => "taken",
      (error) => `${error.name} ${error.code} ${error instanceof Error}`,
    ),
  );
  assert.equal(code, "LeadkitError outbox.full true");
  edge.mode = "ok";
  await arrive();
});

test("the database is deleted under the page", async () => {
  await open();
  await send(tab, 1);
  await arrive();
  await tab.evaluate(
    () =>
      new Promise((resolve) => {
        indexedDB.deleteDatabase("leadkit.shop").onsuccess = resolve;
      }),
  );
  const [{ kept }] = await send(tab, 1);
  assert.equal(kept, "disk");
  await arrive();
});

test("the clock is a year ahead, then right again", async () => {
  edge.mode = "down";
  await tab.addInitScript(() => {
    const real = Date.now.bind(Date);
    Date.now = () => real() + (location.hash === "#future" ? 31_536_000_000 : 0);
  });
  await tab.goto(`${site.address}/#future`);
  await kit(tab, edge.address);
  await send(tab, 3);
  await pause(500);
  await tab.goto(`${site.address}/other`);
  edge.mode = "ok";
  await open();
  await arrive();
});

test("fetch is replaced by one that throws", async () => {
  await open();
  await tab.evaluate(() => {
    window.real = window.fetch;
    window.fetch = () => {
      throw new TypeError("not today");
    };
  });
  await send(tab, 2);
  await pause(300);
  await tab.evaluate(() => {
    window.fetch = window.real;
  });
  await arrive();
});

test("other scripts use up the keepalive quota", async () => {
  await open();
  await tab.evaluate((address) => {
    for (let index = 0; index < 7; index += 1) {
      void fetch(`${address}/hang`, { method: "POST", body: "x".repeat(8_900), keepalive: true }).catch(
        () => undefined,
      );
    }
  }, edge.address);
  await send(tab, 10, 2_000);
  await arrive();
});

test("a trap in the core loses nothing", async () => {
  await open();
  edge.mode = "down";
  await send(tab, 3);
  await tab.evaluate(() => {
    const decode = TextDecoder.prototype.decode;
    TextDecoder.prototype.decode = () => {
      TextDecoder.prototype.decode = decode;
      throw new WebAssembly.RuntimeError("unreachable");
    };
  });
  edge.mode = "ok";
  await send(tab, 2);
  await arrive();
});

for (const delay of [0, 1, 10, 100]) {
  test(`SIGKILL of the browser ${delay} ms after the submit resolved`, async () => {
    edge.mode = "down";
    const person = await profile();
    const visit = await person.open();
    const page = await visit.newPage();
    await open(page);
    const kept = await send(page, 5);
    assert.ok(kept.every((lead) => lead.kept === "disk"));
    await pause(delay);
    const { spawnSync } = await import("node:child_process");
    const found = spawnSync("pgrep", ["-f", "--", `user-data-dir=${person.folder}`], { encoding: "utf8" });
    for (const pid of found.stdout.split("\n").filter(Boolean)) {
      try {
        process.kill(Number(pid), "SIGKILL");
      } catch {
        // A child may be gone with its parent.
      }
    }
    await visit.close().catch(() => undefined);
    edge.mode = "ok";
    const again = await person.open();
    await open(await again.newPage());
    await arrive();
    await again.close();
  });
}

test("the renderer crashes", async () => {
  edge.mode = "down";
  await open();
  await send(tab, 20);
  await tab.goto("chrome://crash").catch(() => undefined);
  tab = await context.newPage();
  edge.mode = "ok";
  await open();
  await arrive();
});

test("the renderer crashes and the visitor never returns: the last will of the page arrives", async () => {
  await open();
  const later = await tab.evaluate(() => typeof globalThis.fetchLater === "function");
  await context.route("**/v1/leads", (route) => route.abort());
  edge.mode = "ok";
  await send(tab, 2);
  await pause(200);
  await tab.goto("chrome://crash").catch(() => undefined);
  if (later) await arrive();
  else edge.sent = 0;
});
