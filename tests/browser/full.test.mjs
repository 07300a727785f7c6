// The full API in Chromium: plain values in and out, and the same verdict as the kit of the embed and the edge.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { launch, serve } from "./support/site.mjs";

const CONFIG = {
  site: { id: "shop", name: "Shop", locale: "de" },
  forms: {
    contact: {
      fields: [
        { name: "email", type: "email", required: true },
        { name: "country", type: "country" },
        { name: "phone", type: "phone", country: { field: "country" } },
        { name: "budget", type: "money" },
        { name: "sizes", type: "choice", options: ["s", "m"], multiple: true },
      ],
    },
  },
  qualify: {
    public: {
      scores: { fit: {} },
      rules: [
        { id: "landline", score: "fit", points: 10, when: { "==": [{ var: "phone.type" }, "fixed_line"] } },
        { id: "disposable", score: "fit", points: -50, when: { var: "email.disposable" } },
      ],
    },
  },
};
const ID = "01890a5d-ac96-774b-bcce-b302099a8057";
const VALUES = [
  { email: "ada@gmial.com", country: "Deutschland", phone: "030 123456", budget: "1.200,50 €", sizes: ["s"] },
  { email: "x@mailinator.com", phone: "+44 20 7946 0000" },
  { email: "ada@müller.example", phone: "12", sizes: ["xl", "m"] },
  { email: "" },
];

let browser, site, tab, edge;

before(async () => {
  const entry = "import { full } from '/pkg/entry/full.js'; window.full = full;";
  edge = await import(new URL("../../pkg/wasm/edge.js", import.meta.url));
  edge.initSync({ module: readFileSync(new URL("../../pkg/wasm/edge.wasm", import.meta.url)) });
  edge.configure(JSON.stringify({ ...CONFIG, site: { ...CONFIG.site, origins: ["https://shop.example"] } }));
  const body = `<!doctype html><html lang="de"><title>full</title><form><input name="email"><input name="phone">
    <select name="sizes" multiple><option selected>s<option selected>m</select></form>
    <script type="module">${entry}</script>`;
  site = await serve({ "/": { body } });
  browser = await launch();
  tab = await browser.newPage();
  await tab.goto(site.address);
  await tab.waitForFunction(() => window.full);
  await tab.evaluate(async (config) => {
    window.api = await window.full({ config });
  }, CONFIG);
});
after(async () => {
  await browser.close();
  await site.close();
});

test("plain values in, the verdict of the edge out", async () => {
  for (const values of VALUES) {
    const verdict = await tab.evaluate(({ id, values }) => window.api.judge({ id, form: "contact", values }, 2), {
      id: ID,
      values,
    });
    const lead = { id: ID, at: 2, form: "contact", data: values, ctx: {}, consent: {} };
    const known = { hosts: { "müller.example": "xn--mller-kva.example" } };
    const expected = edge.judge("shop", JSON.stringify({ lead, known, now: 2 }));
    assert.equal(JSON.stringify(verdict), expected);
  }
});

test("values are checked at once, and faults of the caller have codes", async () => {
  const checked = await tab.evaluate(() =>
    window.api.check("contact", { email: "ada@gmial.com", phone: "030 123456" }),
  );
  assert.equal(checked.suggestions[0].value, "ada@gmail.com");
  assert.equal(checked.problems[0].code, "phone.country");
  assert.deepEqual(checked.pending, []);
  const codes = await tab.evaluate(async () => {
    const cycle = {};
    cycle.self = cycle;
    const attempts = [
      () => window.api.check("nothing", {}),
      () => window.api.check("contact", cycle),
      () => window.full({ config: { forms: { a: 1 } } }),
    ];
    const codes = [];
    for (const attempt of attempts) {
      try {
        await attempt();
      } catch (error) {
        codes.push(error.code);
      }
    }
    return codes;
  });
  assert.deepEqual(codes, ["form.unknown", "lead.invalid", "config.invalid"]);
});

test("a form is watched until the watching ends", async () => {
  await tab.evaluate(() => {
    window.heard = [];
    window.stop = window.api.watch(document.forms[0], "contact", (checked) => window.heard.push(checked));
  });
  await tab.fill("[name=email]", "ada@gmial.com");
  await tab.focus("[name=phone]");
  const heard = await tab.evaluate(() => window.heard.at(-1));
  assert.equal(heard.suggestions[0].value, "ada@gmail.com");
  assert.deepEqual(heard.values.sizes, ["s", "m"]);
  const after = await tab.evaluate(() => {
    window.stop();
    window.heard = [];
    document.forms[0].dispatchEvent(new Event("change", { bubbles: true }));
    return window.heard.length;
  });
  assert.equal(after, 0);
});
