// `leadkit learn` as one runs it: exit codes, the report, and the scorecard in a file.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { gzipSync } from "node:zlib";

const main = new URL("../../pkg/cli/main.js", import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), "leadkit-learn-"));
after(() => rmSync(folder, { recursive: true }));

function learn(...args) {
  return spawnSync(process.execPath, [main, "learn", ...args], { cwd: folder, encoding: "utf8" });
}

/** Leads of which those from fairs and large firms are won more often; `call` is filled in after the outcome. */
function leads(count) {
  let state = 7;
  const random = () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state / 0x7fffffff;
  };
  const lines = ["channel,size,call,outcome"];
  for (let index = 0; index < count; index += 1) {
    const channel = ["fair", "ad", "form"][Math.floor(random() * 3)];
    const size = Math.floor(random() * 500);
    const won = random() < (channel === "fair" ? 0.6 : 0.2) + size / 2000;
    lines.push(`${channel},${size},${Math.floor(won ? 60 + random() * 300 : random() * 120)},${won ? "won" : "lost"}`);
  }
  return `${lines.join("\n")}\n`;
}

test("a good scorecard is written, and its leak is named and left out", () => {
  writeFileSync(join(folder, "many.csv.gz"), gzipSync(leads(2000)));
  const { status, stdout, stderr } = learn("many.csv.gz", "--out", "card.json");
  assert.equal(status, 0, stderr);
  assert.match(stdout, /^column "call" looks like a leak: alone it reaches 0\.9/m);
  assert.match(stdout, /^may be switched on$/m);
  const card = JSON.parse(readFileSync(join(folder, "card.json"), "utf8"));
  assert.deepEqual(
    card.features.map(({ fact }) => fact),
    ["channel", "size"],
  );
});

test("a scorecard in leadkit.json gives points with a reason for each fact", () => {
  const learned = JSON.parse(readFileSync(join(folder, "card.json"), "utf8"));
  const config = {
    site: { id: "shop" },
    forms: {
      contact: {
        fields: [
          { name: "channel", type: "choice", options: ["fair", "ad", "form"] },
          { name: "size", type: "number" },
        ],
      },
    },
    qualify: { private: { scores: { won: { learned } } } },
  };
  const path = join(folder, "leadkit.json");
  writeFileSync(path, JSON.stringify(config));
  assert.equal(spawnSync(process.execPath, [main, "lint", path], { encoding: "utf8" }).status, 0);
  const values = [{ channel: "fair", size: 480 }, { channel: "ad", size: 3 }, { size: 100 }];
  const input = values.map((data, id) => JSON.stringify({ id, data })).join("\n");
  const { stdout } = spawnSync(process.execPath, [main, "judge", "--config", path], { input, encoding: "utf8" });
  const [good, bad, unknown] = stdout.trim().split("\n").map(JSON.parse);
  const [channel, size] = learned.features;
  assert.ok(good.scores.won.points > bad.scores.won.points + 10, stdout);
  for (const [verdict, level] of [
    [good, "fair"],
    [bad, "ad"],
  ]) {
    const reason = verdict.reasons.find(({ rule }) => rule === "learned.channel");
    const expected = { rule: "learned.channel", score: "won", cell: level, points: channel.levels[level] };
    assert.deepEqual(reason, expected);
    const sum = verdict.reasons.reduce((total, { points }) => total + points, 0);
    assert.equal(sum, verdict.scores.won.points, "the reasons add up");
  }
  const last = size.bins.at(-1);
  const reason = good.reasons.find(({ rule }) => rule === "learned.size");
  assert.deepEqual([reason?.points ?? 0, reason?.cell.endsWith(" or more") ?? true], [last.points, true]);
  assert.ok(!unknown.reasons.some(({ rule, points }) => rule === "learned.channel" && points !== channel.missing));
});

test("too few leads give a report, no file, and the exit code of a finding", () => {
  writeFileSync(join(folder, "few.csv"), leads(60));
  const { status, stdout } = learn("few.csv", "--drop", "call", "--out", "none.json", "--json");
  assert.equal(status, 1);
  assert.ok(JSON.parse(stdout).report.refusals.includes("too_few_won"));
  assert.equal(existsSync(join(folder, "none.json")), false);
});

test("a file that cannot be read is an error with a sentence", () => {
  writeFileSync(join(folder, "bad.csv"), "a,outcome\n1,won\n2,perhaps\n");
  const bad = learn("bad.csv");
  assert.equal(bad.status, 2);
  assert.match(bad.stderr, /^leadkit: outcomes at line 3: expected won or lost /);
  assert.match(learn("missing.csv").stderr, /^leadkit: missing\.csv: ENOENT$/m);
  assert.match(learn().stderr, /^leadkit: learn: expected one file of outcomes$/m);
});
