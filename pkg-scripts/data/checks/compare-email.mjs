// Compares e-mail checks with isemail, email-providers and the source of the disposable list.
// Usage: pkg-scripts/data/checks/setup && node pkg-scripts/data/checks/compare-email.mjs [--sample]
// --sample also writes tests/conformance/check/email.json.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cache, native, random, root } from "./native.mjs";

const require = createRequire(cache);
const isemail = require("isemail");
const providers = require("email-providers/all.json");
const pick = random(1);
// https://github.com/skeggse/isemail: the thresholds between its categories.
const categories = [
  [0, "VALID"],
  [7, "DNSWARN"],
  [15, "RFC5321"],
  [31, "CFWS"],
  [63, "DEPREC"],
  [127, "RFC5322"],
  [255, "ERR"],
];

function category(text) {
  const code = isemail.validate(text, { errorLevel: true });
  return categories.find(([limit]) => code <= limit)[1];
}

const seeds = [
  "test@example.org",
  "a.b+c@sub.example.co.uk",
  '"test"@example.org',
  '"te\\"st"@example.org',
  "test@[127.0.0.1]",
  "test@[IPv6:1:2:3:4:5:6:7:8]",
  "(comment)test@example.org",
  "test@example.org(comment)",
  "test@example.123",
  "test.@example.org",
  ".test@example.org",
  "te..st@example.org",
  "test@-example.org",
  "test@example-.org",
  "test@example..org",
  "test@.org",
  "test@example.org-",
  `${"a".repeat(64)}@example.org`,
  `${"a".repeat(65)}@example.org`,
  `test@${"a".repeat(63)}.org`,
  `test@${"a".repeat(64)}.org`,
  "!#$%&'*+-/=?^_`{|}~@example.org",
  "tést@example.org",
  "test@exämple.org",
  "伊昭傑@郵件.商務",
  "test@iana/icann.org",
  "xn--test@example.org",
  "te st@example.org",
  "test @example.org",
  "test@example .org",
  "test@exa\r\n mple.org",
  "test@org",
  "test",
  "@",
  "test@",
  "@example.org",
  `a@${`${"b".repeat(60)}.`.repeat(4)}org`,
  `${"l".repeat(60)}@${`${"b".repeat(60)}.`.repeat(3)}org`,
  '"a"."b"@example.org',
  "a@b@example.org",
  "123@123.com",
];
const letters = [...'abz019.-_@"\\()[]<>:;, \t!#%+=~éñ郵\u0000\u007f'];
const inputs = new Set(seeds);
while (inputs.size < 60_000) {
  const chars = [...seeds[pick(seeds.length)]];
  for (let edits = 1 + pick(3); edits > 0; edits--) {
    chars.splice(
      pick(chars.length + 1),
      pick(2),
      ...Array.from({ length: pick(3) }, () => letters[pick(letters.length)]),
    );
  }
  const text = chars.join("");
  // What the check takes off before it judges would be judged here as a part of the address.
  if (text === text.trim()) inputs.add(text);
}
const list = [...inputs];
const answers = native(list.map((value) => ({ kind: "email", value, utf8_local: true, dotless: true })));
const table = {};
const rows = list.map((value, i) => ({ value, category: category(value), taken: answers[i].ok !== false }));
for (const { category: name, taken } of rows) {
  table[name] ??= { taken: 0, refused: 0 };
  table[name][taken ? "taken" : "refused"] += 1;
}
console.log("isemail", isemail.validate && require("isemail/package.json").version, table);
const strange = rows.filter((row) => (row.category === "VALID") !== row.taken);
for (const name of ["VALID", "ERR", "DEPREC", "CFWS"]) {
  const wrong = strange.filter((row) => row.category === name);
  console.log(
    `  ${name}: ${wrong.length} against us`,
    wrong.slice(0, 8).map((row) => row.value),
  );
}

const source = readFileSync(`${root}src/check/email/typo.rs`, "utf8");
const [mailboxes, real] = ["MAILBOXES", "REAL"].map((name) =>
  new RegExp(`const ${name}: .*?= (.*?);`, "s").exec(source)[1].match(/[a-z0-9-]+(\.[a-z]+)+/g),
);
const suggestions = (hosts) =>
  native(hosts.map((host) => ({ kind: "email", value: `a@${host}`, dotless: true }))).map(
    (answer) => answer.suggestion?.slice(2) ?? null,
  );
const targets = mailboxes.slice(0, 40);
const known = new Set([
  ...mailboxes,
  ...real,
  ...providers.filter(
    (host) => ![..."gamil.com gmai.com gmail.co gmail.om gmal.com gmial.com".split(" ")].includes(host),
  ),
]);
const typos = new Map();
for (const target of targets) {
  const add = (typo) => {
    if (!known.has(typo) && /^[a-z0-9.-]+$/.test(typo) && !/^[.-]|[.-]$|\.\.|-\.|\.-/.test(typo) && !typos.has(typo))
      typos.set(typo, target);
  };
  for (let i = 0; i <= target.length; i++) {
    add(target.slice(0, i) + target.slice(i + 1));
    add(target.slice(0, i) + (target[i + 1] ?? "") + (target[i] ?? "") + target.slice(i + 2));
    for (const letter of "abcdefghijklmnopqrstuvwxyz") {
      add(target.slice(0, i) + letter + target.slice(i));
      add(target.slice(0, i) + letter + target.slice(i + 1));
    }
  }
}
const hosts = [...typos.keys()];
const suggested = suggestions(hosts);
const right = hosts.filter((host, i) => suggested[i] === typos.get(host)).length;
const none = suggested.filter((host) => host === null).length;
const percent = (n, of) => `${((100 * n) / of).toFixed(2)} %`;
console.log(
  `typos of ${targets.length} hosts: ${hosts.length}, right ${percent(right, hosts.length)}, none ${percent(none, hosts.length)}, wrong ${percent(hosts.length - right - none, hosts.length)}`,
);
console.log(
  hosts
    .map((host, i) => [host, typos.get(host), suggested[i]])
    .filter(([, a, b]) => b !== null && a !== b)
    .slice(0, 12)
    .join(" | "),
);

const forProviders = suggestions(providers);
const false_ = providers.filter((_, i) => forProviders[i] !== null);
console.log(
  `real providers: ${providers.length}, suggestions ${false_.length} (${percent(false_.length, providers.length)})`,
  false_.join(" "),
);

const python = spawnSync(
  `${cache}venv/bin/python`,
  ["-c", "import json,disposable_email_domains as d;print(json.dumps(sorted(d.blocklist)))"],
  { encoding: "utf8" },
);
const blocked = JSON.parse(python.stdout);
const flags = native(blocked.map((host) => ({ kind: "email", value: `a@${host}` }))).map(
  (answer) => answer.details.disposable,
);
console.log(`disposable: ${flags.filter(Boolean).length} of ${blocked.length} found`);
const unknown = Array.from({ length: 100_000 }, (_, i) => `unbekannt${i}.${["com", "de", "co.uk", "net"][i % 4]}`);
const hits = native(unknown.map((host) => ({ kind: "email", value: `a@${host}` }))).filter(
  (answer) => answer.details.disposable,
).length;
console.log(`unknown hosts: ${unknown.length}, false hits ${hits}, one in ${Math.round(unknown.length / hits)}`);

if (process.argv.includes("--sample")) {
  const expected = { VALID: true, ERR: false, DEPREC: false, CFWS: false };
  const cases = Object.keys(expected).flatMap((name) =>
    rows
      .filter((row) => row.category === name && row.value.length < 90)
      .slice(0, name === "VALID" ? 120 : 60)
      .map(({ value }) => ({ value, category: name, taken: expected[name] })),
  );
  const some = hosts.map((host, i) => ({ host, suggestion: suggested[i] })).filter((_, i) => i % 120 === 0);
  const data = {
    source: "isemail 3.2.0 categories; typos of src/check/email/typo.rs",
    cases,
    typos: some,
    disposable: blocked.filter((_, i) => i % 60 === 0),
  };
  writeFileSync(
    `${root}tests/conformance/check/email.json`,
    `${JSON.stringify(data, null, 1)
      .replace(/\n {3}\s*/g, " ")
      .replace(/\n {2}\}/g, " }")}\n`,
  );
}
