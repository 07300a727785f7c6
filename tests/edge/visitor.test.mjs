// What the visitor reads and sees next: the message of a filter and the segment's next page, by all rules of the edge.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { batch, good, item, post, postForm } from "./client.mjs";
import { config, RUNTIMES, start } from "./runtime.mjs";

const NEXT = {
  kind: "calendar",
  url: "https://cal.example/ada?a=1&b=2",
  text: { en: "Choose a time", de: "Termin wählen" },
};
const MESSAGE = { en: "We do not <deliver> there.", de: "Dorthin liefern wir nicht." };

function site() {
  const out = config();
  out.qualify.private.segments = [
    { id: "fast", when: { "==": [{ var: "values.message" }, "calendar"] }, next: NEXT },
    { id: "hostile", when: { "==": [{ var: "values.message" }, "hostile"] }, next: { url: "javascript:alert(1)" } },
    { id: "all", next: { kind: "thanks" } },
  ];
  out.qualify.private.filters = [
    { id: "far", disposition: "reject", when: { "==": [{ var: "values.message" }, "far"] }, message: MESSAGE },
  ];
  return out;
}

for (const runtime of RUNTIMES) {
  describe(runtime, () => {
    let edge;
    before(async () => {
      edge = await start(runtime, { config: site() });
    });
    after(() => edge?.stop());

    test("an answer tells what the visitor reads and sees next, and nothing else of the verdict", async () => {
      const [fast, far, plain] = ["calendar", "far", "hello"].map((message) => item({ ...good, message }));
      const bad = item({ ...good, email: "x", message: "far" });
      const { body } = await post(edge.url, batch([fast, far, plain, bad]));
      assert.deepEqual(body.r, [
        { id: fast.id, s: "ok", n: NEXT },
        { id: far.id, s: "ok", m: MESSAGE },
        { id: plain.id, s: "ok", n: { kind: "thanks" } },
        { id: bad.id, s: "bad", c: "email.syntax", f: "email" },
      ]);
      const again = await post(edge.url, batch([far]));
      assert.deepEqual(again.body.r, [{ id: far.id, s: "dup", m: MESSAGE }]);
    });

    test("a form without scripts ends on a page that says it", async () => {
      const send = async (message, lang) => {
        const fields = { full_name: `Ada ${lang}`, email: "ada@example.com", ok: "true", message, leadkit_lang: lang };
        const response = await postForm(edge.url, "/v1/form/shop/contact", fields);
        return [response.status, await response.text()];
      };
      const [status, far] = await send("far", "en");
      assert.equal(status, 200);
      assert.match(far, /<p role="status">We do not &lt;deliver&gt; there\.<\/p>/);
      assert.ok(!far.includes("<a"));
      assert.match((await send("far", "de"))[1], /Dorthin liefern wir nicht\./);
      const [, fast] = await send("calendar", "de");
      assert.match(fast, /<a href="https:\/\/cal\.example\/ada\?a=1&amp;b=2">Termin wählen<\/a>/);
      assert.equal((await send("hello", "en"))[0], 303);
      assert.equal((await send("hostile", "en"))[0], 303);
    });
  });
}
