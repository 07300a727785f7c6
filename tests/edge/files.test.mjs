// Files beside leads: uploaded first, referred to by their hash, read by the owner alone, and deleted with nobody to refer to them.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { admin, batch, item, leadId, post, postForm, receiver } from "./client.mjs";
import { ORIGIN, start, TOKEN, TWO_RUNTIMES, until } from "./runtime.mjs";

const config = (hook) => ({
  site: { id: "shop", name: "Shop", locale: "en", origins: [ORIGIN] },
  forms: {
    job: {
      fields: [
        { name: "email", type: "email", required: true },
        { name: "cv", type: "file", required: true, label: { en: "Your CV" } },
        { name: "unfinished", type: "consent", purpose: "unfinished", text: { en: "Keep what I began" } },
      ],
      partial: { purpose: "unfinished", days: 2 },
    },
  },
  files: { types: ["pdf", "png"], max_mb: 1, max_files: 2 },
  destinations: { crm: { type: "webhook", url: `${hook}/crm` } },
});

const pdf = (words) => new TextEncoder().encode(`%PDF-1.7\n${words}\n%%EOF`);
const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");
const file = (url, lead, bytes, name = "cv.pdf", headers = {}) =>
  fetch(`${url}/v1/file/shop/job/cv?lead=${lead}&name=${encodeURIComponent(name)}`, {
    method: "POST",
    body: bytes,
    headers: { origin: ORIGIN, ...headers },
  });
const said = async (answer) => ({ status: answer.status, body: await answer.json() });
const download = (url, path) =>
  fetch(`${url}/v1/admin/files/${path}`, { headers: { authorization: `Bearer ${TOKEN}` } });

for (const runtime of TWO_RUNTIMES) {
  describe(`files on ${runtime}`, () => {
    let edge, hook;
    before(async () => {
      hook = await receiver();
      edge = await start(runtime, { config: config(hook.url) });
    });
    after(async () => {
      await edge?.stop();
      await hook?.stop();
    });

    test("a file comes first, its lead refers to it, and the owner gets it back as it was", async () => {
      const lead = leadId();
      const bytes = new Uint8Array(900_000).fill(7);
      bytes.set(pdf("large"));
      const answer = await said(await file(edge.url, lead, bytes, 'Lebenslauf "Ä".pdf\r\nx: y'));
      const hash = sha256(bytes);
      assert.deepEqual(answer, { status: 200, body: { file: hash, type: "pdf", size: 900_000 } });
      const sent = await post(edge.url, batch([item({ email: "a@b.example", cv: hash }, { id: lead, form: "job" })]));
      assert.equal(sent.body.r[0].s, "ok", JSON.stringify(sent.body));
      const { body } = await admin(edge.url, `files/shop/${lead}`);
      assert.deepEqual(
        body.files.map(({ hash, field, type, size, kept }) => ({ hash, field, type, size, kept })),
        [{ hash, field: "cv", type: "application/pdf", size: 900_000, kept: 1 }],
      );
      const got = await download(edge.url, `shop/${lead}/${hash}`);
      assert.equal(got.status, 200);
      assert.equal(
        got.headers.get("content-disposition"),
        "attachment; filename*=UTF-8''Lebenslauf%20%22%C3%84%22.pdfx%3A%20y",
      );
      assert.equal(got.headers.get("content-type"), "application/pdf");
      assert.equal(got.headers.get("x-content-type-options"), "nosniff");
      assert.match(got.headers.get("content-security-policy"), /sandbox/);
      assert.equal(sha256(new Uint8Array(await got.arrayBuffer())), hash);
      const call = await until(() => hook.taken.find(({ body }) => body.includes(hash)), "the webhook");
      assert.match(call.body, /"cv":"[0-9a-f]{64}"/);
    });

    test("nobody else gets a file", async () => {
      const lead = leadId();
      const bytes = pdf("private");
      await file(edge.url, lead, bytes);
      const path = `shop/${lead}/${sha256(bytes)}`;
      assert.equal((await fetch(`${edge.url}/v1/admin/files/${path}`)).status, 401);
      assert.equal((await fetch(`${edge.url}/v1/file/shop/job/cv?lead=${lead}`)).status, 405);
      assert.equal((await download(edge.url, `shop/${lead}/${"0".repeat(64)}`)).status, 404);
    });

    test("what the bytes are counts, not the name: HTML, SVG, programs and too much are refused", async () => {
      const refused = async (bytes, name, type) =>
        (await said(await file(edge.url, leadId(), bytes, name, type))).body.error.code;
      const text = (words) => new TextEncoder().encode(words);
      const claimed = { "content-type": "application/pdf" };
      assert.equal(await refused(text("<!doctype html><script>alert(1)</script>"), "cv.pdf", claimed), "file.type");
      assert.equal(await refused(text('<svg xmlns="http://www.w3.org/2000/svg"/>'), "cv.png"), "file.type");
      assert.equal(await refused(text("MZ program"), "cv.pdf"), "file.type");
      assert.equal(await refused(new Uint8Array([0xff, 0xd8, 0xff, 0xe0]), "cv.pdf"), "file.type", "not allowed here");
      assert.equal(await refused(new Uint8Array(), "cv.pdf"), "file.empty");
      const large = new Uint8Array(1_048_577);
      large.set(pdf("x"));
      assert.equal(await refused(large, "cv.pdf"), "file.too_large");
      const huge = await file(edge.url, leadId(), new Uint8Array(10 * 1024 * 1024 + 1)).catch(() => ({ status: 413 }));
      assert.equal(huge.status, 413);
      const lead = leadId();
      assert.equal((await file(edge.url, lead, pdf("1"))).status, 200);
      assert.equal((await file(edge.url, lead, pdf("2"))).status, 200);
      assert.equal((await file(edge.url, lead, pdf("1"))).status, 200, "the same again is the same");
      assert.deepEqual(await said(await file(edge.url, lead, pdf("3"))), {
        status: 422,
        body: { error: { code: "file.too_many" } },
      });
    });

    test("pages of strangers, unknown fields and broken ids are refused", async () => {
      const status = async (path, headers) =>
        (await fetch(`${edge.url}${path}`, { method: "POST", body: pdf("x"), headers })).status;
      const lead = leadId();
      assert.equal(await status(`/v1/file/shop/job/cv?lead=${lead}`, { origin: "https://evil.example" }), 403);
      assert.equal(await status(`/v1/file/shop/job/email?lead=${lead}`, { origin: ORIGIN }), 404);
      assert.equal(await status("/v1/file/shop/job/cv?lead=../../x", { origin: ORIGIN }), 400);
      const asked = await fetch(`${edge.url}/v1/file/shop/job/cv`, { method: "OPTIONS", headers: { origin: ORIGIN } });
      assert.deepEqual([asked.status, asked.headers.get("access-control-allow-origin")], [204, ORIGIN]);
    });

    test("a form without any script brings its files along", async () => {
      const page = await (await fetch(`${edge.url}/v1/form/shop/job`)).text();
      assert.match(page, /<form method="post" action="[^"]*" enctype="multipart\/form-data"/);
      assert.match(page, /<input type="file"[^>]* accept="application\/pdf,\.pdf,image\/png,\.png" multiple>/);
      const id = /name="leadkit_id" value="([^"]+)"/.exec(page)[1];
      const form = (bytes, more = {}) => {
        const data = new FormData();
        for (const [name, value] of Object.entries({ leadkit_id: id, email: "plain@b.example", ...more }))
          data.set(name, value);
        data.set("cv", new Blob([bytes], { type: "application/pdf" }), "cv.pdf");
        return data;
      };
      const wrong = await postForm(edge.url, "/v1/form/shop/job", form("<html>"));
      assert.equal(wrong.status, 422);
      assert.match(await wrong.text(), /id="job-cv-problem"/);
      const none = await postForm(edge.url, "/v1/form/shop/job", form(""));
      assert.equal(none.status, 422, "an empty choice is no file");
      const bytes = pdf("plain");
      assert.equal((await postForm(edge.url, "/v1/form/shop/job", form(bytes))).status, 303);
      const { body } = await admin(edge.url, `files/shop/${id}`);
      assert.deepEqual(
        body.files.map(({ hash, kept }) => [hash, kept]),
        [[sha256(bytes), 1]],
      );
      const got = await download(edge.url, `shop/${id}/${sha256(bytes)}`);
      assert.equal(sha256(new Uint8Array(await got.arrayBuffer())), sha256(bytes));
      // A form by hand carries no id; sent twice it is one lead all the same.
      const own = new FormData();
      own.set("email", "hand@b.example");
      own.set("cv", new Blob([pdf("hand")]), "cv.pdf");
      for (let time = 0; time < 2; time += 1)
        assert.equal((await postForm(edge.url, "/v1/form/shop/job", own)).status, 303);
      const { body: list } = await admin(edge.url, "leads?site=shop");
      assert.equal(list.leads.filter(({ email }) => email === "hand@b.example").length, 1);
    });

    test("what was begun is kept with consent alone, is no lead, and goes when its lead comes", async () => {
      const id = leadId();
      const partial = (data) =>
        fetch(`${edge.url}/v1/partial`, {
          method: "POST",
          headers: { origin: ORIGIN },
          body: JSON.stringify(batch([item(data, { id, form: "job" })])),
        });
      const listed = async () =>
        (await admin(edge.url, "partials?site=shop")).body.items.filter((one) => one.id === id);
      assert.equal((await partial({ email: "half@" })).status, 200);
      assert.deepEqual(await listed(), [], "nothing without consent");
      await partial({ email: "half@", unfinished: true });
      await partial({ email: "half@b.example", unfinished: true });
      const [one, ...more] = await listed();
      assert.equal(more.length, 0);
      assert.deepEqual([one.form, one.item.data.email], ["job", "half@b.example"]);
      assert.ok(one.until - one.received_at <= 2 * 86_400_000);
      const leads = async () => (await admin(edge.url, "leads?site=shop")).body.leads.filter((lead) => lead.id === id);
      assert.deepEqual(await leads(), [], "a partial is no lead");
      await partial({ email: "half@b.example" });
      assert.deepEqual(await listed(), [], "consent that is taken back deletes it");
      await partial({ email: "half@b.example", unfinished: true });
      const bytes = pdf("whole");
      await file(edge.url, id, bytes);
      const data = { email: "half@b.example", cv: sha256(bytes), unfinished: true };
      const sent = await post(edge.url, batch([item(data, { id, form: "job" })]));
      assert.equal(sent.body.r[0].s, "ok");
      assert.deepEqual(await listed(), []);
      assert.equal((await leads()).length, 1);
      await partial({ email: "half@b.example", unfinished: true });
      assert.deepEqual(await listed(), [], "a late one changes nothing");
      assert.equal(hook.taken.filter(({ body }) => body.includes(id)).length <= 1, true);
    });
  });
}

test("a file that no lead refers to is deleted after its time, one that is referred to stays", {
  skip: !TWO_RUNTIMES.includes("node"),
}, async () => {
  const { folderBlobs } = await import("../../pkg/edge/blob.js");
  const { openDriver } = await import("../../pkg/edge/node.js");
  const { mkdtempSync, rmSync } = await import("node:fs");
  const folder = mkdtempSync(join((await import("node:os")).tmpdir(), "leadkit-files-"));
  const now = Date.now;
  let later = 0;
  Date.now = () => now() + later;
  const files = join(folder, "blobs");
  const { driver, close } = await openDriver({
    sites: [JSON.stringify(config("http://127.0.0.1:1"))],
    db: join(folder, "leads.db"),
    files,
    env: { LEADKIT_ADMIN_TOKEN: TOKEN },
    log: () => undefined,
  });
  try {
    const send = (path, body) => driver.fetch(new Request(`http://edge${path}`, { method: "POST", body }));
    const [kept, loose] = [leadId(), leadId()];
    for (const lead of [kept, loose]) await send(`/v1/file/shop/job/cv?lead=${lead}`, pdf(lead));
    const lead = item({ email: "a@b.example", cv: sha256(pdf(kept)) }, { id: kept, form: "job" });
    const answer = await (await send("/v1/leads", JSON.stringify(batch([lead])))).json();
    assert.equal(answer.r[0].s, "ok");
    const there = () => readdirSync(join(files, "shop")).sort();
    await driver.wake("shop/0");
    assert.deepEqual(there(), [kept, loose].sort(), "both are young");
    later = 25 * 3_600_000;
    await driver.wake("shop/0");
    assert.deepEqual(there(), [kept]);
    await folderBlobs(files).delete([`shop/${loose}/${"0".repeat(64)}`]);
  } finally {
    Date.now = now;
    close();
    rmSync(folder, { recursive: true, force: true });
  }
});
