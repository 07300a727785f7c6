// The phone module of the package says what the native check says: the sample of the oracle, in Wasm and as plain JavaScript.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const file = (path) => new URL(`../../${path}`, import.meta.url);
const { Phones } = await import(file("pkg/browser/phone.js").href);
const formats = readFileSync(file("pkg/kit/phone.pack"));
const phones = await Phones.load(readFileSync(file("pkg/kit/phone.wasm")), formats);
const plain = new Phones(await import(file("pkg/kit/phone-plain.js").href), formats);
const lines = (path) => readFileSync(file(path), "utf8").split("\n").slice(0, -1);

function compare(phones) {
  for (const line of lines("tests/phone/sample.tsv")) {
    const [country, text, e164, extension, length, type, region, national, international] = line.split("\t");
    const answer = phones.check(text, country);
    if (e164.startsWith("!")) {
      assert.deepEqual(answer, { possible: false, valid: false, problem: e164.slice(1) }, line);
      continue;
    }
    const { problem, ...rest } = answer;
    const expected = { e164, possible: length === "possible" || length === "local", valid: type !== "" };
    if (region) expected.region = region;
    if (type) expected.type = type;
    if (extension) expected.extension = extension;
    assert.deepEqual(rest, expected, line);
    assert.equal(problem === null, answer.valid, line);
    assert.equal(phones.format(text, country), national, line);
    assert.equal(phones.format(text, country, true), international, line);
  }
}

test("the module says what the oracle says", () => compare(phones));

test("the module as plain JavaScript says what the oracle says", () => compare(plain));

test("the module groups a field as the oracle does", () => {
  for (const line of lines("tests/phone/typing.tsv")) {
    const [country, text, shown] = line.split("\t");
    if (/^\+?[0-9]+$/.test(text)) assert.equal(phones.group(text, country), shown.split("|").at(-1), line);
  }
});

test("a field that holds no number stays as it is", () => {
  const long = "call me ".repeat(10);
  assert.equal(phones.group(long, "DE"), long);
  assert.equal(phones.format("call me", "DE"), "");
});

test("a text of any length and script gets an answer", () => {
  assert.equal(phones.check("1".repeat(100_000), "DE").problem, "phone.too_long");
  assert.equal(phones.check("\u{1d7ce}".repeat(251), "DE").problem, "phone.too_long");
  assert.equal(phones.check("\ud800+49 30 123456\udc00", "").e164, "+4930123456");
  assert.equal(phones.check("030 123456", "Germany").problem, "phone.country");
});
