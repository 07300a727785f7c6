// The same leads, rules, packs and facts give the same bytes natively, in every Wasm build and as plain JavaScript.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, test } from "node:test";
import { again, CONFIG, difference, hash, LEADS, leads, parts, SAMPLE, verdicts } from "../verdict/corpus.mjs";

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
  for (const word of [
    '"accept"',
    '"review"',
    '"spam"',
    '"error"',
    '"claimed":true',
    '"women"',
    '"problems":[]',
    "+4930123456",
    '"reject"',
    '"message":{"de"',
    '"rule":"touch","score":"engagement","points":3',
    '"rule":"learned.channel","score":"won","cell":"fair"',
    '"rule":"firm"',
    '"rule":"offer"',
    '"rule":"germany"',
    '"grade":"A1"',
    '"handover":true',
    '"next":{"kind":"download"',
  ]) {
    assert.ok(
      full.some((verdict) => verdict.includes(word)),
      word,
    );
  }
  assert.notEqual(hash(full), hash(bare));
});

test("the Wasm of the edge judges as the native core", async () => {
  const edge = await import(pkg("wasm/edge.js"));
  edge.initSync({ module: readFileSync(pkg("wasm/edge.wasm")) });
  assert.equal(JSON.parse(edge.configure(CONFIG)).site, "corpus");
  same(full, (line) => edge.judge("corpus", line));
});

test("a lead that is judged again as it was stored has the same verdict", () => {
  assert.ok(again(LEADS) > LEADS / 20);
});

test("the Wasm of the browser judges as the native core", async () => {
  const module = await import(pkg("kit/judge.js"));
  module.initSync({ module: readFileSync(pkg("kit/judge.wasm")) });
  const judge = new module.Judge(CONFIG);
  same(bare, (line) => judge.judge(...parts(line)));
});

test("the plain JavaScript judges as the native core", async () => {
  const plain = await import(pkg("kit/judge-plain.js"));
  plain.initSync();
  const judge = new plain.Judge(CONFIG);
  same(bare.slice(0, SAMPLE), (line) => judge.judge(...parts(line)));
});
