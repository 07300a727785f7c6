// Compares web addresses with validator.js (which hosts are taken) and with the URL parser of Node (normal forms).
// Usage: pkg-scripts/data/checks/setup && node pkg-scripts/data/checks/compare-url.mjs [--sample]
// --sample also writes tests/conformance/check/url.json.
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cache, native, random, root } from "./native.mjs";

const require = createRequire(cache);
const { default: isURL } = require("validator/lib/isURL");
const { version } = require("validator/package.json");
const pick = random(2);
const one = (list) => list[pick(list.length)];
const schemes = [
  "",
  "",
  "",
  "http://",
  "https://",
  "HTTPS://",
  "//",
  "ftp://",
  "mailto:",
  "javascript:",
  "http:/",
  "http:",
];
const hosts = [
  "example.com",
  "www.Example.com",
  "a-b.co.uk",
  "sub.a1.example.museum",
  "xn--mller-kva.de",
  "123.com",
  "10.0.0.1",
  "localhost",
];
hosts.push(
  "example",
  "-a.com",
  "a-.com",
  "a..com",
  "a_b.com",
  "a.com.",
  "example.123",
  "[::1]",
  `${"a".repeat(64)}.com`,
  "a.b",
  "",
);
const ports = ["", "", "", "", ":80", ":443", ":8080", ":0", ":65535", ":65536", ":x", ":"];
const tails = [
  "",
  "",
  "/",
  "/a/b.html",
  "/ü?q=ä#ö",
  "?q=1&r=2",
  "#top",
  "/a b",
  '/"<>',
  "/%20",
  "/a|b",
  "\\a",
  "/a?x=http://b.c/d",
  "/@x",
];

const list = [...new Set(Array.from({ length: 20_000 }, () => one(schemes) + one(hosts) + one(ports) + one(tails)))];
const answers = native(list.map((value) => ({ kind: "url", value })));
const options = {
  protocols: ["http", "https"],
  require_protocol: false,
  allow_protocol_relative_urls: true,
  disallow_auth: true,
};
const differing = [];
let taken = 0;
let unlike = 0;
for (const [i, value] of list.entries()) {
  const { ok, value: normal } = answers[i];
  const host = ok ? new URL(normal).hostname : "";
  const expected =
    isURL(value, options) && !/^[\d.]+$|^\[/.test(new URL(normal.replace(/^(?!https?:)\/*/i, "http://")).hostname);
  if (ok !== expected) differing.push([value, ok, expected]);
  if (!ok) continue;
  taken += 1;
  if (new URL(normal).href !== normal || host !== host.toLowerCase()) unlike += 1;
}
console.log(`${list.length} addresses, ${taken} taken; ${unlike} of these are not as Node's URL parser writes them`);
console.log(`validator.js ${version}: ${differing.length} differ`);
const kinds = new Map();
for (const row of differing) {
  const key = `${row[1]} ${/[^\x21-\x7e]| /.test(row[0])} ${/["<>|\\]/.test(row[0])}`;
  kinds.set(key, [...(kinds.get(key) ?? []), row[0]]);
}
for (const [key, values] of kinds)
  console.log("  leadkit, blank or not ASCII, strange sign:", key, values.length, values.slice(0, 8));
if (process.argv.includes("--sample")) {
  const unsure = new Set(differing.map(([value]) => value));
  const rows = list.map((value, i) => ({ value, valid: answers[i].ok, normal: answers[i].value }));
  const cases = rows.filter(({ value, valid }) => valid !== null && !unsure.has(value)).filter((_, i) => i % 24 === 0);
  const source = `addresses of our own on which validator.js ${version} and Node's URL parser agree with the check`;
  writeFileSync(
    `${root}tests/conformance/check/url.json`,
    `${JSON.stringify({ source, cases }, null, 1)
      .replace(/\n {3}/g, " ")
      .replace(/\n {2}\}/g, " }")}\n`,
  );
}
