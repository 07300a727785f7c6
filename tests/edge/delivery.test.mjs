// From a stored lead to a receiver that fails in every way.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Webhook } from "standardwebhooks";
import { admin, batch, good, item, post, receiver } from "./client.mjs";
import { RUNTIMES, SECRET, start, until } from "./runtime.mjs";

const SEED = "Zzyzx-Personal";

for (const runtime of RUNTIMES) {
  describe(runtime, { concurrency: true }, () => {
    let edge;
    let hook;
    const replies = new Map();
    before(async () => {
      hook = await receiver();
      hook.answer(({ path, body }, count) => replies.get(JSON.parse(body).data.id)?.(path, count) ?? { status: 200 });
      edge = await start(runtime, { hook: hook.url });
    });
    after(async () => {
      await edge?.stop();
      await hook?.stop();
    });

    /** Sends a lead whose deliveries are answered by `reply`, and gives its id. */
    const send = async (reply, data = {}) => {
      const lead = item({ ...good, full_name: SEED, ...data });
      replies.set(lead.id, reply);
      assert.equal((await post(edge.url, batch([lead]))).body.r[0].s, "ok");
      return lead.id;
    };
    const delivery = async (id, destination = "crm") => {
      const { body } = await admin(edge.url, `leads/shop/${id}`);
      return body.deliveries.find((each) => each.destination === destination);
    };
    const ends = (id, state, destination) =>
      until(
        async () => {
          const found = await delivery(id, destination);
          return found.state === state && found;
        },
        `${destination ?? "crm"} to be ${state}`,
      );
    const requests = (id, path = "/crm") =>
      hook.taken.filter((entry) => entry.path === path && JSON.parse(entry.body).data.id === id);

    test("a lead arrives once, signed so that the library of the standard accepts it", async () => {
      const id = await send();
      const done = await ends(id, "done");
      const [request, ...more] = requests(id);
      assert.deepEqual(more, []);
      const event = new Webhook(SECRET).verify(request.body, request.headers);
      assert.equal(request.headers["webhook-id"], `${id}:crm`);
      assert.equal(event.type, "lead.created");
      assert.equal(event.data.values.email, "ada@example.com");
      assert.equal(event.data.verdict.disposition, "accept");
      assert.deepEqual(Object.keys(event), ["type", "timestamp", "data"]);
      assert.equal(done.attempts.length, 1);
      assert.equal(done.attempts[0].status, 200);
      assert.equal(done.due, null);
    });

    test("the first attempt comes at once", async () => {
      const id = await send();
      const sent = Date.now();
      await ends(id, "done");
      assert.ok(requests(id)[0].at - sent < 2000, String(requests(id)[0].at - sent));
    });

    test("a destination without a secret gets no signature, one with a condition only what fits", async () => {
      const id = await send(undefined, { full_name: "Ada" });
      await ends(id, "done", "women");
      assert.equal(requests(id, "/women")[0].headers["webhook-signature"], undefined);
      const other = await send(undefined, { news: true });
      await ends(other, "done", "mail");
      assert.equal(await delivery(other, "women"), undefined);
    });

    test("trouble is tried again under the same id, and a broken connection is trouble", async () => {
      let calls = 0;
      const id = await send(() => {
        calls += 1;
        return calls === 1 ? "cut" : { status: 200 };
      });
      const done = await ends(id, "done");
      const [first, second] = requests(id);
      assert.equal(first.headers["webhook-id"], second.headers["webhook-id"]);
      assert.equal(first.body, second.body);
      assert.ok(second.at - first.at >= 4000, String(second.at - first.at));
      assert.deepEqual(
        done.attempts.map(({ n, status }) => [n, status]),
        [
          [1, null],
          [2, 200],
        ],
      );
      assert.notEqual(done.attempts[0].error, null);
    });

    test("nothing is sent before the time that a receiver asks for", async () => {
      let calls = 0;
      const id = await send(() => {
        calls += 1;
        return calls === 1 ? { status: 429, headers: { "retry-after": "7" } } : { status: 204 };
      });
      await ends(id, "done");
      const [first, second] = requests(id);
      assert.ok(second.at - first.at >= 7000, String(second.at - first.at));
    });

    test("what is never taken is dead in its place with a reason", async () => {
      for (const [status, reason] of [
        [400, "refused"],
        [404, "refused"],
        [422, "refused"],
      ]) {
        const dead = await ends(await send(() => ({ status })), "dead");
        assert.deepEqual([dead.status, dead.reason, dead.due], [status, reason, null]);
      }
    });

    test("a wrong key waits for a person", async () => {
      const parked = await ends(await send(() => ({ status: 401 })), "parked");
      assert.deepEqual([parked.status, parked.due, parked.attempts.length], [401, null, 1]);
    });

    test("a redirect is not followed", async () => {
      const id = await send(() => ({ status: 302, headers: { location: `${hook.url}/elsewhere` } }));
      const again = await until(async () => {
        const found = await delivery(id);
        return found.attempts[0]?.status === 302 && found;
      }, "a redirect");
      assert.equal(again.state, "due");
      assert.deepEqual(requests(id, "/elsewhere"), []);
    });

    test("a dead delivery is sent again when a person says so, under the same id", async () => {
      let status = 400;
      const id = await send(() => ({ status }));
      await ends(id, "dead");
      status = 200;
      const body = '{"destination":"crm"}';
      const answer = await admin(edge.url, `leads/shop/${id}/replay`, { method: "POST", body });
      assert.deepEqual([answer.status, answer.body], [202, { state: "due" }]);
      const done = await ends(id, "done");
      assert.deepEqual(
        done.attempts.map(({ n, status }) => [n, status]),
        [
          [1, 400],
          [2, 200],
        ],
      );
      assert.equal(new Set(requests(id).map(({ headers }) => headers["webhook-id"])).size, 1);
    });

    test("an endless answer is cut off", async () => {
      const id = await send(() => ({ status: 200, body: "x".repeat(1_000_000) }));
      await ends(id, "done");
    });

    test("what the log says holds nothing of a person", async () => {
      await ends(await send(), "done");
      const text = edge.lines.join("\n");
      assert.match(text, /"event":"delivery"/);
      for (const seed of [SEED, "ada@example.com", SECRET]) assert.ok(!text.includes(seed), seed);
    });
  });

  describe(`${runtime}, one destination hangs`, () => {
    test("the others do not wait for it", async () => {
      const hook = await receiver();
      const hung = await receiver();
      const edge = await start(runtime, {
        config: {
          site: { id: "shop", name: "Shop", origins: [] },
          forms: { contact: { fields: [{ name: "email", type: "email" }] } },
          destinations: {
            dead: { type: "webhook", url: `${hung.url}/dead` },
            fine: { type: "webhook", url: `${hook.url}/fine` },
          },
        },
      });
      hung.answer(() => new Promise(() => undefined));
      try {
        const sent = [];
        for (let round = 0; round < 12; round += 1) {
          const lead = item({ email: "a@example.com" });
          assert.equal((await post(edge.url, batch([lead]), { origin: edge.url })).body.r[0].s, "ok");
          sent.push({ id: lead.id, at: Date.now() });
        }
        await until(() => hook.taken.length === 12, "twelve deliveries", 8000);
        for (const { headers, at } of hook.taken) {
          const { at: began } = sent.find(({ id }) => headers["webhook-id"] === `${id}:fine`);
          assert.ok(at - began < 3000, String(at - began));
        }
        assert.ok(hung.taken.length <= 6, String(hung.taken.length));
      } finally {
        await edge.kill();
        await hook.stop();
        await hung.stop();
      }
    });
  });

  describe(`${runtime}, as it is deployed`, () => {
    test("private addresses are refused and a missing secret waits for a person", async () => {
      const edge = await start(runtime, {
        config: {
          site: { id: "shop", name: "Shop", origins: [] },
          forms: { contact: { fields: [{ name: "email", type: "email" }] } },
          destinations: {
            inside: { type: "webhook", url: "https://127.0.0.1/" },
            metadata: { type: "webhook", url: "https://169.254.169.254/latest" },
            plain: { type: "webhook", url: "http://hooks.example.com/" },
            unsigned: { type: "webhook", url: "https://hooks.example.com/", secret: { env: "NOT_THERE" } },
          },
        },
        env: { LEADKIT_ALLOW_PRIVATE: "" },
      });
      try {
        const lead = item({ email: "a@example.com" });
        await post(edge.url, batch([lead]), { origin: edge.url });
        const deliveries = await until(async () => {
          const { body } = await admin(edge.url, `leads/shop/${lead.id}`);
          return body.deliveries.every(({ state }) => ["dead", "parked"].includes(state)) && body.deliveries;
        }, "the end of all deliveries");
        assert.deepEqual(
          deliveries.map(({ destination, state, reason, error }) => [destination, state, reason, error]),
          [
            ["inside", "dead", "address_refused", "address_refused"],
            ["metadata", "dead", "address_refused", "address_refused"],
            ["plain", "dead", "address_refused", "address_refused"],
            ["unsigned", "parked", null, "setting_missing"],
          ],
        );
      } finally {
        await edge.stop();
      }
    });
  });
}
