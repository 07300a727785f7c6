// The conformance suite of the wire: every request of tests/conformance/wire/requests.jsonl, in its order, to every runtime.
// What `/v1/leads` answers is written there; whatever else the edge answers must be the same on all runtimes, byte for byte.
// BLESS=1 writes the answers of the first runtime into the file, for a person to read.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { config, RUNTIMES, start } from "./runtime.mjs";

const FILE = fileURLToPath(new URL("../conformance/wire/requests.jsonl", import.meta.url));
const cases = readFileSync(FILE, "utf8")
  .split("\n")
  .filter(Boolean)
  .map((line) => JSON.parse(line));

/** Headers that a server adds by itself. All others are compared. */
const OF_THE_SERVER = ["connection", "content-length", "date", "keep-alive", "transfer-encoding"];

/** Leads that are sent here have a time before this one; what the edge writes down has not. */
const STARTED = Date.now() - 60_000;

/** What differs from run to run, and what stands for it. */
const MASKS = [
  [/(?<!\d)\d{13}(?!\d)/g, (time) => (Number(time) >= STARTED ? "0" : time)],
  [/(?<=["'=>/])[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[\da-f]{4}-[\da-f]{12}/g, (id) => (known.has(id) ? id : "an-id")],
  [/"(signature|sig|hash|nonce)":"[\da-f]{64}"/g, '"$1":"a-hash"'],
];
const known = new Set(cases.flatMap(({ body, path }) => ids(`${path}${JSON.stringify(body) ?? ""}`)));

function ids(text) {
  return text.match(/[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[\da-f]{4}-[\da-f]{12}/g) ?? [];
}

/** The bytes of a body: text, pieces of which some are repeated, or base64. */
function bytes({ body, base64 }) {
  if (base64 !== undefined) return Buffer.from(base64, "base64");
  const pieces = Array.isArray(body) ? body : [body ?? ""];
  return Buffer.from(pieces.map((piece) => (typeof piece === "string" ? piece : piece[0].repeat(piece[1]))).join(""));
}

function settings() {
  const base = config();
  const call = { name: "call", type: "consent", purpose: "calls", text: { en: "Call me" } };
  const ads = { fields: [{ name: "email", type: "email", required: true }, call] };
  const APP = { env: "APP" };
  return {
    ...base,
    forms: { ...base.forms, ads },
    destinations: {
      // Leads go nowhere here: nobody agrees to the first, and no lead fits the second.
      mail: { type: "webhook", url: "http://127.0.0.1:1/mail", purpose: "calls" },
      crm: { type: "webhook", url: "http://127.0.0.1:1/crm", when: { "==": [1, 2] } },
    },
    sources: {
      partner: { type: "webhook", form: "ads", secret: { env: "WEBHOOK_SECRET" } },
      crm_hook: { type: "hmac", form: "ads", secret: APP, header: "X-Sig", prefix: "sha256=", id: "entry.id" },
      facebook: { type: "meta", form: "ads", secret: APP, verify_token: { env: "VERIFY" }, token: { env: "PAGE" } },
      search: { type: "google", form: "ads", key: { env: "KEY" } },
      unready: { type: "google", form: "ads", key: { env: "NOT_THERE" } },
    },
  };
}

function ask(url, agent, each) {
  const { hostname, port } = new URL(url);
  const body = bytes(each);
  const headers = { ...each.headers };
  if (body.length > 0 || each.method === "POST") headers["content-length"] = body.length;
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, agent, method: each.method, path: each.path, headers }, async (response) => {
      const content = Buffer.concat(await Array.fromAsync(response)).toString("latin1");
      const pairs = Object.entries(response.headers).filter(([name]) => !OF_THE_SERVER.includes(name));
      const text = MASKS.reduce((text, [what, by]) => text.replace(what, by), content);
      resolve({ status: response.statusCode, headers: Object.fromEntries(pairs.sort()), body: text });
    });
    sent.once("error", reject);
    sent.end(body);
  });
}

/** What the file keeps of an answer: all of one to a lead, for the rest what a client acts on. */
function kept(each, answer) {
  if (each.path.startsWith("/v1/leads")) return answer;
  const code = /^\{"error":\{"code":"(\w+)"/.exec(answer.body)?.[1];
  return { status: answer.status, ...(code === undefined ? {} : { code }) };
}

const answers = new Map();

for (const runtime of RUNTIMES) {
  test(`${runtime} answers ${cases.length} requests as they are written down`, async () => {
    const env = {
      APP: "app secret",
      KEY: "google key",
      VERIFY: "verify",
      PAGE: "page-token",
      LEADKIT_SECRET: "s".repeat(32),
    };
    const edge = await start(runtime, { config: settings(), env });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const found = [];
    try {
      for (const each of cases) {
        // No two leads come in one millisecond, or their order would be left to chance.
        const before = Date.now();
        while (Date.now() === before) await new Promise((resolve) => setImmediate(resolve));
        const answer = await ask(edge.url, agent, each).catch((error) => ({
          status: 0,
          headers: {},
          body: error.code,
        }));
        found.push(answer);
      }
    } finally {
      agent.destroy();
      await edge.stop();
    }
    answers.set(runtime, found);
    assert.ok(cases.length >= 500);
    if (process.env.BLESS === "1" && answers.size === 1) {
      cases.forEach((each, at) => {
        each.answer = kept(each, found[at]);
      });
      writeFileSync(FILE, `${cases.map((each) => JSON.stringify(each)).join("\n")}\n`);
    }
    const wrong = cases.flatMap((each, at) => {
      const [expected, came] = [each.answer, kept(each, found[at])].map((answer) => JSON.stringify(answer));
      return expected === came ? [] : [`${each.title}\n  written: ${expected}\n  came:    ${came}`];
    });
    assert.equal(wrong.length, 0, `${wrong.length} answers differ:\n${wrong.slice(0, 10).join("\n")}`);
  });
}

test("every runtime gives the same answers, byte for byte", () => {
  const [[first, expected], ...others] = answers;
  for (const [runtime, found] of others) {
    const wrong = cases.flatMap((each, at) => {
      const [one, other] = [expected[at], found[at]].map((answer) => JSON.stringify(answer));
      return one === other
        ? []
        : [`${each.title}\n  ${first}: ${one?.slice(0, 6000)}\n  ${runtime}: ${other?.slice(0, 6000)}`];
    });
    assert.equal(wrong.length, 0, `${wrong.length} answers differ:\n${wrong.slice(0, 20).join("\n")}`);
  }
});
