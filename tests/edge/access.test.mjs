// Tokens that end: a little OAuth server that replaces its refresh tokens and forgets what is too old, as platforms do.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, describe, test } from "node:test";
import { admin, batch, item, post, receiver } from "./client.mjs";
import { start, TWO_RUNTIMES, until } from "./runtime.mjs";

const config = (url) => ({
  site: { id: "shop", name: "Shop", origins: [] },
  forms: { contact: { fields: [{ name: "email", type: "email" }] } },
  destinations: {
    crm: {
      type: "json",
      url: `${url}/api`,
      token_url: `${url}/token`,
      client_id: "leadkit",
      client_secret: { env: "CLIENT_SECRET" },
      refresh_token: { env: "REFRESH_TOKEN" },
      body: { mail: { var: "contact.email" } },
    },
  },
});

/** Gives tokens against refresh tokens; each refresh token works once, and a used one ends them all. */
async function platform() {
  const hook = await receiver();
  const state = { grants: 0, refused: 0, refresh: "refresh-0", valid: new Set(), life: 3600, down: false, faults: [] };
  hook.answer(async ({ path, headers, body }) => {
    const json = (status, value) => ({ status, body: JSON.stringify(value) });
    if (path === "/token") {
      const form = new URLSearchParams(body);
      if (state.down) return { status: 503 };
      if (form.get("client_id") !== "leadkit" || form.get("client_secret") !== "s3cret/&") state.faults.push(body);
      if (form.get("grant_type") !== "refresh_token") state.faults.push(body);
      if (form.get("refresh_token") !== state.refresh) {
        state.refused += 1;
        return json(400, { error: "invalid_grant" });
      }
      state.grants += 1;
      state.refresh = `refresh-${state.grants}`;
      const token = `access-${state.grants}`;
      state.valid.add(token);
      // Long enough for the others to come by meanwhile.
      await new Promise((resolve) => setTimeout(resolve, 200));
      return json(200, { access_token: token, expires_in: state.life, refresh_token: state.refresh });
    }
    const token = headers.authorization?.replace("Bearer ", "");
    return state.valid.has(token) ? json(200, {}) : json(401, { error: "invalid_token" });
  });
  return { ...hook, state, calls: (path) => hook.taken.filter((entry) => entry.path === path) };
}

const env = { CLIENT_SECRET: "s3cret/&", REFRESH_TOKEN: "refresh-0", LEADKIT_SEAL_KEY: "a key to seal with" };

for (const runtime of TWO_RUNTIMES) {
  describe(runtime, () => {
    let edge;
    let oauth;
    before(async () => {
      oauth = await platform();
      edge = await start(runtime, { config: config(oauth.url), env, objects: 2 });
    });
    after(async () => {
      await edge?.stop();
      await oauth?.stop();
    });

    const send = async (count = 1) => {
      const leads = Array.from({ length: count }, () => item({ email: "a@example.com" }));
      const answer = await post(edge.url, batch(leads), { origin: edge.url });
      assert.ok(answer.body.r.every(({ s }) => s === "ok"));
      return leads.map(({ id }) => id);
    };
    const log = async (id) => (await admin(edge.url, `deliveries/shop/${id}/crm?show=all`)).body;
    const ends = (id, state) =>
      until(async () => {
        const found = await log(id);
        return found.state === state && found;
      }, `a delivery to be ${state}`);

    test("many attempts on two objects ask once, and all use what one got", async () => {
      for (const id of await send(12)) await ends(id, "done");
      assert.deepEqual([oauth.state.grants, oauth.state.refused, oauth.state.faults], [1, 0, []]);
      assert.equal(oauth.calls("/api").length, 12);
    });

    test("a token that was refused is replaced once, with the refresh token that the platform gave last", async () => {
      oauth.state.valid.clear();
      const [id] = await send();
      const done = await ends(id, "done");
      assert.equal(oauth.state.grants, 2);
      assert.deepEqual(
        done.attempts.at(-1).came.map(({ status }) => status),
        [401, 200, 200],
      );
      // What was asked and answered for the token is in no log.
      assert.doesNotMatch(JSON.stringify(done), /access-|refresh-|s3cret/);
    });

    test("a platform that never accepts a token parks the delivery with an alert, and asks no more than once", async () => {
      const grants = oauth.state.grants;
      oauth.state.valid = { has: () => false, add: () => undefined };
      const [id] = await send();
      const parked = await ends(id, "parked");
      assert.deepEqual([parked.status, oauth.state.grants - grants], [401, 1]);
      assert.ok(edge.lines.some((line) => line.includes(id) && line.includes('"level":"alert"')));
      oauth.state.valid = new Set();
      await admin(edge.url, "destinations/shop/crm/resume", { method: "POST" });
      await ends(id, "done");
    });

    test("a token endpoint that is down is tried again", async () => {
      oauth.state.valid.clear();
      oauth.state.down = true;
      const [id] = await send();
      await until(async () => (await log(id)).status === 503, "an attempt without a token");
      oauth.state.down = false;
      await ends(id, "done");
    });

    if (runtime === "node") {
      test("what is stored is sealed, and survives a restart", async () => {
        const grants = oauth.state.grants;
        await edge.kill();
        const db = new DatabaseSync(join(edge.folder, "leads.db"), { readOnly: true });
        const rows = db.prepare("SELECT * FROM access").all();
        db.close();
        assert.equal(rows.length, 1);
        assert.ok(rows[0].sealed.length > 100);
        const bytes = Buffer.concat(
          ["leads.db", "leads.db-wal"].map((name) => {
            try {
              return readFileSync(join(edge.folder, name));
            } catch {
              return Buffer.alloc(0);
            }
          }),
        ).toString("latin1");
        assert.doesNotMatch(bytes, /access-\d|refresh-\d|s3cret/);
        edge = await start(runtime, { config: config(oauth.url), env, folder: edge.folder, objects: 2 });
        const [id] = await send();
        await ends(id, "done");
        assert.equal(oauth.state.grants, grants);
      });
    }
  });
}

test("without a key to seal with, a token that is replaced is not asked for, and a person is told", async () => {
  const oauth = await platform();
  const { LEADKIT_SEAL_KEY: _, ...rest } = env;
  const edge = await start("node", { config: config(oauth.url), env: rest });
  try {
    const lead = item({ email: "a@example.com" });
    await post(edge.url, batch([lead]), { origin: edge.url });
    const parked = await until(async () => {
      const { body } = await admin(edge.url, `deliveries/shop/${lead.id}/crm`);
      return body.state === "parked" && body;
    }, "a parked delivery");
    assert.equal(parked.error, "seal_key_missing");
    assert.equal(oauth.taken.length, 0);
  } finally {
    await edge.stop();
    await oauth.stop();
  }
});
