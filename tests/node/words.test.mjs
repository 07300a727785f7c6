// What a form says by itself is there in every language, each sentence with what is filled in.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { extraWords } from "../../pkg/browser/extras/words.js";
import { words } from "../../pkg/browser/form/words.js";

const LANGUAGES = ["de", "en", "es", "fr", "it", "nl", "pl", "pt"];
const read = (path) => JSON.parse(readFileSync(new URL(`../../www/browser/${path}`, import.meta.url), "utf8"));
const holes = (sentence) => (sentence.match(/\{\w+\}/g) ?? []).sort();

function compare(name, sentences, english) {
  assert.deepEqual(Object.keys(sentences).sort(), Object.keys(english).sort(), name);
  for (const [key, sentence] of Object.entries(sentences)) {
    assert.notEqual(sentence.trim(), "", `${name} ${key}`);
    assert.deepEqual(holes(sentence), holes(english[key]), `${name} ${key}`);
  }
}

test("the sentences around a form are there in eight languages", () => {
  const files = readdirSync(new URL("../../www/browser/words", import.meta.url)).map((file) => file.slice(0, 2));
  assert.deepEqual([...files, "en"].sort(), LANGUAGES);
  for (const tag of files) compare(tag, read(`words/${tag}.json`), words);
});

test("the sentences for problems are there in eight languages", () => {
  const english = read("messages/en.json");
  for (const tag of LANGUAGES) compare(tag, read(`messages/${tag}.json`), english);
});

test("the sentences of steps and drafts are there in eight languages", () => {
  const english = extraWords("en");
  for (const tag of LANGUAGES) {
    compare(tag, extraWords(`${tag}-XX`), english);
    if (tag !== "en") assert.notEqual(extraWords(tag).next, english.next, tag);
  }
  assert.equal(extraWords("ja"), english);
});
