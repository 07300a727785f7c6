// What was acknowledged is stored, whatever is killed, on workerd.
import assert from "node:assert/strict";
import { test } from "node:test";
import { killed, table } from "./kill.mjs";
import { TWO_RUNTIMES } from "./runtime.mjs";

const left = TWO_RUNTIMES.includes("workerd") ? false : "LEADKIT_RUNTIMES leaves it out";

test("6 kills under load lose no acknowledged lead, and each arrives", { skip: left }, async () => {
  const result = await killed("workerd", 6, { withinMs: 180_000 });
  assert.equal(result.rounds, 6);
  assert.ok(result.acknowledged >= result.rounds / 2);
  console.log(`workerd, ${result.rounds} kills\n${table(result)}`);
});
