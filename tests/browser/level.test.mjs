// The JS API and the levels of the core: Wasm, and the same core as plain JavaScript where a page refuses Wasm.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { collect } from "./support/collector.mjs";
import { BARE, CONFIG, FORM, kit, launch, page, serve } from "./support/site.mjs";

const RULES = {
  ...CONFIG,
  qualify: {
    public: {
      scores: { fit: {} },
      rules: [{ id: "order", score: "fit", points: 30, when: { "==": [{ var: "values.topic" }, "order"] } }],
    },
  },
};
const LEAD = {
  form: "contact",
  values: { full_name: "Ada", email: "ada@example.com", topic: "order", number: "7", privacy: "on" },
};
const policy = (edge) => ({
  "content-security-policy": `default-src 'self'; connect-src 'self' ${edge}; form-action 'self' ${edge}`,
});

let browser, edge, site, context, tab;

before(async () => {
  browser = await launch();
});
after(() => browser.close());
beforeEach(async () => {
  edge = await collect(RULES);
  site = await serve({
    "/": BARE,
    "/strict": { ...BARE, headers: policy(edge.address) },
    "/form": page(edge.address, FORM, { headers: policy(edge.address) }),
  });
  context = await browser.newContext();
  tab = await context.newPage();
});
afterEach(async () => {
  await context.close();
  await Promise.all([edge.close(), site.close()]);
});

/** Calls a method of the kit and gives its result, or what is known of its error. */
const call = (name, ...args) =>
  tab.evaluate(
    async ({ name, args }) => {
      try {
        return await window.kit[name](...args);
      } catch (error) {
        return { error: error instanceof Error, name: error.name, code: error.code, details: error.details };
      }
    },
    { name, args },
  );

async function answers(path) {
  await tab.goto(site.address + path);
  await kit(tab, edge.address, {}, RULES);
  const level = await tab.evaluate(() => window.kit.level);
  const checked = await call("check", "contact", { ...LEAD.values, email: "ada@gmial.com", number: "" });
  return { level, checked, verdict: await call("judge", LEAD) };
}

test("check and judge say the same in Wasm and in plain JavaScript", async () => {
  const wasm = await answers("/");
  const plain = await answers("/strict");
  assert.equal(wasm.level, "wasm");
  assert.equal(plain.level, "plain");
  assert.deepEqual(plain.checked, wasm.checked);
  assert.deepEqual(plain.verdict, wasm.verdict);
  assert.deepEqual(wasm.checked.problems, [{ field: "number", code: "required" }]);
  assert.deepEqual(wasm.checked.suggestions, [{ field: "email", value: "ada@gmail.com" }]);
  assert.equal(wasm.verdict.scores.fit.points, 30);
  assert.deepEqual(wasm.verdict.reasons, [{ rule: "order", score: "fit", points: 30 }]);
});

test("under a strict policy the form works, at the level of plain JavaScript", async () => {
  await tab.goto(`${site.address}/form`);
  await tab.focus("#full_name");
  await tab.waitForFunction(() => document.forms[0].noValidate);
  await tab.fill("#full_name", "Ada Lovelace");
  await tab.fill("#email", "ada@example.com");
  await tab.check("[name=privacy]");
  await tab.click("button");
  await tab.waitForSelector('form[data-leadkit-state="received"]');
  assert.equal(edge.stored.size, 1);
});

test("every error is a LeadkitError with a code", async () => {
  await tab.goto(`${site.address}/`);
  await kit(tab, edge.address, {}, RULES);
  const error = (code, details = {}) => ({ error: true, name: "LeadkitError", code, details });
  assert.deepEqual(await call("check", "nothing", {}), error("form.unknown", { form: "nothing" }));
  assert.deepEqual(await call("judge", { form: "nothing", values: {} }), error("form.unknown", { form: "nothing" }));
  assert.deepEqual(await call("submit", { form: 7 }), error("lead.invalid"));
  await call("close");
  assert.deepEqual(await call("submit", LEAD), error("kit.closed"));
  const open = (options) =>
    tab.evaluate(async (options) => {
      const { leadkit, LeadkitError } = await import("/kit/core.js");
      return leadkit(options).then(
        () => "open",
        (error) => [error instanceof LeadkitError, error.code],
      );
    }, options);
  assert.deepEqual(await open({ endpoint: edge.address, site: "NO SITE" }), [true, "options.invalid"]);
  assert.deepEqual(await open({ endpoint: edge.address, site: "b", config: { site: { id: "b" }, forms: {} } }), [
    true,
    "config.invalid",
  ]);
});

test("a listener hears what becomes of a lead until it is removed", async () => {
  await tab.goto(`${site.address}/`);
  await kit(tab, edge.address, {}, RULES);
  const { id, kept } = await call("submit", LEAD);
  assert.equal(kept, "disk");
  await tab.waitForFunction(() => window.seen.some(({ type }) => type === "received"));
  assert.deepEqual(await tab.evaluate(() => window.seen), [
    { type: "kept", id, kept: "disk" },
    { type: "received", id },
  ]);
  await tab.evaluate(() => {
    window.seen = [];
    window.kit.on("received", () => window.seen.push("removed"))();
  });
  await call("submit", { ...LEAD, id });
  await tab.waitForFunction(() => window.seen.length > 1);
  assert.ok(!(await tab.evaluate(() => window.seen)).includes("removed"));
});
