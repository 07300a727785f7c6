// `leadkit check` over JSON lines: an answer for each line, whatever is in it, in constant memory, with progress on a terminal.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../pkg/cli/main.js", import.meta.url));
const start = (...options) => spawn(process.execPath, [...options, MAIN, "check"], { stdio: "pipe" });

async function check(input) {
  const child = start();
  child.stdin.end(input);
  const [out] = await Promise.all([Array.fromAsync(child.stdout), once(child, "exit")]);
  return Buffer.concat(out)
    .toString()
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}

test("a line is answered with its normal form, problem, suggestion and details", async () => {
  const [phone, email] = await check(
    '{"id":1,"kind":"phone","value":"030 123456","country":"DE"}\n{"id":"b","kind":"email","value":"ada@gmial.com"}',
  );
  assert.deepEqual(phone, {
    id: 1,
    ok: true,
    value: "+4930123456",
    problem: null,
    suggestion: null,
    details: { type: "fixed_line", region: "DE", possible: true, extension: null },
  });
  assert.deepEqual([email.id, email.ok, email.suggestion], ["b", true, "ada@gmail.com"]);
});

test("a line that cannot be read is answered with its error, and the run goes on", async () => {
  const good = '{"id":9,"kind":"vat","value":"DE136695976"}\n';
  const answers = await check(
    Buffer.concat([
      Buffer.from(`{"id":1,\n[]\n{"id":2,"kind":"shoe","value":"x"}\n{"id":3,"kind":"email"}\n`),
      Buffer.from([0x22, 0xff, 0x22, 0x0a]),
      Buffer.from(`"${"x".repeat(1_100_000)}"\n`),
      Buffer.from(good),
    ]),
  );
  assert.equal(answers.length, 7);
  for (const answer of answers.slice(0, 6)) assert.equal(typeof answer.error.code, "string");
  assert.deepEqual([answers[6].id, answers[6].ok], [9, true]);
});

test("a million lines take no more memory than a hundred thousand, and a terminal sees how far they are", async () => {
  const terminal = "data:text/javascript,process.stderr.isTTY=true";
  const child = start("--import", terminal);
  const kinds = ["email", "phone", "vat", "iban", "postcode", "url", "name", "date", "country"];
  const chunk = Array.from({ length: 1000 }, (_, id) =>
    JSON.stringify({ id, kind: kinds[id % kinds.length], value: `x${id}@example.com`, country: "DE" }),
  );
  const text = Buffer.from(`${chunk.join("\n")}\n`);
  let answers = 0;
  let progress = "";
  child.stdout.on("data", (data) => {
    for (const byte of data) if (byte === 10) answers += 1;
  });
  child.stderr.on("data", (data) => {
    progress += data;
  });
  const peak = () => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))[1]) * 1024;
  let early = 0;
  for (let written = 0; written < 1000; written += 1) {
    if (!child.stdin.write(text)) await once(child.stdin, "drain");
    if (written === 100) early = peak();
  }
  const grown = peak() - early;
  child.stdin.end();
  await once(child, "close");
  assert.equal(answers, 1_000_000);
  assert.ok(grown < 48 * 2 ** 20, `${grown} bytes more`);
  assert.match(progress, /\rcheck: \d+ lines, \d+ a second/);
  assert.match(progress, /\rcheck: 1000000 lines, \d+ a second\n$/);
});
