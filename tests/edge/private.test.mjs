// Nothing of the private rules, of destinations or of secrets is in what a browser can get: every file that a page may load,
// and every public answer of the edge, searched for marks that were put into the configuration and the environment.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { admin, batch, good, item, post, postForm } from "./client.mjs";
import { config, ORIGIN, RUNTIMES, start, TOKEN } from "./runtime.mjs";

const PKG = fileURLToPath(new URL("../../pkg/", import.meta.url));
/** What the owner shows to visitors in the end: the message of a filter that fired, to the visitor whom it stopped. */
const MARKS = {
  rule: "zq-private-rule",
  constant: "zq-private-constant",
  score: "zq-private-score",
  group: "zq-private-group",
  segment: "zq-private-segment",
  filter: "zq-private-filter",
  message: "zq-private-message",
  criterion: "zq-private-criterion",
  scorecard: "zq-private-level",
  example: "zq-private-example",
  destination: "zq-private-destination",
  url: "zq-private-host.example",
  env: "ZQ_PRIVATE_ENV",
  secret: "whsec_enEtcHJpdmF0ZS1zZWNyZXQ=",
  key: "zq-private-key",
};

function marked() {
  const site = config();
  const when = { "==": [{ var: "values.message" }, MARKS.constant] };
  site.qualify.public = { scores: { shown: {} }, rules: [{ id: "shown", score: "shown", points: 1 }] };
  site.qualify.private = {
    scores: {
      [MARKS.score]: {
        groups: { [MARKS.group]: 5 },
        learned: {
          base: 1,
          features: [{ fact: "message", levels: { [MARKS.scorecard]: 3 }, other: 0, missing: 0 }],
        },
      },
    },
    rules: [{ id: MARKS.rule, score: MARKS.score, group: MARKS.group, points: 5, when }],
    segments: [{ id: MARKS.segment, when: { "!!": { var: "values.message" } } }],
    filters: [
      { id: MARKS.filter, disposition: "review", message: { en: MARKS.message }, when },
      { id: `${MARKS.filter}-2`, disposition: "spam", when: { in: ["casino", { var: "values.message" }] } },
    ],
    grade: { letters: { criteria: [{ id: MARKS.criterion, thirds: 1, when: { var: "email.free" } }] } },
  };
  site.qualify.examples = [{ name: MARKS.example, data: { email: "a@b.example", ok: true }, expect: {} }];
  site.destinations = {
    [MARKS.destination]: { type: "webhook", url: `https://${MARKS.url}/`, secret: { env: MARKS.env }, when },
  };
  return site;
}

/** The marks that a text or some bytes hold. */
function found(content) {
  const text = Buffer.from(content).toString("latin1").toLowerCase();
  return Object.keys(MARKS).filter((name) => text.includes(MARKS[name].toLowerCase()));
}

function files(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

test("the search finds what it looks for", () => {
  assert.deepEqual(found(JSON.stringify(marked())).length, Object.keys(MARKS).length - 2);
  assert.deepEqual(found(`x${MARKS.key}x`), ["key"]);
});

for (const runtime of RUNTIMES) {
  describe(runtime, () => {
    let edge;
    before(async () => {
      const env = { [MARKS.env]: MARKS.secret, LEADKIT_SECRET: MARKS.key };
      edge = await start(runtime, { config: marked(), env });
    });
    after(() => edge?.stop());

    /** Everything of an answer that reaches a browser. */
    const whole = async (response) => {
      const head = [...response.headers].map(([name, value]) => `${name}: ${value}`).join("\n");
      return `${response.status}\n${head}\n${await response.text()}`;
    };
    const get = async (path, options) => whole(await fetch(`${edge.url}${path}`, { redirect: "manual", ...options }));

    test("no public answer tells anything private", async () => {
      const answers = new Map();
      const ask = async (name, answer) => answers.set(name, await answer);
      for (const path of ["/v1/site/shop", "/healthz", "/inbox", "/inbox/inbox.js", "/v1/site/other", "/nowhere"]) {
        await ask(path, get(path, { headers: { origin: ORIGIN } }));
      }
      for (const form of ["contact", "booking"]) {
        const path = `/v1/form/shop/${form}`;
        for (const more of ["", "?lang=de", "?part=form", "/thanks", "/thanks?lang=de"]) {
          await ask(path + more, get(path + more));
        }
      }
      for (const path of ["leads", "leads?site=shop", "quarantine", "session"]) {
        await ask(`admin/${path}`, get(`/v1/admin/${path}`));
      }
      const raw = (body) => fetch(`${edge.url}/v1/leads`, { method: "POST", headers: { origin: ORIGIN }, body });
      const judged = [good, { ...good, message: "Hello" }, { ...good, message: "casino" }, { ...good, email: "x" }];
      for (const [place, data] of judged.entries()) {
        await ask(`leads ${place}`, whole(await raw(JSON.stringify(batch([item(data)])))));
        const form = { full_name: "Ada", email: "ada@example.com", ok: "true", ...data };
        await ask(`form ${place}`, whole(await postForm(edge.url, "/v1/form/shop/contact", form)));
      }
      await ask("broken", whole(await raw("{")));
      await ask("preflight", get("/v1/leads", { method: "OPTIONS", headers: { origin: ORIGIN } }));
      assert.ok(answers.size > 25);
      for (const [name, answer] of answers) assert.deepEqual(found(answer), [], `${name}: ${answer}`);
      assert.match(answers.get("/v1/site/shop"), /"id":"shown"/);
      const told = [...answers.keys()].filter((name) => name.startsWith("leads "));
      assert.match(answers.get(told[0]), /"s":"ok"/);
    });

    test("every file that the edge serves is free of it, and the owner sees all of it", async () => {
      const served = files(join(PKG, "kit")).map((path) => `/kit/${path.slice(join(PKG, "kit/").length)}`);
      assert.ok(served.length > 20);
      for (const path of served) assert.deepEqual(found(await get(path)), [], path);
      const one = item({ ...good, message: MARKS.constant });
      await post(edge.url, batch([one]));
      const { body } = await admin(edge.url, `leads/shop/${one.id}`);
      const seen = found(JSON.stringify(body));
      for (const name of ["rule", "score", "segment", "filter", "destination"]) assert.ok(seen.includes(name), name);
      assert.ok(!seen.includes("secret") && !seen.includes("key"), "the owner's page has no secret either");
      for (const line of edge.lines)
        assert.ok(!line.includes(TOKEN) && found(line).every((name) => name === "destination"), line);
    });
  });
}

test("the packages for browsers hold no configuration", () => {
  for (const folder of ["browser", "kit", "entry", "shared"]) {
    for (const path of files(join(PKG, folder))) assert.deepEqual(found(readFileSync(path)), [], path);
  }
});
