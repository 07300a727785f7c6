// The formats module of the package says what the native check says: the samples of the oracles, in Wasm.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const file = (path) => new URL(`../../${path}`, import.meta.url);
const read = (path) => readFileSync(file(path), "utf8");
const { Formats } = await import(file("pkg/browser/formats.js").href);
const formats = await Formats.load(readFileSync(file("pkg/kit/formats.wasm")), read("pkg/kit/countries.txt"));

for (const kind of ["iban", "postcode", "tax_id", "url", "vat"]) {
  test(`${kind}: the module agrees with the sample`, () => {
    for (const { value, country, valid, normal } of JSON.parse(read(`tests/conformance/check/${kind}.json`)).cases) {
      const answer = formats.answer({ kind, value, ...(country && { country }) });
      assert.equal(answer.ok, valid, value);
      if (valid && normal) assert.equal(answer.value, normal);
    }
  });
}

test("an international host is brought into ASCII by the platform", () => {
  const answer = formats.answer({ kind: "url", value: "müller.example/weg" });
  assert.deepEqual([answer.ok, answer.value], [true, "https://xn--mller-kva.example/weg"]);
});

test("names of countries come from their pack", () => {
  assert.equal(formats.answer({ kind: "country", value: "Österreich" }).value, "AT");
});

test("strings that break others break nothing", () => {
  for (const value of JSON.parse(read("tests/conformance/check/naughty.json")).strings) {
    for (const kind of [
      "company",
      "country",
      "date",
      "iban",
      "money",
      "name",
      "number",
      "postcode",
      "tax_id",
      "url",
      "vat",
    ]) {
      assert.notEqual(formats.answer({ kind, value, country: "DE", locale: "de" }), undefined, kind);
    }
  }
});

test("what is judged elsewhere gets no answer here", () => {
  assert.equal(formats.answer({ kind: "phone", value: "030 123456" }), undefined);
});
