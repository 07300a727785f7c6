// A trap of the core fails one request and nothing else.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { startCore } from "../../pkg/edge/core.js";
import { Driver } from "../../pkg/edge/driver.js";
import { EdgeError } from "../../pkg/edge/error.js";
import { batch, item } from "./client.mjs";
import { config, ORIGIN } from "./runtime.mjs";

const real = startCore(readFileSync(new URL("../../pkg/wasm/edge.wasm", import.meta.url)));

/** A core that traps when it is told, and counts its resets. */
function trapping() {
  const next = { trap: undefined };
  const resets = [];
  const core = {
    ...real,
    reset() {
      const begin = performance.now();
      real.reset();
      resets.push(performance.now() - begin);
    },
  };
  for (const name of ["request", "resume", "wake", "fault"]) {
    core[name] = (...args) => {
      if (next.trap === name) {
        next.trap = undefined;
        real.trap();
      }
      return real[name](...args);
    };
  }
  return { core, next, resets };
}

function host(more = {}) {
  const lines = [];
  return {
    lines,
    sql: async (_object, statements) => statements.map(() => [{ stored: 1, same: 1, code: null, field: null }]),
    fetch: async () => ({ status: 200, headers: [], body: "" }),
    now: Date.now,
    entropy: () => "0".repeat(64),
    wake: () => undefined,
    asset: async () => undefined,
    log: (line) => lines.push(line),
    env: () => undefined,
    ...more,
  };
}

const sites = [JSON.stringify(config())];

function send(driver) {
  const headers = { "content-type": "text/plain", origin: ORIGIN };
  return driver.fetch(
    new Request("http://edge.test/v1/leads", { method: "POST", headers, body: JSON.stringify(batch([item()])) }),
  );
}

test("one request fails with a time to come again, the next is answered, and a reset takes two milliseconds at most", async () => {
  const { core, next, resets } = trapping();
  const edge = host();
  const driver = new Driver(core, edge, { sites });
  for (const name of ["request", "resume"]) {
    next.trap = name;
    const failed = await send(driver);
    assert.equal(failed.status, 503);
    assert.equal(failed.headers.get("retry-after"), "1");
    assert.equal(failed.headers.get("access-control-allow-origin"), ORIGIN);
    assert.equal((await failed.json()).after_ms, 250);
    assert.deepEqual((await (await send(driver)).json()).r[0].s, "ok");
  }
  assert.equal(resets.length, 2);
  assert.deepEqual(edge.lines, Array(2).fill({ level: "alert", event: "request_failed", code: "trap" }));
  const repeated = Array.from({ length: 20 }, () => {
    const begin = performance.now();
    core.reset();
    return performance.now() - begin;
  }).sort((a, b) => a - b);
  assert.ok(repeated[10] <= 2, `${repeated[10]} ms`);
});

test("a trap in the answer to a trap still gives an answer", async () => {
  const { core, next } = trapping();
  const edge = host({
    sql: () => {
      next.trap = "fault";
      return Promise.reject(new Error("down"));
    },
  });
  const answer = await send(new Driver(core, edge, { sites }));
  assert.equal(answer.status, 503);
  assert.equal((await answer.json()).error.code, "unavailable");
});

test("a storage that does not answer is no refusal", async () => {
  const edge = host({ sql: () => Promise.reject(new Error("down")) });
  const answer = await send(new Driver(real, edge, { sites }));
  assert.equal(answer.status, 503);
  const { error, after_ms } = await answer.json();
  assert.equal(error.code, "unavailable");
  assert.ok(after_ms > 0);
  assert.ok(Number(answer.headers.get("retry-after")) >= 1);
  assert.equal(edge.lines[0].code, "storage_failed");
});

test("a crowd is sent away in good order, and those who are inside are served", async () => {
  const inside = [];
  const edge = host({
    sql: (_object, statements) =>
      new Promise((resolve) => {
        inside.push(() => resolve(statements.map(() => [{ stored: 1, same: 1, code: null, field: null }])));
      }),
  });
  const driver = new Driver(real, edge, { sites });
  const all = Array.from({ length: 600 }, () => send(driver));
  await new Promise((resolve) => setTimeout(resolve, 200));
  assert.equal(inside.length, 512);
  for (const enter of inside) enter();
  const answers = await Promise.all(all);
  assert.equal(answers.filter(({ status }) => status === 200).length, 512);
  const waits = await Promise.all(answers.filter(({ status }) => status === 503).map((answer) => answer.json()));
  assert.equal(waits.length, 88);
  assert.ok(waits.every(({ after_ms }) => after_ms >= 2000 && after_ms < 10_000));
  assert.equal((await send(new Driver(real, host(), { sites }))).status, 200);
});

test("a configuration with faults throws an error with a code and all faults", () => {
  assert.throws(
    () => new Driver(real, host(), { sites: ['{"site":{"id":"A"}}'] }),
    (error) => {
      assert.ok(error instanceof EdgeError && error instanceof Error);
      assert.equal(error.code, "config_invalid");
      assert.equal(error.message, "the configuration has faults");
      assert.ok(error.details.errors.length >= 2);
      return true;
    },
  );
});
