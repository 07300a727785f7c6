// Who may do what: roles, sessions that can be ended, and guesses that are counted.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { batch, item, leadId, post } from "./client.mjs";
import { config, RUNTIMES, start, TOKEN } from "./runtime.mjs";

const CLI = fileURLToPath(new URL("../../pkg/cli/main.js", import.meta.url));
const hash = (text) => createHash("sha256").update(text).digest("hex");
const TOKENS = `reader:read:${hash("r")}, editor:edit:${hash("e")} owner:admin:${hash("o")}`;
const options = () => ({ ...config(), spam: { address_header: "x-client" } });

/** Every route below /v1/admin with the least role that may use it. */
const ROUTES = (id) => [
  ["GET", "session", "read"],
  ["GET", "leads", "read"],
  ["GET", "quarantine", "read"],
  ["GET", `leads/shop/${id}`, "read"],
  ["GET", `leads/shop/${id}/judge`, "read"],
  ["GET", "destinations", "read"],
  ["GET", `deliveries/shop/${id}/crm`, "read"],
  ["GET", "erasures", "read"],
  ["GET", "export?format=csv", "edit"],
  ["POST", "entry/shop", "edit"],
  ["POST", `leads/shop/${id}/replay`, "edit"],
  ["POST", `leads/shop/${id}/stage`, "edit"],
  ["POST", `leads/shop/${id}/withdraw`, "edit"],
  ["POST", "destinations/shop/crm/pause", "edit"],
  ["POST", "destinations/shop/crm/resume", "edit"],
  ["POST", "deliveries/shop/replay", "edit"],
  ["GET", "sessions", "admin"],
  ["DELETE", "sessions?name=nobody", "admin"],
  ["POST", "people/shop/erase", "admin"],
  ["POST", `leads/shop/${id}/erase`, "admin"],
  ["POST", "customers/shop", "admin"],
  ["PUT", "anything/new", "admin"],
];
const RANK = { read: 1, edit: 2, admin: 3 };
const HOLDERS = { r: 1, e: 2, o: 3 };

for (const runtime of RUNTIMES) {
  describe(runtime, () => {
    let edge;
    before(async () => {
      edge = await start(runtime, { objects: 2, config: options(), env: { LEADKIT_TOKENS: TOKENS } });
    });
    after(() => edge?.stop());

    const call = async (method, path, headers) => {
      const body = method === "GET" ? undefined : "{}";
      const response = await fetch(`${edge.url}/v1/admin/${path}`, { method, headers, body });
      const text = await response.text();
      return { status: response.status, headers: response.headers, text };
    };
    const bearer = (token) => ({ authorization: `Bearer ${token}` });
    const signIn = async (token) => {
      const body = JSON.stringify({ token });
      const response = await fetch(`${edge.url}/v1/admin/session`, { method: "POST", body });
      assert.equal(response.status, 200);
      const cookie = response.headers.get("set-cookie").split(";")[0];
      return { headers: { cookie, origin: edge.url, "x-leadkit": "inbox" }, body: await response.json() };
    };

    test("each role may do what it is for, and nothing beyond", async () => {
      const one = item();
      await post(edge.url, batch([one]));
      const { headers: reading } = await signIn("r");
      for (const [method, path, least] of ROUTES(one.id)) {
        for (const [token, rank] of Object.entries(HOLDERS)) {
          const { status, text } = await call(method, path, bearer(token));
          if (rank < RANK[least]) {
            assert.equal(status, 403, `${token} ${method} ${path}`);
            assert.equal(JSON.parse(text).error.code, "role_missing");
          } else {
            assert.ok(![401, 403, 429].includes(status), `${token} ${method} ${path}: ${status}`);
          }
        }
        // A session may do no more than its token.
        const { status } = await call(method, path, reading);
        assert.equal(status === 403, least !== "read", `session ${method} ${path}: ${status}`);
      }
      // The one token of earlier versions still opens everything.
      assert.equal((await call("GET", "sessions", bearer(TOKEN))).status, 200);
    });

    test("sessions are listed without what opens them, and can be ended", async () => {
      const [one, two] = [await signIn("r"), await signIn("r")];
      const other = await signIn("e");
      assert.deepEqual([one.body.name, one.body.role], ["reader", "read"]);
      const { sessions } = JSON.parse((await call("GET", "sessions", bearer("o"))).text);
      const ids = sessions.filter(({ name }) => name === "reader").map(({ id }) => id);
      assert.ok(ids.length >= 2 && ids.every((id) => !one.headers.cookie.includes(id)));
      const alive = async ({ headers }) => (await call("GET", "session", headers)).status === 200;
      assert.ok(await alive(one));
      await call("DELETE", `sessions?id=${ids[0]}`, bearer("o"));
      // The newest is the first of the list.
      assert.deepEqual([await alive(one), await alive(two)], [true, false]);
      await call("DELETE", "sessions?name=reader", bearer("o"));
      assert.deepEqual([await alive(one), await alive(other)], [false, true]);
      await call("DELETE", "sessions", other.headers);
      assert.equal(await alive(other), true);
      await call("DELETE", "sessions", bearer("o"));
      assert.equal(await alive(other), false);
    });

    test("another page cannot write by the cookie, and reading by it changes nothing", async () => {
      const { headers } = await signIn("o");
      const path = `leads/shop/${leadId()}/erase`;
      const code = async (more) => {
        const pairs = Object.entries({ ...headers, ...more }).filter(([, value]) => value !== undefined);
        return (await call("POST", path, pairs)).status;
      };
      assert.equal(await code({}), 404);
      for (const more of [{ origin: undefined }, { origin: "https://evil.example" }, { "x-leadkit": undefined }]) {
        assert.equal(await code(more), 403);
      }
    });

    test("guesses are counted by address, and behind the limit even the right token is refused", async () => {
      const from = (address, token) => call("GET", "session", { ...bearer(token), "x-client": address });
      // All of them within one minute of the counter.
      const left = 60_000 - (Date.now() % 60_000);
      if (left < 15_000) await new Promise((resolve) => setTimeout(resolve, left));
      const answers = [];
      for (let n = 0; n < 11; n += 1) answers.push((await from("198.41.0.4", `guess ${n}`)).status);
      assert.deepEqual(answers, [...Array(10).fill(401), 429]);
      const refused = await from("198.41.0.4", "o");
      assert.equal(refused.status, 429);
      assert.ok(Number(refused.headers.get("retry-after")) <= 60);
      assert.equal(JSON.parse(refused.text).error.code, "rate_limited");
      const body = JSON.stringify({ token: "o" });
      const signing = { method: "POST", body, headers: { "x-client": "198.41.0.4" } };
      assert.equal((await fetch(`${edge.url}/v1/admin/session`, signing)).status, 429);
      // Others are not held up, and nor is a session that is there.
      assert.equal((await from("198.41.0.5", "o")).status, 200);
      const { headers } = await signIn("o");
      assert.equal((await call("GET", "session", { ...headers, "x-client": "198.41.0.4" })).status, 200);
    });
  });
}

test("leadkit token makes a token whose hash is all that the edge has to know", () => {
  const run = (...args) => spawnSync(process.execPath, [CLI, "token", ...args], { encoding: "utf8" });
  const { status, stdout } = run("anna", "--role", "edit");
  assert.equal(status, 0);
  const [, token] = /^token: {3}(lk_[\w-]{43})$/m.exec(stdout);
  assert.ok(stdout.includes(`anna:edit:${hash(token)}`));
  assert.notEqual(run("anna").stdout, run("anna").stdout);
  assert.match(run("anna", "--role", "root").stderr, /read, edit or admin/);
  assert.match(run("an:na").stderr, /name of letters/);
});
