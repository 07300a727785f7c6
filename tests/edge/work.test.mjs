// Proof of work, rates, the same text from many, and checks by others: from the challenge to the verdict that is stored.
import assert from "node:assert/strict";
import { createHash, createHmac, pbkdf2Sync } from "node:crypto";
import { createServer } from "node:http";
import { after, before, describe, test } from "node:test";
import { admin, batch, good, item, leadId, post, postForm } from "./client.mjs";
import { config, ORIGIN, start, TWO_RUNTIMES } from "./runtime.mjs";

const SECRET = "a secret of this deployment";
const ENV = { LEADKIT_SECRET: SECRET, TURNSTILE_SECRET: "t", HCAPTCHA_SECRET: "h" };
const LONG = "We would like to buy forty chairs and two tables for our office in the old town, delivered in spring. ";

/** The configuration of the tests with another way of working in each of its forms. */
function guarded(checks, work = {}) {
  const base = config();
  const form = { fields: base.forms.contact.fields };
  return {
    ...base,
    forms: { ...base.forms, second: form, third: form, human: form, robot: form },
    spam: {
      address_header: "x-forwarded-for",
      rate: { address_per_minute: 8, form_per_minute: 0 },
      work: { forms: ["contact", "second"], effort: 1000, missing: "spam", late: "review", ...work },
      checks: [
        { check: "turnstile", secret: { env: "TURNSTILE_SECRET" }, url: `${checks}/turnstile`, forms: ["human"] },
        { check: "hcaptcha", secret: { env: "HCAPTCHA_SECRET" }, url: `${checks}/hcaptcha`, forms: ["robot"] },
      ],
    },
  };
}

/** The contract of both providers: tokens that begin with `good` are good, Turnstile's once for each idempotency key. */
async function provider() {
  const asked = [];
  const used = new Map();
  let mute = false;
  const judge = (path, sent) => {
    const own = path === "/turnstile" ? "t" : "h";
    if (sent.secret !== own) return { success: false, "error-codes": ["invalid-input-secret"] };
    if (!sent.response.startsWith("good")) return { success: false, "error-codes": ["invalid-input-response"] };
    const by = used.get(sent.response);
    if (by !== undefined && (by === "" || by !== sent.idempotency_key)) {
      const code = own === "t" ? "timeout-or-duplicate" : "already-seen-response";
      return { success: false, "error-codes": [code] };
    }
    used.set(sent.response, sent.idempotency_key ?? "");
    return { success: true, hostname: "shop.example", "error-codes": [] };
  };
  const server = createServer((request, response) => {
    const chunks = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => {
      if (mute) return request.socket.destroy();
      const sent = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString()));
      asked.push({ path: request.url, type: request.headers["content-type"], sent });
      response.writeHead(200, { "content-type": "application/json" });
      return response.end(JSON.stringify(judge(request.url, sent)));
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    asked,
    mute(value) {
      mute = value;
    },
    stop: () => new Promise((resolve) => server.close(resolve).closeAllConnections()),
  };
}

const sha256 = (data) => createHash("sha256").update(data).digest();
const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64");

/** Solves a challenge the plain way, of either version. */
function solve(challenge) {
  if (challenge.parameters === undefined) {
    for (let number = 0; number <= challenge.maxnumber; number += 1) {
      if (sha256(challenge.salt + number).toString("hex") === challenge.challenge)
        return encode({ ...challenge, number });
    }
  }
  const { algorithm, cost, keyLength, keyPrefix, nonce, salt } = challenge.parameters;
  const counterBytes = Buffer.alloc(4);
  for (let counter = 0; counter < 1e6; counter += 1) {
    counterBytes.writeUInt32BE(counter);
    const password = Buffer.concat([Buffer.from(nonce, "hex"), counterBytes]);
    const bytes = Buffer.from(salt, "hex");
    let key =
      algorithm === "SHA-256"
        ? Buffer.concat([bytes, password])
        : pbkdf2Sync(password, bytes, cost, keyLength, "sha256");
    for (let round = 0; algorithm === "SHA-256" && round < cost; round += 1) key = sha256(key);
    const derivedKey = key.toString("hex");
    if (derivedKey.startsWith(keyPrefix)) return encode({ challenge, solution: { counter, derivedKey } });
  }
  throw new Error("there is no solution");
}

const workKey = (form) => createHmac("sha256", SECRET).update(`leadkit work\nshop\n${form}`).digest("hex");

/** A challenge of version 1 as the edge makes it, with an expiry of choice. */
function made(form, expires, key = workKey(form)) {
  const salt = `${leadId().replaceAll("-", "")}?expires=${Math.floor(expires / 1000)}&`;
  const challenge = sha256(`${salt}123`).toString("hex");
  const signature = createHmac("sha256", key).update(challenge).digest("hex");
  return { algorithm: "SHA-256", challenge, maxnumber: 2000, salt, signature };
}

let hosts = 0;
/** Another address of the public internet with every call. */
const address = () => {
  hosts += 1;
  return { "x-forwarded-for": `198.51.100.1, 9.9.${hosts >> 8}.${hosts & 255}` };
};

for (const runtime of TWO_RUNTIMES) {
  describe(runtime, () => {
    let edge, checks;
    before(async () => {
      checks = await provider();
      edge = await start(runtime, { config: guarded(checks.url), env: ENV, objects: 3 });
    });
    after(async () => {
      await edge?.stop();
      await checks?.stop();
    });

    const ask = (form, headers = address()) =>
      fetch(`${edge.url}/v1/challenge/shop/${form}`, { headers: { origin: ORIGIN, ...headers } });
    const challenge = async (form, headers) => (await ask(form, headers)).json();

    /** Sends a lead and reads how it was stored. */
    async function stored(form, data, headers = address(), id = leadId()) {
      const answer = await post(edge.url, batch([item({ ...good, ...data }, { id, form })]), headers);
      assert.deepEqual(answer.body.r, [{ id, s: "ok" }]);
      const { body } = await admin(edge.url, `leads/shop/${id}`);
      return body;
    }

    /** What was made of a lead: its disposition and the signs that decided it. */
    const made_of = ({ verdict }) => [verdict.disposition, ...verdict.reasons.map(({ rule }) => rule)];

    test("a challenge is signed, expires, is not kept by caches, and is only for pages of the site", async () => {
      const response = await ask("contact");
      assert.equal(response.status, 200);
      assert.equal(response.headers.get("cache-control"), "no-store");
      assert.equal(response.headers.get("access-control-allow-origin"), ORIGIN);
      const body = await response.json();
      assert.deepEqual(Object.keys(body), ["algorithm", "challenge", "maxnumber", "salt", "signature"]);
      const expires = Number(/expires=(\d+)&$/.exec(body.salt)[1]);
      assert.ok(Math.abs(expires - Date.now() / 1000 - 7200) < 60);
      assert.notEqual((await challenge("contact")).salt, body.salt);
      assert.equal((await ask("booking")).status, 404);
      assert.equal((await ask("nobody")).status, 404);
      assert.equal((await ask("contact", { origin: "https://evil.example" })).status, 403);
      const post = await fetch(`${edge.url}/v1/challenge/shop/contact`, { method: "POST" });
      assert.deepEqual([post.status, post.headers.get("allow")], [405, "GET, HEAD"]);
    });

    test("a solved challenge is accepted once, and again for the same lead, and leaves no trace in its values", async () => {
      const altcha = solve(await challenge("contact"));
      const id = leadId();
      const lead = await stored("contact", { altcha }, address(), id);
      assert.deepEqual(made_of(lead), ["accept"]);
      assert.deepEqual([lead.seen, lead.unknown], [{ work: "done" }, {}]);
      const again = await stored("contact", { altcha });
      assert.deepEqual(made_of(again), ["spam", "spam.no_work"]);
      assert.equal(again.seen.work, "spent");
    });

    test("a lead that is corrected or sent again under its id keeps its solution", async () => {
      const [id, altcha] = [leadId(), solve(await challenge("contact"))];
      const [bad, corrected] = [{ email: "nonsense" }, {}].map((more) =>
        batch([item({ ...good, altcha, ...more }, { id })]),
      );
      assert.equal((await post(edge.url, bad, address())).body.r[0].s, "bad");
      assert.equal((await post(edge.url, corrected, address())).body.r[0].s, "ok");
      assert.equal((await post(edge.url, corrected, address())).body.r[0].s, "dup");
      assert.deepEqual((await admin(edge.url, `leads/shop/${id}`)).body.seen, { work: "done" });
    });

    test("sixteen leads at once with one solution: one of them has it", async () => {
      const altcha = solve(await challenge("contact"));
      const all = await Promise.all(Array.from({ length: 16 }, () => stored("contact", { altcha })));
      const works = all.map(({ seen }) => seen.work).sort();
      assert.deepEqual(works, ["done", ...Array(15).fill("spent")]);
    });

    test("two leads of one batch with one solution: the first has it", async () => {
      const altcha = solve(await challenge("contact"));
      const items = [item({ ...good, altcha }), item({ ...good, altcha })];
      await post(edge.url, batch(items), address());
      const works = await Promise.all(
        items.map(async ({ id }) => (await admin(edge.url, `leads/shop/${id}`)).body.seen.work),
      );
      assert.deepEqual(works, ["done", "spent"]);
    });

    test("without work, or with work that is forged, wrong or for another form, the owner's word counts", async () => {
      const other = solve(await challenge("second"));
      const forged = solve(made("contact", Date.now() + 60_000, "another key"));
      const { number, ...open } = JSON.parse(Buffer.from(solve(await challenge("contact")), "base64"));
      const wrong = encode({ ...open, number: number + 1 });
      for (const [altcha, work] of [
        [undefined, "missing"],
        ["", "missing"],
        ["nonsense", "wrong"],
        [other, "wrong"],
        [forged, "wrong"],
        [wrong, "wrong"],
      ]) {
        const lead = await stored("contact", altcha === undefined ? {} : { altcha });
        assert.deepEqual(made_of(lead), ["spam", "spam.no_work"], work);
        assert.equal(lead.seen.work, work);
      }
    });

    test("work that comes too late, as from a device that was offline, is for review and still counts once", async () => {
      const altcha = solve(made("contact", Date.now() - 3 * 86_400_000));
      const late = await stored("contact", { altcha });
      assert.deepEqual(made_of(late), ["review", "spam.late_work"]);
      assert.equal((await stored("contact", { altcha })).seen.work, "spent");
      const ancient = solve(made("contact", Date.now() - 40 * 86_400_000));
      assert.equal((await stored("contact", { altcha: ancient })).seen.work, "wrong");
    });

    test("a plain form without work is kept too", async () => {
      const id = leadId();
      const fields = { leadkit_id: id, email: "a@example.com", ok: "on" };
      const response = await postForm(edge.url, "/v1/form/shop/contact", fields, { origin: ORIGIN, ...address() });
      assert.equal(response.status, 303);
      const { body } = await admin(edge.url, `leads/shop/${id}`);
      assert.deepEqual([body.verdict.disposition, body.seen.work], ["spam", "missing"]);
    });

    test("challenges get harder for an address that sends much, and for no other", async () => {
      const busy = address();
      const hard = async (headers) => (await challenge("contact", headers)).maxnumber;
      assert.equal(await hard(busy), 2000);
      await post(edge.url, batch(Array.from({ length: 20 }, () => item())), busy);
      assert.ok([16_000, 32_000].includes(await hard(busy)));
      assert.equal(await hard(address()), 2000);
    });

    test("many leads from one address are a sign, and too many requests wait, as long as they are told", async () => {
      const busy = address();
      const answers = [];
      // The turn of a minute lets some more through; never fewer.
      while (answers.at(-1)?.status !== 429 && answers.length < 20)
        answers.push(await post(edge.url, batch([item(good, { form: "third" })]), busy));
      assert.ok(answers.length > 8 && answers.length < 14, String(answers.length));
      const [last, eighth] = [answers.at(-1), answers[7]];
      const { code, message } = last.body.error;
      assert.deepEqual([code, message], ["rate_limited", "too many requests; send it again later"]);
      const wait = Number(last.headers.get("retry-after"));
      assert.ok(wait >= 1 && wait <= 91, String(wait));
      assert.equal(Math.ceil(last.body.after_ms / 1000), wait);
      assert.equal(last.headers.get("access-control-expose-headers"), "retry-after");
      const { body } = await admin(edge.url, `leads/shop/${eighth.body.r[0].id}`);
      assert.ok([6, 7].includes(body.seen.from_address));
      const page = await postForm(edge.url, "/v1/form/shop/third", { email: "a@example.com", ok: "on" }, busy);
      assert.equal(page.status, 429);
      assert.ok(Number(page.headers.get("retry-after")) >= 1);
      assert.match(await page.text(), /value="a@example.com"/);
      assert.equal((await post(edge.url, batch([item(good, { form: "third" })]), address())).status, 200);
    });

    test("addresses that are not public are not counted: a proxy may hide everyone behind one", async () => {
      for (let n = 0; n < 12; n += 1) {
        const answer = await post(edge.url, batch([item(good, { form: "third" })]), { "x-forwarded-for": "10.0.0.7" });
        assert.equal(answer.status, 200);
      }
    });

    test("the same long text from different people is a sign; from one person, or a short one, it is none", async () => {
      const send = (message, email) => stored("third", { message, email });
      assert.equal((await send(LONG, "a@example.com")).seen.same_text, undefined);
      assert.equal((await send(LONG, "A@example.com ")).seen.same_text, undefined);
      const second = await send(`${LONG.toUpperCase()} 17!`, "b@example.com");
      assert.equal(second.seen.same_text, 1);
      assert.equal((await send(LONG, "c@example.com")).seen.same_text, 2);
      assert.equal((await send("Please call me back.", "a@example.com")).seen.same_text, undefined);
      assert.equal((await send("Please call me back.", "b@example.com")).seen.same_text, undefined);
    });

    test("a page tells its origin; a lead without one carries a sign", async () => {
      const id = leadId();
      const body = JSON.stringify(batch([item(good, { id, form: "third" })]));
      const headers = { "content-type": "text/plain", ...address() };
      assert.equal((await fetch(`${edge.url}/v1/leads`, { method: "POST", headers, body })).status, 200);
      assert.deepEqual((await admin(edge.url, `leads/shop/${id}`)).body.seen, { no_origin: true });
    });

    for (const [form, field, path] of [
      ["human", "cf-turnstile-response", "/turnstile"],
      ["robot", "h-captcha-response", "/hcaptcha"],
    ]) {
      test(`${path}: a token that is good, none, forged, used before, and a provider that does not answer`, async () => {
        const token = `good ${form} & é`;
        const lead = await stored(form, { [field]: token });
        assert.deepEqual(made_of(lead), ["accept"]);
        assert.deepEqual([lead.seen, lead.unknown], [{ check: "passed" }, {}]);
        const asked = checks.asked.at(-1);
        assert.equal(asked.path, path);
        assert.equal(asked.type, "application/x-www-form-urlencoded");
        const expected = { secret: form === "human" ? "t" : "h", response: token };
        assert.deepEqual(asked.sent, form === "human" ? { ...expected, idempotency_key: lead.id } : expected);
        const outcome = async (data) => made_of(await stored(form, data));
        assert.deepEqual(await outcome({ [field]: token }), ["review", "spam.no_check"]);
        assert.deepEqual(await outcome({}), ["review", "spam.no_check"]);
        assert.deepEqual(await outcome({ [field]: "bad" }), ["spam", "spam.check_failed"]);
        checks.mute(true);
        assert.deepEqual(await outcome({ [field]: "good too" }), ["review", "spam.unchecked"]);
        checks.mute(false);
        assert.ok(edge.lines.some((line) => line.includes("check_unanswered")));
      });
    }

    test("a configuration for browsers names the forms that ask for work, and nothing else of it", async () => {
      const body = await (await fetch(`${edge.url}/v1/site/shop`)).json();
      assert.deepEqual(body.$work, ["contact", "second"]);
      assert.equal(body.spam, undefined);
    });

    for (const algorithm of ["SHA-256", "PBKDF2/SHA-256"]) {
      test(`version 2 of the format with ${algorithm}`, async () => {
        const own = guarded(checks.url, { format: "v2", algorithm });
        const second = await start(runtime, { config: own, env: ENV });
        try {
          const made = await (await fetch(`${second.url}/v1/challenge/shop/contact`)).json();
          assert.equal(made.parameters.algorithm, algorithm);
          const lead = item({ ...good, altcha: solve(made) });
          await post(second.url, batch([lead]));
          const { body } = await admin(second.url, `leads/shop/${lead.id}`);
          assert.deepEqual([body.verdict.disposition, body.seen], ["accept", { work: "done" }]);
        } finally {
          await second.stop();
        }
      });
    }
  });
}
