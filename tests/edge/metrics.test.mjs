// What a monitoring system reads: who may, whether a strict parser takes it, and whether the numbers add up.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { startCore } from "../../pkg/edge/core.js";
import { Driver } from "../../pkg/edge/driver.js";
import { batch, good, item, post, postForm, receiver } from "./client.mjs";
import { parse, sum } from "./openmetrics.mjs";
import { config, start, TOKEN, TWO_RUNTIMES, until } from "./runtime.mjs";

const SCRAPE = "a-token-that-only-reads-numbers";

for (const runtime of TWO_RUNTIMES) {
  describe(runtime, () => {
    let edge;
    let hook;
    before(async () => {
      hook = await receiver();
      hook.answer(({ path }) => ({ status: path === "/crm" ? 500 : 200 }));
      edge = await start(runtime, { hook: hook.url, objects: 3, env: { LEADKIT_METRICS_TOKEN: SCRAPE } });
    });
    after(async () => {
      await edge?.stop();
      await hook?.stop();
    });

    const get = (token, path = "/metrics") =>
      fetch(`${edge.url}${path}`, { headers: token === undefined ? {} : { authorization: `Bearer ${token}` } });
    const read = async () => parse(await (await get(SCRAPE)).text());

    test("the token of the Inbox and one of its own open the page, and that one opens nothing else", async () => {
      for (const token of [TOKEN, SCRAPE]) {
        const response = await get(token);
        assert.equal(response.status, 200);
        const type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
        assert.equal(response.headers.get("content-type"), type);
        assert.equal(response.headers.get("cache-control"), "no-store");
      }
      for (const token of [undefined, "", "wrong", `${SCRAPE}x`]) assert.equal((await get(token)).status, 401);
      assert.equal((await get(SCRAPE, "/v1/admin/leads")).status, 401);
      assert.equal((await fetch(`${edge.url}/metrics`, { method: "POST" })).status, 405);
    });

    test("the numbers add up and hold nothing of a visitor", async () => {
      const before = await read();
      const items = Array.from({ length: 12 }, () =>
        item({ ...good, full_name: "Ada", email: "ada.secret@example.com" }),
      );
      const wrong = [item({ ...good, email: "nonsense" }), item({ ...good, email: "nonsense.too" })];
      await post(edge.url, batch([...items, ...wrong]));
      await post(edge.url, batch(items.slice(0, 5)));
      const fields = { full_name: "Bea", email: "bea@example.com", ok: "on" };
      assert.equal((await postForm(edge.url, "/v1/form/shop/contact", fields)).status, 303);
      await get("wrong");
      const now = await until(async () => {
        const found = await read();
        const women = sum(found, "leadkit_deliveries", { destination: "women", state: "done" });
        const tried = sum(found, "leadkit_delivery_queue_depth", { destination: "crm" });
        return women === 12 && tried === 13 && hook.taken.some(({ path }) => path === "/crm") && found;
      }, "the deliveries");
      const site = { site: "shop" };
      assert.equal(sum(now, "leadkit_leads", site), 13);
      assert.equal(sum(now, "leadkit_quarantined_leads", site), 2);
      for (const [answer, count] of Object.entries({ ok: 13, dup: 5, bad: 2, later: 0 })) {
        assert.equal(sum(now, "leadkit_process_answers", { ...site, answer }), count, answer);
      }
      // Nobody agreed to the newsletter, and Bea is not Ada.
      const dead = { destination: "mail", state: "dead", reason: "consent_missing" };
      assert.equal(sum(now, "leadkit_deliveries", dead), 13);
      assert.equal(sum(now, "leadkit_deliveries", site), 13 + 13 + 12);
      assert.equal(sum(now, "leadkit_deliveries", { destination: "crm" }), 13);
      assert.equal(sum(now, "leadkit_delivery_queue_depth", { destination: "women" }), 0);
      assert.ok(sum(now, "leadkit_delivery_oldest_due_age_seconds") < 60);
      assert.equal(sum(now, "leadkit_destination_held"), 0);
      assert.equal(sum(now, "leadkit_process_traps"), 0);
      const grown = (code) =>
        sum(now, "leadkit_process_requests", { class: code }) -
        sum(before, "leadkit_process_requests", { class: code });
      assert.deepEqual([grown("3xx"), grown("4xx"), grown("5xx")], [1, 1, 0]);
      assert.ok(grown("2xx") >= 3);
      assert.ok(sum(now, "leadkit_process_start_time_seconds") <= Date.now() / 1000);
      const text = await (await get(SCRAPE)).text();
      for (const secret of [
        "Ada",
        "Bea",
        "example.com",
        "nonsense",
        hook.url,
        SCRAPE,
        TOKEN,
        ...items.map(({ id }) => id),
      ]) {
        assert.ok(!text.includes(secret), secret);
      }
    });
  });
}

test("a trap is counted", async () => {
  const core = startCore(readFileSync(new URL("../../pkg/wasm/edge.wasm", import.meta.url)));
  let traps = 1;
  const request = (...args) => (traps-- > 0 ? core.trap() : core.request(...args));
  const host = {
    sql: async (_object, statements) => statements.map(() => []),
    now: Date.now,
    entropy: () => "0".repeat(64),
    log: () => undefined,
    env: (name) => (name === "LEADKIT_ADMIN_TOKEN" ? TOKEN : undefined),
  };
  const driver = new Driver({ ...core, request }, host, { sites: [JSON.stringify(config())] });
  const read = () =>
    driver.fetch(new Request("http://edge.test/metrics", { headers: { authorization: `Bearer ${TOKEN}` } }));
  assert.equal((await read()).status, 503);
  const families = parse(await (await read()).text());
  assert.equal(sum(families, "leadkit_process_traps"), 1);
  assert.equal(sum(families, "leadkit_process_requests", { class: "5xx" }), 1);
});
