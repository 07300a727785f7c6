// A server that gets far more than it can do: it says so and when to come again, loses nothing that it acknowledged, keeps
// its memory, and in the end has everything.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Gate } from "../../pkg/edge/gate.js";
import { admin, batch, item, post } from "./client.mjs";
import { RUNTIMES, start } from "./runtime.mjs";

const BATCHES = 240;
const SIZE = 10;
/** How many are let in at once, and how many come. */
const [INSIDE, COME] = [4, 80];
/** What a storm may add to the memory of the process. */
const GROWTH = 256 * 1024 * 1024;

const memory = (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) * 1024;

async function stored(url) {
  const { body } = await admin(url, "leads?limit=200");
  const ids = body.leads.map(({ id }) => id);
  let next = body.next;
  while (next) {
    const page = (await admin(url, `leads?limit=200&before=${next}`)).body;
    ids.push(...page.leads.map(({ id }) => id));
    next = page.next;
  }
  return ids;
}

for (const runtime of RUNTIMES.filter((name) => name !== "workerd")) {
  test(`a storm on ${runtime}: refusals say when to come again, and everything arrives`, async () => {
    const server = await start(runtime, { args: ["--at-once", String(INSIDE)] });
    try {
      await post(server.url, batch([]));
      const before = memory(server.pid);
      let most = before;
      const acknowledged = new Set();
      const waits = new Set();
      let waiting = Array.from({ length: BATCHES }, () => Array.from({ length: SIZE }, () => item()));
      const all = new Set(waiting.flat().map(({ id }) => id));
      let refused = 0;
      const send = async (left, kept) => {
        for (let items = left.shift(); items !== undefined; items = left.shift()) {
          const answer = await post(server.url, batch(items));
          most = Math.max(most, memory(server.pid));
          if (answer.status === 200) {
            for (const { id, s } of answer.body.r) if (s === "ok" || s === "dup") acknowledged.add(id);
            continue;
          }
          assert.equal(answer.status, 503);
          assert.equal(answer.body.error.code, "unavailable");
          const { after_ms: after } = answer.body;
          assert.ok(after >= 2000 && after < 10_000, `${after}`);
          assert.equal(Number(answer.headers.get("retry-after")), Math.ceil(after / 1000));
          waits.add(after);
          refused += 1;
          kept.push(items);
        }
      };
      const later = [];
      await Promise.all(Array.from({ length: COME }, () => send(waiting, later)));
      assert.ok(refused > 0, "nobody was refused");
      assert.ok(refused < 5 || waits.size > 1, "all were told to come at the same time");
      // As an outbox does: what was not answered comes again with the ids that it has, by few at once.
      waiting = later;
      while (waiting.length > 0) {
        const again = [];
        await Promise.all(Array.from({ length: INSIDE }, () => send(waiting, again)));
        waiting = again;
      }
      assert.deepEqual(acknowledged, all);
      const there = await stored(server.url);
      assert.equal(there.length, all.size, "each once");
      assert.deepEqual(new Set(there), all);
      assert.ok(most - before < GROWTH, `the memory grew by ${most - before}`);
    } finally {
      await server.stop();
    }
  });
}

test("the gate lets in fewer while answers are late, and more again when they are not", () => {
  const gate = new Gate(100, undefined);
  const fill = (time, took) => {
    let inside = 0;
    for (; !gate.isFull(); inside += 1) gate.enter();
    for (let left = inside; left > 0; left -= 1) gate.leave(time, time + took);
    return inside;
  };
  assert.equal(fill(0, 10), 100);
  let least = 100;
  for (let round = 1; round < 60; round += 1) least = Math.min(least, fill(round * 5000, 2000));
  assert.equal(least, 4);
  let most = 0;
  for (let round = 0; round < 300; round += 1) most = Math.max(most, fill(1_000_000, 10));
  assert.equal(most, 100);
});

test("nobody is let in while the memory is nearly full", () => {
  let used = 0.5;
  const gate = new Gate(10, () => used);
  assert.equal(gate.isFull(), false);
  used = 0.95;
  assert.equal(gate.isFull(), true);
});
