// Faults of the envelope, answers per lead, and who may ask: the same on every runtime, byte for byte where it can be.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { batch, good, item, leadId, post } from "./client.mjs";
import { ORIGIN, RUNTIMES, start } from "./runtime.mjs";

const answers = new Map();

for (const runtime of RUNTIMES) {
  describe(runtime, () => {
    let edge;
    before(async () => {
      edge = await start(runtime);
      answers.set(runtime, []);
    });
    after(() => edge?.stop());

    /** Remembers what was answered, to compare the runtimes in the end. */
    const keep = (answer) => {
      const { now, ...body } = answer.body ?? {};
      answers.get(runtime).push({ status: answer.status, body });
      return answer;
    };

    const refused = async (body, headers, status, error) => {
      const answer = keep(await post(edge.url, body, headers));
      assert.equal(answer.status, status);
      assert.deepEqual(answer.body.error, error);
      return answer;
    };

    test("a good lead is answered ok, its copy dup, other content under its id is a conflict", async () => {
      const first = item();
      const ok = await post(edge.url, batch([first]));
      assert.equal(ok.status, 200);
      assert.deepEqual(ok.body.r, [{ id: first.id, s: "ok" }]);
      assert.deepEqual(ok.body.policy, { min_gap_ms: 0, max_items: 50, max_bytes: 49152 });
      assert.ok(Math.abs(ok.body.now - Date.now()) < 60_000);
      const again = { ...first, n: 2 };
      assert.deepEqual((await post(edge.url, batch([again]))).body.r, [{ id: first.id, s: "dup" }]);
      const other = { ...first, data: { ...good, email: "other@example.com" } };
      const conflict = [{ id: first.id, s: "bad", c: "id.conflict" }];
      assert.deepEqual((await post(edge.url, batch([other]))).body.r, conflict);
      assert.deepEqual((await post(edge.url, batch([other]))).body.r, conflict);
      assert.deepEqual((await post(edge.url, batch([first]))).body.r, [{ id: first.id, s: "dup" }]);
    });

    test("a batch with the same lead twice stores it once", async () => {
      const one = item();
      const { body } = await post(edge.url, batch([one, one, item()]));
      assert.deepEqual(
        body.r.map(({ s }) => s),
        ["ok", "dup", "ok"],
      );
    });

    test("each lead has its own answer, with a code and the field that it is about", async () => {
      const id = "0192f22e-79b0-7cc3-98c4-dc0c0c07398f";
      const bad = (data, more) => ({ id, at: 1, form: "contact", data, ...more });
      const cases = [
        [bad({ ok: true }), { id, s: "bad", c: "required", f: "email" }],
        [bad({ ...good, email: "nonsense" }), { id, s: "bad", c: "email.syntax", f: "email" }],
        [bad({ email: "a@example.com" }), { id, s: "bad", c: "consent.required", f: "ok" }],
        [bad(good, { form: "other" }), { id, s: "bad", c: "form.unknown" }],
        [bad([]), { id, s: "bad", c: "data.invalid" }],
        [bad(good, { at: "x" }), { id, s: "bad", c: "at.invalid" }],
        [
          { ...bad(good), id: "1" },
          { id: "1", s: "bad", c: "id.invalid" },
        ],
        ["text", { id: "", s: "bad", c: "id.invalid" }],
        [null, { id: "", s: "bad", c: "id.invalid" }],
      ];
      const answer = keep(await post(edge.url, batch(cases.map(([sent]) => sent))));
      assert.deepEqual(
        answer.body.r,
        cases.map(([, expected]) => expected),
      );
      assert.deepEqual((await post(edge.url, batch(cases.map(([sent]) => sent)))).body.r, answer.body.r);
    });

    test("a corrected lead is stored under the id of the refused one", async () => {
      const id = leadId();
      const refused = await post(edge.url, batch([item({ ok: true }, { id })]));
      assert.equal(refused.body.r[0].s, "bad");
      const corrected = await post(edge.url, batch([item(good, { id })]));
      assert.deepEqual(corrected.body.r, [{ id, s: "ok" }]);
    });

    test("an international host is asked of the platform before the address is judged", async () => {
      const answer = await post(edge.url, batch([item({ ...good, email: "a@müller.example" })]));
      assert.equal(answer.body.r[0].s, "ok");
    });

    test("unreadable bodies are faults with a place", async () => {
      const json = (offset, expected) => ({
        code: "json_invalid",
        message: `the body is not JSON: expected ${expected} at byte ${offset}`,
        offset,
      });
      await refused('{"v":1,', {}, 400, json(7, "a key in quotes"));
      await refused("", {}, 400, json(0, "a value"));
      await refused(`${"[".repeat(5000)}`, {}, 400, json(64, "less nesting"));
      const version = { code: "version_unsupported", message: 'expected the member "v" to be 1' };
      await refused({ k: "shop", items: [] }, {}, 400, version);
      const member = { code: "member_invalid", message: 'expected "items" to be an array of leads' };
      await refused({ v: 1, k: "shop" }, {}, 400, member);
    });

    test("what is too large or too many is refused with 413", async () => {
      const large = { code: "body_too_large", message: "expected at most 65536 bytes" };
      await refused(" ".repeat(65_537), {}, 413, large);
      const many = { code: "too_many_items", message: "expected at most 50 leads" };
      await refused(batch(Array(51).fill(0)), {}, 413, many);
      const exact = await post(edge.url, JSON.stringify(batch([])).padEnd(65_536));
      assert.equal(exact.status, 200);
    });

    test("unknown sites, origins, kinds of content, methods and paths have their own status", async () => {
      const site = { code: "site_unknown", message: "there is no site of this id" };
      await refused(batch([], { k: "other" }), {}, 404, site);
      const origin = { code: "origin_unlisted", message: "the origin is not listed for this site" };
      const wrong = await refused(batch([item()]), { origin: "https://evil.example" }, 403, origin);
      assert.equal(wrong.headers.get("access-control-allow-origin"), null);
      const kind = { code: "content_type_unsupported", message: "the content type is not one that is read here" };
      await refused(batch([]), { "content-type": "application/xml" }, 415, kind);
      const method = await fetch(`${edge.url}/v1/leads`, { method: "PUT", body: "{}" });
      assert.equal(method.status, 405);
      assert.equal(method.headers.get("allow"), "POST, OPTIONS");
      assert.equal((await fetch(`${edge.url}/nothing`)).status, 404);
    });

    test("every answer to a listed origin can be read by its page, refusals too", async () => {
      for (const body of [batch([]), "{", " ".repeat(65_537), batch([], { k: "other" })]) {
        const { headers } = await post(edge.url, body);
        assert.equal(headers.get("access-control-allow-origin"), ORIGIN);
        assert.equal(headers.get("access-control-expose-headers"), "retry-after");
        assert.equal(headers.get("vary"), "origin");
      }
      const preflight = await fetch(`${edge.url}/v1/leads`, { method: "OPTIONS", headers: { origin: ORIGIN } });
      assert.equal(preflight.status, 204);
      assert.equal(preflight.headers.get("access-control-allow-headers"), "content-type");
      assert.equal((await post(edge.url, batch([]), { "content-type": "application/json" })).status, 200);
    });

    test("sixty-four copies at once store one lead", async () => {
      const one = batch([item()]);
      const all = await Promise.all(Array.from({ length: 64 }, () => post(edge.url, one)));
      const words = all.map(({ body }) => body.r[0].s);
      assert.equal(words.filter((word) => word === "ok").length, 1);
      assert.equal(words.filter((word) => word === "dup").length, 63);
    });

    test("the public configuration has a tag and holds nothing private", async () => {
      const response = await fetch(`${edge.url}/v1/site/shop`, { headers: { origin: ORIGIN } });
      const text = await response.text();
      assert.equal(response.status, 200);
      assert.equal(response.headers.get("access-control-allow-origin"), ORIGIN);
      for (const secret of ["private", "casino", "WEBHOOK", "destinations", "127.0.0.1"]) {
        assert.ok(!text.includes(secret), secret);
      }
      const tag = response.headers.get("etag");
      const again = await fetch(`${edge.url}/v1/site/shop`, { headers: { "if-none-match": tag } });
      assert.equal(again.status, 304);
      answers.get(runtime).push({ status: 200, body: text });
    });

    test("the files of the package are served with their types, and nothing beside them", async () => {
      const page = await fetch(`${edge.url}/inbox`);
      assert.equal(page.status, 200);
      assert.equal(page.headers.get("content-type"), "text/html; charset=utf-8");
      assert.match(page.headers.get("content-security-policy"), /default-src 'none'; script-src 'self'/);
      for (const path of ["/kit/none.js", "/kit/..%2fpackage.json", "/inbox/%2e%2e/%2e%2e/package.json", "/kit/"]) {
        assert.equal((await fetch(`${edge.url}${path}`)).status, 404, path);
      }
    });
  });
}

test("all runtimes give the same answers", () => {
  const [first, ...others] = RUNTIMES.map((runtime) => answers.get(runtime));
  assert.ok(first.length >= 10);
  for (const other of others) assert.deepEqual(other, first);
});
