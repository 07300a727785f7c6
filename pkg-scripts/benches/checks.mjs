#!/usr/bin/env node
// Values per second of processor time: our checks against validator, zod, valibot, email-spell-checker and jsvat, all in
// one run on the same inputs. "native" is the same check in Rust without a boundary; "one by one" is what a page calls, with
// JSON on both sides of the border to Wasm, which is most of its time. Fails below FLOOR.
//
//   pkg-scripts/bench checks
import { execFileSync } from "node:child_process";
import { ascii, bytes, install, json, load, root } from "../rivals.mjs";

const ROUNDS = 7;
const COUNT = 20_000;
/** E-mail addresses a second, natively. */
const FLOOR = 500_000;

install();
const [{ default: validator }, z, v, speller, vat] = await Promise.all(
  ["validator", "zod", "valibot", "@zootools/email-spell-checker", "jsvat"].map(load),
);

const { Formats } = await import(new URL("pkg/browser/formats.js", root).href);
const formats = await Formats.load(bytes("pkg/kit/formats.wasm"), bytes("pkg/kit/countries.txt").toString());
const embed = await import(new URL("pkg/kit/embed.js", root).href);
embed.initSync({ module: bytes("pkg/kit/embed.wasm") });
const cli = await import(new URL("pkg/wasm/cli.js", root).href);
cli.initSync({ module: bytes("pkg/wasm/cli.wasm") });

const kit = new embed.Kit("bench", "{}", "1");
const field = (name, type, rest) => ({ name, type, ...rest });
const LEAD = {
  full_name: "Ada Lovelace",
  email: "ada@example.com",
  company: "Analytical Engines",
  size: "50-249",
  message: "Please call me about the engine.",
  privacy: "on",
};
kit.load(
  JSON.stringify({
    forms: {
      email: { fields: [field("email", "email")] },
      lead: {
        fields: [
          field("full_name", "name", { required: true, max_length: 100 }),
          field("email", "email", { required: true }),
          field("company", "text", { max_length: 100 }),
          field("size", "choice", { options: ["1-9", "10-49", "50-249", "250+"].map((value) => ({ value })) }),
          field("message", "text", { multiline: true, max_length: 2000 }),
          field("privacy", "consent", { purpose: "contact", text: "Yes", required: true }),
        ],
      },
    },
  }),
);

// No two are the same: engines keep the last answers of their regular expressions.
const forms = [
  ...["ada#@example.com", "max.muster#@gmail.com", "info@firma-#.de", "kontakt#@web.de", "sales#@gmial.com"],
  ...["x#@mailinator.com", "j.oneil+#@sub.mail.example.co.uk", "ada#@", "a #@example.com", "ada#@example..com"],
];
const emails = Array.from({ length: COUNT }, (_, index) => (forms[index % forms.length] ?? "").replace("#", index));
const cases = (kind) => json(`tests/conformance/check/${kind}.json`).cases;
const vats = cases("vat").map(({ value }) => value);
const ibans = cases("iban").map(({ value }) => value);
const localised = new Set(validator.isPostalCodeLocales);
const postcodes = cases("postcode").filter(({ country }) => localised.has(country));

const zodEmail = z.email();
const zodLead = z.object({
  full_name: z.string().min(1).max(100),
  email: z.email(),
  company: z.string().max(100).optional(),
  size: z.enum(["1-9", "10-49", "50-249", "250+"]).optional(),
  message: z.string().max(2000).optional(),
  privacy: z.literal("on"),
});
const valibotEmail = v.pipe(v.string(), v.email());
const valibotLead = v.object({
  full_name: v.pipe(v.string(), v.minLength(1), v.maxLength(100)),
  email: v.pipe(v.string(), v.email()),
  company: v.optional(v.pipe(v.string(), v.maxLength(100))),
  size: v.optional(v.picklist(["1-9", "10-49", "50-249", "250+"])),
  message: v.optional(v.pipe(v.string(), v.maxLength(2000))),
  privacy: v.literal("on"),
});
const inLines = (kind) => (values) => {
  const lines = values.map((value) => JSON.stringify({ kind, value })).join("\n");
  return cli.check(new TextEncoder().encode(lines), 1, ascii);
};
const each = (judge) => (values) => {
  for (const value of values) judge(value);
};
const checked = (form, values) => JSON.parse(kit.check(form, JSON.stringify(values), "{}"));

const TOPICS = {
  "e-mail: syntax, lengths, host": {
    values: emails,
    ours: "leadkit, Wasm, one by one",
    kind: "email",
    runs: {
      "leadkit, Wasm, one by one": each((email) => checked("email", { email })),
      "leadkit, Wasm, JSON lines, with typos and lists": inLines("email"),
      "validator isEmail": each((email) => validator.isEmail(email)),
      "zod z.email()": each((email) => zodEmail.safeParse(email)),
      "valibot email()": each((email) => v.safeParse(valibotEmail, email)),
    },
  },
  "e-mail: typing errors in hosts": {
    values: emails,
    ours: "leadkit, Wasm, one by one",
    runs: {
      "leadkit, Wasm, one by one": each((email) => checked("email", { email })),
      "email-spell-checker": each((email) => speller.default.run({ email })),
    },
  },
  "VAT numbers, with check digits": {
    values: vats,
    ours: "leadkit, Wasm, one by one",
    kind: "vat",
    runs: {
      "leadkit, Wasm, one by one": each((value) => formats.answer({ kind: "vat", value })),
      "leadkit, Wasm, JSON lines": inLines("vat"),
      "jsvat (EU, GB, CH, NO)": each((value) => vat.checkVAT(value, vat.countries)),
      "validator isVAT (format only for most)": each((value) => {
        const country = value.slice(0, 2);
        return validator.isVAT.length > 0 && VAT_LOCALES.has(country) && validator.isVAT(value, country);
      }),
    },
  },
  IBAN: {
    values: ibans,
    ours: "leadkit, Wasm, one by one",
    kind: "iban",
    runs: {
      "leadkit, Wasm, one by one": each((value) => formats.answer({ kind: "iban", value })),
      "leadkit, Wasm, JSON lines": inLines("iban"),
      "validator isIBAN": each((value) => validator.isIBAN(value)),
    },
  },
  "postcodes of the countries that validator knows": {
    values: postcodes,
    ours: "leadkit, Wasm, one by one",
    runs: {
      "leadkit, Wasm, one by one": each(({ value, country }) => formats.answer({ kind: "postcode", value, country })),
      "validator isPostalCode": each(({ value, country }) => validator.isPostalCode(value, country)),
    },
  },
  "a form of six fields, normalised": {
    values: emails.map((email) => ({ ...LEAD, email })),
    ours: "leadkit, Wasm",
    runs: {
      "leadkit, Wasm": each((lead) => checked("lead", lead)),
      "zod (shape only)": each((lead) => zodLead.safeParse(lead)),
      "valibot (shape only)": each((lead) => v.safeParse(valibotLead, lead)),
    },
  },
};
const VAT_LOCALES = new Set(
  "AT BE BG HR CY CZ DE DK EE ES FI FR GB EL HU IE IT LV LT LU MT NL NO PL PT RO SE SI SK CH".split(" "),
);

function native(kind, values) {
  const args = ["run", "--quiet", "--release", "--example", "check_speed", "--", kind];
  return Number(execFileSync("cargo", args, { cwd: root, input: `${values.join("\n")}\n`, encoding: "utf8" }));
}

const width = 50;
const show = (name, rate, ...ratios) =>
  console.log(name.padEnd(width) + Math.round(rate).toLocaleString("en").padStart(12) + ratios.map(times).join(""));
const times = (ratio) => (Number.isNaN(ratio) ? "" : `${ratio.toFixed(2)} x`).padStart(14);
const missed = [];
for (const [topic, { values, ours, kind, runs }] of Object.entries(TOPICS)) {
  const many = Array.from({ length: COUNT }, (_, index) => values[index % values.length]);
  const best = Object.fromEntries(Object.keys(runs).map((name) => [name, 0]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, run] of Object.entries(runs)) {
      const start = process.cpuUsage().user;
      run(many);
      best[name] = Math.max(best[name], (COUNT * 1e6) / (process.cpuUsage().user - start));
    }
  }
  const inRust = kind ? native(kind, values) : Number.NaN;
  console.log(
    `${topic.padEnd(width)}${"values/s".padStart(12)}${"one by one is".padStart(14)}${"native is".padStart(14)}`,
  );
  if (kind) show("leadkit, native", inRust, Number.NaN, Number.NaN);
  if (kind === "email" && inRust < FLOOR)
    missed.push(`e-mail: ${inRust} a second natively, ${FLOOR} were to be reached`);
  for (const [name, rate] of Object.entries(best)) {
    const isOurs = name.startsWith("leadkit");
    show(name, rate, isOurs ? Number.NaN : best[ours] / rate, isOurs ? Number.NaN : inRust / rate);
  }
  console.log("");
}
console.log("Below 1 the other one is faster. One by one, JSON goes over the border to Wasm and back: five to fifteen");
console.log(
  "microseconds a value, whatever the check. The e-mail checks of validator, zod and valibot look at the form alone.",
);
for (const line of missed) console.error(line);
process.exitCode = missed.length === 0 ? 0 : 1;
