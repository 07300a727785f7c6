// The same leads, rules, packs and facts give the same bytes natively, in every Wasm build and as plain JavaScript.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, test } from "node:test";
import { CONFIG, difference, hash, LEADS, leads, SAMPLE, verdicts } from "../verdict/corpus.mjs";

const pkg = (path) => new URL(`../../pkg/${path}`, import.meta.url);

let lines, full, bare;
before(() => {
  lines = leads(LEADS);
  full = verdicts(LEADS, "judge");
  bare = verdicts(LEADS, "judge-bare");
});

function same(expected, judge) {
  const found = lines.slice(0, expected.length).map(judge);
  assert.equal(difference(lines, expected, found), undefined);
  assert.equal(hash(found), hash(expected));
}

test("the corpus holds every kind of verdict", () => {
  assert.equal(lines.length, LEADS);
  for (const word of ['"accept"', '"review"', '"spam"', '"error"', '"claimed":true', '"women"', '"problems":[]', "+4930123456"]) {
    assert.ok(full.some((verdict) => verdict.includes(word)), word);
  }
  assert.notEqual(hash(full), hash(bare));
});

test("the Wasm of the edge judges as the native core", async () => {
  const edge = await import(pkg("wasm/edge.js"));
  edge.initSync({ module: readFileSync(pkg("wasm/edge.wasm")) });
  assert.equal(JSON.parse(edge.configure(CONFIG)).site, "corpus");
  same(full, (line) => edge.judge("corpus", line));
});

test("the Wasm of the browser judges as the native core", async () => {
  const embed = await import(pkg("kit/embed.js"));
  embed.initSync({ module: readFileSync(pkg("kit/embed.wasm")) });
  const kit = new embed.Kit("corpus", "{}", "1");
  assert.equal(kit.load(CONFIG), "");
  same(bare, (line) => kit.judge(line));
});

test("the plain JavaScript judges as the native core", async () => {
  const plain = await import(pkg("kit/embed-plain.js"));
  plain.initSync();
  const kit = new plain.Kit("corpus", "{}", "1");
  assert.equal(kit.load(CONFIG), "");
  same(bare.slice(0, SAMPLE), (line) => kit.judge(line));
});
