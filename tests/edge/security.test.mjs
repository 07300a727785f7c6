// Attacks on the edge that belong to no other file; docs/security.md says where the rest is tested.
import assert from "node:assert/strict";
import { request } from "node:http";
import { after, before, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { admin, batch, good, item, leadId, post, postForm } from "./client.mjs";
import { ORIGIN, start, TOKEN, TWO_RUNTIMES } from "./runtime.mjs";

/** A request whose headers `fetch` would not send. */
function raw(url, options) {
  return new Promise((resolve, reject) => {
    const asked = request(url, options, (response) => {
      let text = "";
      response.on("data", (chunk) => (text += chunk));
      response.on("end", () => resolve({ status: response.statusCode, headers: response.headers, text }));
    });
    asked.on("error", reject);
    asked.end(options.body);
  });
}

for (const runtime of TWO_RUNTIMES) {
  describe(runtime, () => {
    let edge;
    before(async () => {
      edge = await start(runtime);
    });
    after(() => edge?.stop());

    const well = async () => assert.equal((await fetch(`${edge.url}/healthz`)).status, 200);

    test("a bomb of JSON is refused without harm", async () => {
      const deep = (open, close) => `${open.repeat(10_000)}1${close.repeat(10_000)}`;
      for (const bomb of [deep("[", "]"), deep('{"a":', "}"), "[".repeat(60_000)]) {
        assert.equal((await post(edge.url, bomb)).status, 400);
        const [answer] = (await post(edge.url, `{"v":1,"k":"shop","items":[${bomb.slice(0, 50_000)}]}`)).body.r ?? [];
        assert.equal(answer, undefined);
      }
      await well();
    });

    test("a compressed bomb is not unpacked", async () => {
      const packed = gzipSync(Buffer.alloc(32 * 1024 * 1024, 32));
      assert.ok(packed.length < 64 * 1024);
      const headers = { "content-type": "text/plain", "content-encoding": "gzip", origin: ORIGIN };
      const response = await fetch(`${edge.url}/v1/leads`, { method: "POST", headers, body: packed });
      assert.equal(response.status, 400);
      assert.match((await response.json()).error.code, /^json/);
      await well();
    });

    test("names that JavaScript treats in its own way are values like any other", async () => {
      const data = `{"email":"a@example.com","ok":true,"__proto__":{"admin":true},"constructor":"x","toString":"y"}`;
      const one = item();
      const text = JSON.stringify(batch([one])).replace(JSON.stringify(one.data), data);
      const { body } = await post(edge.url, text);
      assert.equal(body.r[0].s, "ok");
      const { body: stored } = await admin(edge.url, `leads/shop/${one.id}`);
      assert.deepEqual(Object.keys(stored.unknown).toSorted(), ["__proto__", "constructor", "toString"]);
      assert.equal({}.admin, undefined);
      await well();
    });

    test("no value gets into a header or onto a line of its own in the log", async () => {
      const evil = 'x\r\nset-cookie: evil=1\r\n\r\n{"level":"alert","event":"forged"}';
      const fields = {
        email: "a@example.com",
        ok: "on",
        full_name: evil,
        message: evil,
        leadkit_lang: evil,
        lang: evil,
      };
      const query = encodeURIComponent(evil);
      for (const path of [
        `/v1/form/shop/contact?lang=${query}`,
        `/v1/form/shop/${query}`,
        `/v1/form/${query}/contact`,
      ]) {
        for (const response of [await postForm(edge.url, path, fields), await fetch(`${edge.url}${path}`)]) {
          assert.equal(response.headers.get("set-cookie"), null);
          assert.ok(!/evil|[\r\n]/.test([...response.headers].join("")), path);
          await response.arrayBuffer();
        }
      }
      const lines = edge.lines.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
      assert.ok(lines.every(({ event }) => event !== "forged"));
      assert.ok(!edge.lines.join("\n").includes("evil"));
    });

    test("whoever knows or guesses an id learns nothing of its lead", async () => {
      const known = item({ ...good, full_name: "Grace Hopper", email: "grace@example.com" });
      await post(edge.url, batch([known]));
      const other = { ...known, data: { ...good, email: "thief@example.com" } };
      const { body } = await post(edge.url, batch([other]));
      assert.deepEqual(body.r, [{ id: known.id, s: "bad", c: "id.conflict" }]);
      const paths = [
        `/v1/leads/${known.id}`,
        `/v1/admin/leads/shop/${known.id}`,
        `/v1/form/shop/contact?id=${known.id}`,
      ];
      for (const path of [...paths, ...paths.map((each) => each.replace(known.id, leadId()))]) {
        const text = await (await fetch(`${edge.url}${path}`)).text();
        assert.ok(!/grace|hopper/i.test(text), path);
      }
      const { body: kept } = await admin(edge.url, `leads/shop/${known.id}`);
      assert.equal(kept.values.email, "grace@example.com");
    });

    test("the name that a request gives its host is in no page and opens no session", async () => {
      const headers = { host: "evil.example" };
      for (const path of ["/v1/form/shop/contact", "/inbox", "/v1/site/shop"]) {
        const { status, text, headers: answered } = await raw(`${edge.url}${path}`, { headers });
        assert.equal(status, 200);
        assert.ok(!`${text}${JSON.stringify(answered)}`.includes("evil.example"), path);
      }
      const body = JSON.stringify({ token: "wrong" });
      const wrong = await raw(`${edge.url}/v1/admin/session`, { method: "POST", headers, body });
      assert.equal(wrong.status, 401);
    });

    test("a token of any length and script is only compared", async () => {
      for (const token of ["", "é".repeat(500), "%00", `${TOKEN} `.repeat(200), "Bearer", "null"]) {
        const options = { method: "POST", body: JSON.stringify({ token }) };
        assert.equal((await fetch(`${edge.url}/v1/admin/session`, options)).status, 401);
      }
      await well();
    });
  });
}
