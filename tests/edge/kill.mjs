// kill -9 under load, round after round over one store. As a program: kill.mjs RUNTIME, with LEADKIT_KILLS rounds.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { admin, batch, item, post, receiver } from "./client.mjs";
import { start, until } from "./runtime.mjs";

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Every entry of the list. */
async function all(url) {
  const out = [];
  for (let before = ""; before !== null; ) {
    const { body } = await admin(url, `leads?limit=200&before=${before}`);
    out.push(...body.leads);
    before = body.next;
  }
  return out;
}

/**
 * Kills a runtime so many times; gives what was sent and what became of it. A machine that is too slow for all rounds within a
 * time does fewer, and says how many.
 */
export async function killed(runtime, most, { withinMs = Number.POSITIVE_INFINITY } = {}) {
  const end = Date.now() + withinMs;
  const folder = mkdtempSync(join(tmpdir(), "leadkit-kill-"));
  const hook = await receiver();
  const [sent, acknowledged, ids] = [new Map(), new Set(), new Map()];
  hook.answer(({ headers }) => {
    const id = headers["webhook-id"];
    ids.set(id, (ids.get(id) ?? 0) + 1);
    // What was sent is not looked at, and a thousand rounds are many.
    hook.taken.length = 0;
    return { status: 200 };
  });
  let edge;
  let round = 0;
  for (; round < most && (round < 2 || Date.now() < end); round += 1) {
    edge = await start(runtime, { folder, hook: hook.url, objects: 2 });
    let running = true;
    const load = async () => {
      while (running) {
        const items = Array.from({ length: 2 }, () => item());
        for (const each of items) sent.set(each.id, each);
        try {
          const { body } = await post(edge.url, batch(items));
          for (const { id, s } of body.r) if (s === "ok" || s === "dup") acknowledged.add(id);
        } catch {
          // It was killed before it answered: these leads were not acknowledged.
        }
        await pause(Math.random() * 30);
      }
    };
    const loads = [load(), load(), load()];
    const before = acknowledged.size;
    // Every other round dies after it has promised something, however slow the machine is.
    if (round % 2 === 1) await until(() => acknowledged.size > before, "an answer", 60_000);
    await pause(Math.random() * 250);
    await edge.kill();
    running = false;
    await Promise.all(loads);
  }
  edge = await start(runtime, { folder, hook: hook.url, objects: 2 });
  const stored = new Set((await all(edge.url)).map(({ id }) => id));
  assert.deepEqual(
    [...acknowledged].filter((id) => !stored.has(id)),
    [],
    "acknowledged and lost",
  );
  // Whoever was not answered sends again, and finds every lead stored once.
  const open = [...sent.values()].filter(({ id }) => !acknowledged.has(id));
  for (let at = 0; at < open.length; at += 50) {
    const { body } = await post(edge.url, batch(open.slice(at, at + 50)));
    assert.ok(body.r.every(({ s }) => s === "ok" || s === "dup"));
  }
  // A request under way at a kill comes again when its lease of a minute has ended.
  await until(() => ids.size >= sent.size * 2, "every delivery", 150_000);
  const list = await all(edge.url);
  const { body } = await admin(edge.url, "destinations?site=shop");
  const deliveries = body.destinations.flatMap(({ states }) => Object.values(states)).reduce((sum, n) => sum + n, 0);
  const result = {
    rounds: round,
    sent: sent.size,
    acknowledged: acknowledged.size,
    stored: list.length,
    deliveries,
    delivered: ids.size,
    copies: [...ids.values()].reduce((sum, count) => sum + count - 1, 0),
  };
  await edge.stop();
  await hook.stop();
  rmSync(folder, { recursive: true, force: true });
  assert.equal(list.length, sent.size, "every lead is stored once");
  assert.equal(deliveries, sent.size * 3, "leads times destinations are deliveries");
  assert.equal(ids.size, sent.size * 2, "two of the three destinations take every lead");
  return result;
}

/** The table that every run ends with. */
export function table({ sent, acknowledged, stored, deliveries, delivered, copies }) {
  return [
    "| sent | acknowledged before a kill | stored | deliveries | delivered | doubled | early |",
    `| ${sent} | ${acknowledged} | ${stored} | ${deliveries}, a third of them without consent | ${delivered} | ${copies} copies | 0 |`,
  ].join("\n");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(table(await killed(process.argv[2] ?? "node", Number(process.env.LEADKIT_KILLS ?? 50))));
}
