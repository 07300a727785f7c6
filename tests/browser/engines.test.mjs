// A form in Chromium, Firefox and WebKit: the same script tag, the same page, the same flow. Each engine is only told to open a page;
// the page acts as a visitor does, sees what a visitor sees, and sends back what it saw.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { admin } from "../edge/client.mjs";
import { start } from "../edge/runtime.mjs";
import { collect } from "./support/collector.mjs";
import { ENGINES, opened } from "./support/engines.mjs";
import { CONFIG, rendered, STYLE, sheet } from "./support/form.mjs";
import { serve } from "./support/site.mjs";

const EFFORT = 1_000;
const ACTOR = readFileSync(new URL("support/actor.js", import.meta.url), "utf8");

let edge, site, collector;
const pages = { "/site.css": STYLE, "/actor.js": { body: ACTOR, headers: { "content-type": "text/javascript" } } };

before(async () => {
  site = await serve(pages);
  const config = {
    ...CONFIG,
    site: { ...CONFIG.site, origins: [site.address] },
    spam: { work: { forms: ["steps"], effort: EFFORT } },
  };
  edge = await start("node", { config, env: { LEADKIT_SECRET: "secret" } });
  collector = await collect(
    await (await fetch(`${edge.url}/v1/site/shop`)).json(),
    await rendered(edge.url, "whole", "en"),
  );
  const act = (name) => `<script type="module" src="/actor.js" data-act="${name}"></script>`;
  const form = await rendered(edge.url, "whole", "en");
  pages["/form"] = { headers: {}, body: sheet("", form, { edge: collector.address, more: act("form") }) };
  const element = '<lead-form form="whole"></lead-form>';
  pages["/element"] = { headers: {}, body: sheet("", element, { edge: collector.address, more: act("element") }) };
  const steps = await rendered(edge.url, "steps", "en");
  pages["/work"] = { headers: {}, body: sheet("", steps, { edge: edge.url, more: act("work") }) };
});
after(() => Promise.all([edge?.stop(), site?.close(), collector?.close()]));

/** Lets an engine open a page, and gives what the page saw in the end; `hear` is told what it says meanwhile. */
function visit(engine, url, hear) {
  const told = new Promise((resolve) => {
    pages["/saw"] = {
      take(text) {
        const report = JSON.parse(text);
        if (report.done) resolve(report);
        else hear?.(report);
      },
    };
  });
  return opened(engine, url, told);
}

for (const engine of ENGINES) {
  test(`${engine.name}: problems, a suggestion, a conditional field, a number as it is typed, saved without a network, received once`, async () => {
    collector.stored.clear();
    collector.mode = "down";
    const saw = await visit(engine, `${site.address}/form`, (report) => {
      if (report.step === "saved") collector.mode = "ok";
    });
    assert.deepEqual(saw.errors, []);
    assert.equal(saw.summary, "Please correct 4 fields.");
    assert.equal(saw.focus, "full_name");
    assert.match(saw.problem, /fill in/);
    assert.equal(saw.suggested, "ada@gmail.com");
    assert.equal(saw.corrected, null);
    assert.deepEqual([saw.hidden, saw.shown], [false, true]);
    assert.equal(saw.number, "030 123456");
    assert.match(saw.saved, /^Saved on this device/);
    assert.equal(saw.received, "Thank you, we have it.");
    assert.equal(saw.empty, "");
    assert.equal(collector.stored.size, 1);
    const lead = JSON.parse([...collector.stored.values()][0]);
    assert.equal(lead.data.email, "ada@gmail.com");
    assert.equal(lead.data.number, "4711");
    assert.equal(lead.consent.contact.given, true);
  });

  test(`${engine.name}: an element, sent by the Enter key`, async () => {
    collector.stored.clear();
    collector.mode = "ok";
    const saw = await visit(engine, `${site.address}/element`);
    assert.deepEqual(saw.errors, []);
    assert.equal(saw.received, "Thank you, we have it.");
    assert.equal(collector.stored.size, 1);
  });

  test(`${engine.name}: steps and proof of work, at a real edge`, async () => {
    const saw = await visit(engine, `${site.address}/work`);
    assert.deepEqual(saw.errors, []);
    assert.deepEqual(saw.progress, ["Step 1 of 3", "Step 2 of 3", "Step 3 of 3"]);
    assert.equal(saw.received, "Thank you, we have it.");
    const { body } = await admin(edge.url, "leads?site=shop");
    const row = body.leads.find(({ email }) => email === saw.email);
    const lead = (await admin(edge.url, `leads/shop/${row.id}`)).body;
    assert.deepEqual([lead.verdict.disposition, lead.seen.work], ["accept", "done"]);
  });
}
