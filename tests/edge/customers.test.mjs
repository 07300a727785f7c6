// Existing customers are known by keyed hashes, and what one person sends stands together without becoming one.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { admin, batch, good, item, post } from "./client.mjs";
import { config, start, TOKEN, TWO_RUNTIMES } from "./runtime.mjs";

const CLI = fileURLToPath(new URL("../../pkg/cli/main.js", import.meta.url));
const knows = { "==": [{ var: "existing_customer" }, true] };

const options = () => {
  const all = config();
  all.forms.contact.fields.push({ name: "phone", type: "phone", country: "DE" });
  all.qualify.private.rules.push({ id: "known", score: "fit", points: 7, when: knows });
  return all;
};

for (const runtime of TWO_RUNTIMES) {
  describe(runtime, () => {
    let edge;
    before(async () => {
      edge = await start(runtime, {
        config: options(),
        objects: 3,
        env: { LEADKIT_SECRET: "a secret of the deployment" },
      });
    });
    after(() => edge?.stop());

    const run = (...args) => {
      const env = { ...process.env, LEADKIT_ADMIN_TOKEN: TOKEN };
      const options = { cwd: edge.folder, env, encoding: "utf8" };
      return spawnSync(process.execPath, [CLI, "customers", ...args, "--url", edge.url], options);
    };
    const sent = async (data) => {
      const one = item({ ...good, ...data });
      assert.equal((await post(edge.url, batch([one]))).body.r[0].s, "ok");
      return (await admin(edge.url, `leads/shop/${one.id}`)).body;
    };
    const known = (lead) => lead.verdict.reasons.some(({ rule }) => rule === "known");

    test("customers of a list are known by address or number, however they are written, until they are forgotten", async () => {
      const rows = Array.from({ length: 900 }, (_, n) => `Person ${n};person${n}@customers.example;`);
      rows.push("Grace;GRACE@Customers.example;0170 1234567", '"two\nlines";second@customers.example;', ";;");
      const file = join(edge.folder, "customers.csv");
      writeFileSync(file, `Name;E-Mail;Telefon\r\n${rows.join("\r\n")}\r\n`);
      const first = run("import", file, "--country", "DE");
      assert.match(first.stdout, /^903 lines, 903 addresses and numbers, 903 new, 1 lines without either/);
      assert.match(run("import", file, "--country", "DE").stdout, / 0 new,/);
      assert.equal(known(await sent({ email: "grace@customers.example" })), true);
      assert.equal(known(await sent({ email: "new@example.com", phone: "+49 170 1234567" })), true);
      assert.equal(known(await sent({ email: "Person899@customers.example" })), true);
      const stranger = await sent({ email: "stranger@example.com" });
      assert.equal(known(stranger), false);
      assert.equal(stranger.facts.existing_customer, false);
      // What a page claims is no proof.
      const liar = item({ ...good, email: "liar@example.com" }, { ctx: { existing_customer: true } });
      await post(edge.url, batch([liar]));
      assert.equal(known((await admin(edge.url, `leads/shop/${liar.id}`)).body), false);
      assert.match(run("forget", file, "--country", "DE").stdout, / 903 forgotten,/);
      assert.equal(known(await sent({ email: "grace@customers.example" })), false);
    });

    test("who was won is a customer when they come again", async () => {
      const data = { email: "won@example.com" };
      const lead = await sent(data);
      assert.equal(known(lead), false);
      const body = JSON.stringify({ stage: "won" });
      const { status } = await admin(edge.url, `leads/shop/${lead.id}/stage`, { method: "POST", body });
      assert.equal(status, 200);
      assert.equal(known(await sent(data)), true);
    });

    test("a new lead joins the timeline of its person, and two names of one address stay two leads", async () => {
      const family = { email: "family@example.com" };
      const one = await sent({ ...family, full_name: "Ada Lovelace", message: "the first" });
      const two = await sent({ ...family, full_name: "Byron Lovelace", message: "the second", phone: "030 7654321" });
      const three = await sent({ email: "byron@example.com", full_name: "Byron Lovelace", phone: "+49307654321" });
      // The list tells the index first.
      await admin(edge.url, "leads");
      const others = async ({ id }) => {
        const { body } = await admin(edge.url, `leads/shop/${id}/others`);
        return body.leads.map((lead) => [lead.id, lead.name]);
      };
      assert.deepEqual(await others(one), [[two.id, "Byron Lovelace"]]);
      assert.deepEqual(await others(two), [
        [three.id, "Byron Lovelace"],
        [one.id, "Ada Lovelace"],
      ]);
      const { body } = await admin(edge.url, `leads/shop/${one.id}`);
      assert.deepEqual([body.values.full_name, body.values.message], ["Ada Lovelace", "the first"]);
      await admin(edge.url, `leads/shop/${two.id}/erase`, { method: "POST", body: "{}" });
      assert.deepEqual(await others(one), []);
    });
  });
}
