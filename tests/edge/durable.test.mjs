// What changes between two starts.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { admin, batch, good, item, post, receiver } from "./client.mjs";
import { config, start, TWO_RUNTIMES, until } from "./runtime.mjs";

for (const runtime of TWO_RUNTIMES) {
  describe(runtime, () => {
    test("a form of an earlier configuration is judged under that configuration", async () => {
      const folder = mkdtempSync(join(tmpdir(), "leadkit-"));
      const first = await start(runtime, { folder });
      const old = item();
      await post(first.url, batch([old]));
      const { form } = (await admin(first.url, `leads/shop/${old.id}`)).body;
      // The index object is told about a configuration after the start.
      await new Promise((resolve) => setTimeout(resolve, 1000));
      await first.stop();
      const changed = config();
      changed.forms.contact.fields.push({ name: "company", type: "text", required: true });
      const second = await start(runtime, { folder, config: changed });
      const late = item(good, { form });
      const current = item(good);
      const { body } = await post(second.url, batch([late, current]));
      assert.deepEqual(body.r, [
        { id: late.id, s: "ok" },
        { id: current.id, s: "bad", c: "required", f: "company" },
      ]);
      const stored = (await admin(second.url, `leads/shop/${late.id}`)).body;
      assert.equal(stored.form, form);
      assert.equal(stored.config, (await admin(second.url, `leads/shop/${old.id}`)).body.config);
      await second.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    test("a new configuration tries again what waited for a person and ends what has no destination", async () => {
      const folder = mkdtempSync(join(tmpdir(), "leadkit-"));
      const hook = await receiver();
      hook.answer(() => ({ status: 401 }));
      const first = await start(runtime, { folder, hook: hook.url });
      const lead = item();
      await post(first.url, batch([lead]));
      const state = async (edge) => {
        const { body } = await admin(edge.url, `leads/shop/${lead.id}`);
        return Object.fromEntries(body.deliveries.map((each) => [each.destination, each.reason ?? each.state]));
      };
      await until(async () => {
        const { crm, women } = await state(first);
        return crm === "parked" && women === "parked";
      }, "both to be parked");
      await first.stop();
      hook.answer(() => ({ status: 200 }));
      const changed = config(hook.url);
      delete changed.destinations.women;
      const second = await start(runtime, { folder, config: changed });
      await fetch(`${second.url}/healthz`);
      const expected = { crm: "done", mail: "consent_missing", women: "destination_missing" };
      await until(async () => (await state(second)).crm === "done", "crm to be done");
      assert.deepEqual(await state(second), expected);
      await second.stop();
      await hook.stop();
      rmSync(folder, { recursive: true, force: true });
    });
  });
}
