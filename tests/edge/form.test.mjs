// Forms without any script: the hosted page, what plain HTML sends, and the form that comes back.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { admin, batch, item, post, postForm } from "./client.mjs";
import { ORIGIN, RUNTIMES, start } from "./runtime.mjs";

const POLICY = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
const PATH = "/v1/form/shop/contact";
const good = { full_name: "Ada", email: "ada@example.com", ok: "true" };
const pages = new Map();

for (const runtime of RUNTIMES) {
  describe(runtime, () => {
    let edge;
    before(async () => {
      edge = await start(runtime);
    });
    after(() => edge?.stop());

    const leads = async () => (await admin(edge.url, "leads?limit=200")).body.leads;
    const count = async () => (await leads()).length;
    const hidden = (html) => /name="leadkit_id" value="([^"]+)"/.exec(html)?.[1];

    test("the hosted page is a form that works under a strict policy", async () => {
      const response = await fetch(`${edge.url}${PATH}?lang=de`);
      const html = await response.text();
      assert.equal(response.status, 200);
      assert.equal(response.headers.get("content-type"), "text/html; charset=utf-8");
      assert.equal(response.headers.get("content-security-policy"), POLICY);
      assert.equal(response.headers.get("cache-control"), "private, no-cache");
      assert.match(html, /<html lang="de">/);
      assert.match(html, /<title>Kontakt – Shop &amp; Co<\/title>/);
      assert.match(html, /<label for="contact-email">E-Mail<\/label>/);
      assert.match(html, /<link rel="stylesheet" href="\/kit\/page.css">/);
      assert.doesNotMatch(html, /<script|<style| style=| on[a-z]+=/);
      assert.match(hidden(html), /^[0-9a-f]{8}-[0-9a-f]{4}-7/);
      const second = await (await fetch(`${edge.url}${PATH}?lang=de`)).text();
      assert.notEqual(hidden(second), hidden(html));
      pages.set(runtime, html.replace(hidden(html), "ID"));
    });

    test("a link fills what the form allows, steps have headings, and where it came from is kept with the lead", async () => {
      const path = "/v1/form/shop/measure";
      const link = "?lang=en&piece=coat&email=ada%40example.com&ok=true&utm_source=flyer&GCLID=abc&secret=s";
      const headers = { referer: "https://news.example/inbox?id=7" };
      const response = await fetch(`${edge.url}${path}${link}`, { headers });
      assert.equal(response.headers.get("cache-control"), "no-store", "what a link filled in stays in no cache");
      const html = await response.text();
      assert.match(html, /<fieldset data-leadkit-step>\s*<legend>What<\/legend>/);
      assert.match(html, /<option value="coat" selected>/);
      assert.match(html, /value="ada@example.com"/);
      assert.doesNotMatch(html, / checked|secret/);
      const touch = /name="leadkit_touch" value="([^"]+)"/.exec(html)[1].replaceAll("&quot;", '"');
      const id = hidden(html);
      const fields = { piece: "coat", email: "ada@example.com", leadkit_id: id, leadkit_touch: touch };
      const again = await postForm(edge.url, path, fields);
      assert.equal(again.status, 422);
      assert.match(
        await again.text(),
        /name="leadkit_touch" value="[^"]*flyer/,
        "it comes along with the form that came back",
      );
      for (let sent = 0; sent < 2; sent += 1)
        assert.equal((await postForm(edge.url, path, { ...fields, ok: "true" })).status, 303);
      const lead = (await admin(edge.url, `leads/shop/${id}`)).body;
      const { first, last } = lead.context.attribution;
      assert.deepEqual(last, first);
      const { at, url, ...rest } = first;
      assert.deepEqual([url, rest], [path, { referrer: "news.example", utm_source: "flyer", gclid: "abc" }]);
      assert.deepEqual(lead.unknown, {});
    });

    test("what a page claims of its visitor's way is cut to what is known", async () => {
      const attribution = {
        first: { at: 1, url: "https://a.example/?mail=x", utm_source: "a", other: "b", utm_term: "x".repeat(600) },
        cookies: { _fbp: "fb.1", session: "secret" },
      };
      const lead = item({ ...good, ok: true }, { ctx: { attribution } });
      assert.equal((await post(edge.url, batch([lead]))).body.r[0].s, "ok");
      const stored = (await admin(edge.url, `leads/shop/${lead.id}`)).body;
      assert.deepEqual(stored.context.attribution, {
        first: { at: 1, url: "https://a.example/", utm_source: "a" },
        cookies: { _fbp: "fb.1" },
      });
    });

    test("the language is the visitor's", async () => {
      const response = await fetch(`${edge.url}${PATH}`, { headers: { "accept-language": "de-CH, en;q=0.5" } });
      assert.match(await response.text(), /<html lang="de-CH">/);
    });

    test("the form alone can be fetched by a page that wants to show it", async () => {
      const response = await fetch(`${edge.url}${PATH}?part=form`, { headers: { origin: ORIGIN } });
      assert.match(await response.text(), /^<form method="post" action="\/v1\/form\/shop\/contact"/);
      assert.equal(response.headers.get("access-control-allow-origin"), ORIGIN);
    });

    test("a good form is stored and leads to the thanks", async () => {
      const before = await count();
      const id = hidden(await (await fetch(`${edge.url}${PATH}`)).text());
      const response = await postForm(edge.url, PATH, { ...good, leadkit_id: id, leadkit_lang: "de" });
      assert.equal(response.status, 303);
      assert.equal(response.headers.get("location"), `${PATH}/thanks?lang=de`);
      const thanks = await fetch(`${edge.url}${response.headers.get("location")}`);
      assert.match(await thanks.text(), /Vielen Dank\. Ihre Nachricht ist angekommen\./);
      assert.equal(await count(), before + 1);
      const { body } = await admin(edge.url, `leads/shop/${id}`);
      assert.deepEqual(body.values, { full_name: "Ada", email: "ada@example.com", ok: true, news: false });
      assert.deepEqual(body.context, { locale: "de", script: false });
    });

    test("a reload that sends it again changes nothing", async () => {
      const id = hidden(await (await fetch(`${edge.url}${PATH}`)).text());
      const fields = { ...good, leadkit_id: id };
      assert.equal((await postForm(edge.url, PATH, fields)).status, 303);
      const before = await count();
      assert.equal((await postForm(edge.url, PATH, fields)).status, 303);
      assert.equal(await count(), before);
    });

    test("whoever goes back, changes the form and sends it again leaves a second lead", async () => {
      const id = hidden(await (await fetch(`${edge.url}${PATH}`)).text());
      assert.equal((await postForm(edge.url, PATH, { ...good, leadkit_id: id, message: "one" })).status, 303);
      const before = await count();
      assert.equal((await postForm(edge.url, PATH, { ...good, leadkit_id: id, message: "two" })).status, 303);
      assert.equal(await count(), before + 1);
    });

    test("a form with mistakes comes back with its values, its problems and the same id", async () => {
      const id = hidden(await (await fetch(`${edge.url}${PATH}`)).text());
      const wrong = {
        full_name: '"><script>alert(1)</script>',
        email: "nonsense",
        message: "a\n</textarea>b",
        leadkit_id: id,
      };
      const response = await postForm(edge.url, PATH, wrong);
      const html = await response.text();
      assert.equal(response.status, 422);
      assert.equal(response.headers.get("content-security-policy"), POLICY);
      assert.match(html, /role="alert">Please check the fields that are marked\./);
      assert.match(html, /aria-invalid="true" aria-describedby="contact-email-problem" value="nonsense"/);
      assert.match(html, /id="contact-ok-problem">Please tick this box/);
      assert.match(html, /value="&quot;&gt;&lt;script&gt;alert\(1\)&lt;\/script&gt;"/);
      assert.match(html, />\na\n&lt;\/textarea&gt;b<\/textarea>/);
      assert.doesNotMatch(html, /<script/);
      assert.equal(hidden(html), id);
      pages.set(`${runtime} again`, html.replace(id, "ID"));
      const { body } = await admin(edge.url, "quarantine");
      assert.ok(body.items.some((entry) => entry.id === id && entry.code === "email.syntax"));
      assert.equal((await postForm(edge.url, PATH, { ...good, leadkit_id: id })).status, 303);
      assert.equal((await admin(edge.url, `leads/shop/${id}`)).status, 200);
    });

    test("a hand-written form without an id is recognised when it is sent twice", async () => {
      const before = await count();
      const fields = { ...good, full_name: "By hand" };
      assert.equal((await postForm(edge.url, PATH, fields)).status, 303);
      assert.equal((await postForm(edge.url, PATH, fields)).status, 303);
      assert.equal(await count(), before + 1);
      assert.equal((await postForm(edge.url, PATH, { ...fields, message: "other" })).status, 303);
      assert.equal(await count(), before + 2);
    });

    test("multipart forms give their fields, several values and no files", async () => {
      const data = new FormData();
      for (const [name, value] of Object.entries({ ...good, full_name: "Jörg", message: "a\r\nb" }))
        data.set(name, value);
      data.append("size", "s");
      data.append("size", "m");
      data.append("extra", "kept");
      data.set("file", new Blob(["x"]), "x.txt");
      assert.equal((await postForm(edge.url, PATH, data)).status, 303);
      const [newest] = await leads();
      const { body } = await admin(edge.url, `leads/shop/${newest.id}`);
      assert.equal(body.values.full_name, "Jörg");
      assert.deepEqual(body.values.size, ["s", "m"]);
      assert.deepEqual(body.unknown, { extra: "kept" });
    });

    test("the owner's page of thanks is where the form leads", async () => {
      const path = "/v1/form/shop/booking";
      const response = await postForm(edge.url, path, { email: "a@example.com" });
      assert.equal(response.headers.get("location"), "https://shop.example/thanks");
      const page = await fetch(`${edge.url}${path}`);
      assert.match(page.headers.get("content-security-policy"), /form-action 'self' https:\/\/shop\.example;/);
    });

    test("forms of other origins, other kinds and other names are refused", async () => {
      const status = async (path, headers) => (await postForm(edge.url, path, good, headers)).status;
      assert.equal(await status(PATH, { origin: "https://evil.example" }), 403);
      assert.equal(await status(PATH, { origin: ORIGIN }), 303);
      assert.equal(await status(PATH, { origin: edge.url }), 303);
      assert.equal(await status("/v1/form/shop/none"), 404);
      assert.equal(await status("/v1/form/none/contact"), 404);
      assert.equal(await status(PATH, { "content-type": "text/plain" }), 415);
      assert.equal((await fetch(`${edge.url}/v1/form/shop/none`)).status, 404);
      const wrong = await fetch(`${edge.url}${PATH}`, { method: "DELETE" });
      assert.equal(wrong.headers.get("allow"), "GET, HEAD, POST");
    });

    test("a lead that names last week's form is judged under it", async () => {
      const [{ form }] = await leads();
      const answer = await post(edge.url, batch([item({ ...good, ok: true }, { form: "contact@00000000" })]));
      assert.equal(answer.body.r[0].s, "ok");
      assert.match(form, /^(contact|booking)@[0-9a-f]{8}$/);
    });
  });
}

test("all runtimes write the same pages", () => {
  for (const suffix of ["", " again"]) {
    const [first, ...others] = RUNTIMES.map((runtime) => pages.get(`${runtime}${suffix}`));
    assert.ok(first.length > 500);
    for (const other of others) assert.equal(other, first);
  }
});
