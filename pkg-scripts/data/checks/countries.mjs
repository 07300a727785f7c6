// Writes src/check/pack/countries.txt: a line per country with both ISO 3166-1 codes and its names, folded as
// src/check/text.rs folds. Usage: pkg-scripts/data/checks/setup && node pkg-scripts/data/checks/countries.mjs
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cache, root } from "./native.mjs";

const require = createRequire(cache);
const countries = require("i18n-iso-countries");
const { version } = require("i18n-iso-countries/package.json");
// What people in a country call it.
const local = {
  AT: "de",
  BE: "nl fr de",
  BG: "bg",
  BR: "pt",
  BY: "be ru",
  CA: "fr",
  CH: "fr it",
  CN: "zh",
  CY: "el",
  CZ: "cs",
  DK: "da",
  DZ: "fr ar",
  EE: "et",
  EG: "ar",
  ES: "es ca",
  FI: "fi sv",
  FR: "fr",
  GR: "el",
  HR: "hr",
  HU: "hu",
  IE: "ga",
  IL: "he",
  IN: "hi",
  IR: "fa",
  IS: "is",
  IT: "it",
  JP: "ja",
  KR: "ko",
  LT: "lt",
  LU: "fr",
  LV: "lv",
  MA: "fr ar",
  MK: "mk",
  MT: "mt",
  MX: "es",
  NL: "nl",
  NO: "nb",
  PE: "es",
  PL: "pl",
  PT: "pt",
  RO: "ro",
  RS: "sr",
  RU: "ru",
  SA: "ar",
  SE: "sv",
  SI: "sl",
  SK: "sk",
  TH: "th",
  TN: "fr ar",
  TR: "tr",
  UA: "uk ru",
  VN: "vi",
  DO: "es",
  PA: "es",
  US: "es fr it",
  GB: "fr es it nl",
  DE: "fr es it nl pl pt",
  AR: "es",
};
const aliases = {
  AE: "UAE,VAE,Emirates,Emirate,Dubai",
  BA: "Bosnia,Bosnien",
  CD: "DR Congo,DRC",
  CG: "Kongo,Congo",
  CI: "Ivory Coast",
  CZ: "Tschechische Republik,Czech Republic,Česko",
  GB: "England,Scotland,Wales,Schottland,Northern Ireland,Nordirland,Britain,Grossbritannien,Großbritannien und Nordirland,Great Britain",
  IE: "Republic of Ireland",
  KR: "Südkorea,South Korea,Korea",
  KP: "Nordkorea,North Korea",
  LA: "Laos",
  MD: "Moldawien,Moldova,Republik Moldau",
  MK: "Mazedonien,Macedonia",
  MM: "Burma,Birma",
  NL: "Holland,The Netherlands",
  RU: "Russia,Russland",
  SY: "Syria,Syrien",
  TR: "Turkey,Türkei,Türkiye",
  TW: "Taiwan",
  TZ: "Tanzania,Tansania",
  US: "America,Amerika,United States,U.S.,U.S.A.,Vereinigte Staaten",
  VA: "Vatican,Vatikan",
  VE: "Venezuela",
  VN: "Vietnam",
  XK: "Kosovo",
  BO: "Bolivia,Bolivien",
  IR: "Iran",
  PS: "Palestine,Palästina",
  BY: "Weißrussland,Belarus",
  SZ: "Swasiland,Swaziland",
  CV: "Cape Verde,Kap Verde",
  TL: "East Timor,Osttimor",
  DE: "BRD,Bundesrepublik Deutschland,Federal Republic of Germany",
  AT: "Republik Österreich",
  CH: "Svizzera,Suisse,Schweizerische Eidgenossenschaft",
  FR: "République française",
  CN: "VR China",
};
/** The languages that forms speak. */
const SPOKEN = ["en", "de", "fr", "es", "it", "nl", "pl", "pt"];
const codes = countries.getAlpha2Codes();
codes.XK ??= "XKX";
const raw = [];
for (const code of Object.keys(codes).sort()) {
  const names = [...SPOKEN, ...(local[code] ?? "").split(" ").filter(Boolean)].flatMap((language) => {
    const list = require(`i18n-iso-countries/langs/${language}.json`).countries[code];
    return list === undefined ? [] : [list].flat();
  });
  raw.push([code, codes[code], [...names, ...(aliases[code] ?? "").split(",").filter(Boolean)]]);
}

const special = { ß: "ss", æ: "a", œ: "o", ø: "o", đ: "d", ð: "d", ł: "l", ħ: "h", ı: "i" };
function fold(text) {
  if (text.length <= 3) return text.toLowerCase();
  let out = "";
  for (const c of text) {
    const lower = c < "ƀ" ? c.toLowerCase() : c;
    const base = special[lower] ?? (lower < "ƀ" ? lower.normalize("NFD")[0] : ({ ș: "s", ț: "t" }[lower] ?? lower));
    if (base === "e" && /[aou]$/.test(out)) continue;
    if (/[a-z0-9]/.test(base) || base > "\u00ff") out += base;
  }
  return out;
}

const seen = new Map();
for (const [code, , names] of raw) {
  for (const name of new Set(names.map(fold))) seen.set(name, [...(seen.get(name) ?? []), code]);
}
const lines = raw.map(([code, long, names]) => {
  // A name of two countries names none. Two letters are codes, but for the one that nobody takes for Ukraine's.
  const kept = (name) => seen.get(name).length === 1 && (name.length > 2 || name === "uk" || name > "\u00ff");
  return `${code}${long} ${[...new Set(names.map(fold))].filter(kept).join(" ")}`;
});
for (const [name, codes] of seen) if (codes.length > 1) console.log(name, "is", codes.join(" and "));
const text = lines.join("\n");
writeFileSync(`${root}src/check/pack/countries.txt`, text);
const path = `${root}src/check/pack/index.json`;
const index = JSON.parse(readFileSync(path, "utf8"));
index.countries = { version, bytes: Buffer.byteLength(text), sha256: createHash("sha256").update(text).digest("hex") };
writeFileSync(path, `${JSON.stringify(index, null, 2)}\n`);
console.log(lines.length, "countries,", Buffer.byteLength(text), "bytes");
