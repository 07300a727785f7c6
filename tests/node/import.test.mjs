// `leadkit import` and `leadkit transfer --dry-run` on real files, against a real edge.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { admin } from "../edge/client.mjs";
import { start, TOKEN } from "../edge/runtime.mjs";

const MAIN = fileURLToPath(new URL("../../pkg/cli/main.js", import.meta.url));

const CONFIG = {
  site: { id: "shop", name: "Shop", origins: [] },
  forms: {
    fair: {
      fields: [
        { name: "full_name", type: "name" },
        { name: "email", type: "email", required: true },
        { name: "telefon", type: "text" },
        { name: "interest", type: "choice", options: ["solar", "heat"] },
        { name: "ok", type: "consent", purpose: "contact", required: true, text: { en: "Yes" } },
      ],
    },
  },
  destinations: {
    crm: { type: "hubspot", token: { env: "HUBSPOT_TOKEN" }, map: { interest: { var: "values.interest" } } },
    heat: { type: "webhook", url: { env: "HEAT_URL" }, when: { "==": [{ var: "values.interest" }, "heat"] } },
    lead: { type: "pipedrive", token: { env: "PIPEDRIVE_TOKEN" } },
  },
};

let folder;
let edge;
/** The lead of the first line that was imported. */
let stored;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), "leadkit-import-"));
  writeFileSync(join(folder, "leadkit.json"), JSON.stringify(CONFIG));
  edge = await start("node", { config: CONFIG, env: { LEADKIT_ALLOW_PRIVATE: "" } });
});
after(async () => {
  await edge?.stop();
  rmSync(folder, { recursive: true, force: true });
});

function run(args, { input, env } = {}) {
  return new Promise((resolve) => {
    const options = { cwd: folder, env: { PATH: process.env.PATH, LEADKIT_ADMIN_TOKEN: TOKEN, ...env } };
    const child = execFile(process.execPath, [MAIN, ...args], options, (error, stdout, stderr) => {
      resolve({ code: error?.code ?? 0, stdout, stderr });
    });
    child.stdin.end(input);
  });
}

const imported = async (file, ...more) => {
  const args = [
    "import",
    file,
    "--form",
    "fair",
    "--source",
    "Messe 2026",
    "--set",
    "ok=true",
    "--url",
    edge.url,
    "--json",
  ];
  const { code, stdout, stderr } = await run([...args, ...more]);
  assert.ok(code < 2, stderr);
  return { code, ...JSON.parse(stdout) };
};

/** As Excel in Germany writes it: semicolons, Windows-1252, CRLF. */
const GERMAN = Buffer.from(
  [
    "Vorname;Nachname;E-Mail;Rufnummer;Interesse;Stand",
    "J\u00f6rg;M\u00fcller;joerg@example.com;030 123;heat;B4",
    '"Anna ""Anni""";von der Heide;anna@example.com;;solar;B4',
    "Kaputt;Zeile;keine-adresse;1;solar;B4",
    "Zu;wenig",
    "Falsch;Gew\u00e4hlt;wahl@example.com;1;wind;B4",
  ].join("\r\n"),
  "latin1",
);

test("a file from Excel is imported, and each refused line is named", async () => {
  const file = join(folder, "messe.csv");
  writeFileSync(file, GERMAN);
  const preview = await imported("messe.csv", "--map", "interest=Interesse", "--preview");
  assert.deepEqual([preview.preview, preview.rows, preview.ok, preview.refused], [true, 5, 0, 3]);
  assert.deepEqual(preview.fields, {
    full_name: "Vorname + Nachname",
    email: "E-Mail",
    telefon: "Rufnummer",
    interest: "map",
    ok: "map",
  });
  assert.deepEqual(preview.other, ["Stand"]);
  const first = await imported("messe.csv", "--map", "interest=Interesse", "--date", "2026-10-01");
  assert.deepEqual([first.code, first.ok, first.dup, first.refused], [1, 2, 0, 3]);
  assert.deepEqual(
    first.lines.map(({ line, code, field }) => [line, code, field]),
    [
      [4, "email.syntax", "email"],
      [5, "csv_fields", null],
      [6, "choice.unknown", "interest"],
    ],
  );
  const { leads } = (await admin(edge.url, "leads?site=shop")).body;
  assert.deepEqual(leads.map(({ name }) => name).sort(), ['Anna "Anni" von der Heide', "Jörg Müller"]);
  const { body } = await admin(edge.url, `leads/shop/${leads.find(({ email }) => email === "joerg@example.com").id}`);
  stored = body;
  assert.deepEqual(body.values, {
    full_name: "Jörg Müller",
    email: "joerg@example.com",
    telefon: "030 123",
    interest: "heat",
    ok: true,
  });
  assert.deepEqual(body.unknown, { Stand: "B4", Interesse: "heat" });
  assert.deepEqual(body.context.source, {
    type: "import",
    line: 2,
    name: "Messe 2026",
    file: "messe.csv",
    date: "2026-10-01",
  });
});

test("a file that is imported again makes no duplicates, in whatever order its lines are", async () => {
  const text = new TextDecoder("windows-1252").decode(GERMAN).split("\r\n");
  writeFileSync(join(folder, "again.csv"), `\ufeff${[text[0], text[2], text[1]].join("\n")}\n`);
  const again = await imported("again.csv", "--map", "interest=Interesse");
  assert.deepEqual([again.code, again.ok, again.dup, again.refused], [0, 0, 2, 0]);
});

test("an export of Meta is known by its ids", async () => {
  const head = "id,created_time,ad_id,platform,full_name,email,phone_number,is_organic\n";
  const row = (id, name) => `l:${id},2026-10-01T12:00:00+02:00,ag:1,fb,${name},${id}@example.com,p:+4930123456,false\n`;
  writeFileSync(join(folder, "meta.csv"), head + row(1, "Ada") + row(2, "Grace"));
  assert.equal((await imported("meta.csv")).ok, 2);
  writeFileSync(join(folder, "meta.csv"), head + row(2, "Grace") + row(3, "Emmy"));
  const second = await imported("meta.csv");
  assert.deepEqual([second.ok, second.dup], [1, 1]);
  const { leads } = (await admin(edge.url, "leads?site=shop")).body;
  const { body } = await admin(edge.url, `leads/shop/${leads.find(({ email }) => email === "3@example.com").id}`);
  assert.equal(body.values.telefon, "+4930123456");
});

test("three hundred lines go in batches", async () => {
  const lines = Array.from({ length: 300 }, (_, n) => `Person ${n},p${n}@example.com,${"x".repeat(500)}`);
  writeFileSync(join(folder, "many.csv"), `Name,E-Mail,Bemerkung\n${lines.join("\n")}`);
  assert.deepEqual([(await imported("many.csv")).ok, (await imported("many.csv")).dup], [300, 300]);
});

test("what cannot be done is said in one line", async () => {
  const say = async (args, env) => (await run(args, { env })).stderr;
  assert.match(await say(["import"]), /expected one CSV file/);
  assert.match(await say(["import", "messe.csv", "--form", "fair"]), /expected --source/);
  assert.match(
    await say(["import", "messe.csv", "--form", "no", "--source", "x"]),
    /a form of the configuration, found "no"/,
  );
  const args = ["import", "messe.csv", "--form", "fair", "--source", "x"];
  assert.match(await say([...args, "--map", "colour=Farbe"]), /a field of the form, found "colour"/);
  assert.match(await say(args, { LEADKIT_ADMIN_TOKEN: "" }), /LEADKIT_ADMIN_TOKEN/);
  assert.match(await say([...args, "--set", "ok=true", "--url", "http://127.0.0.1:1"]), /does not answer/);
  assert.match(await say(["transfer"]), /expected --dry-run/);
});

test("a dry run shows what would be sent for stored and for new leads, without secrets", async () => {
  const fresh = {
    id: "017f22e2-79b0-7cc3-98c4-dc0c0c07398f",
    data: { email: "new@example.com", ok: true, interest: "solar" },
  };
  const input = [stored, fresh, { data: { email: "x" } }].map((line) => JSON.stringify(line)).join("\n");
  const { code, stdout } = await run(["transfer", "--dry-run"], { input, env: { HUBSPOT_TOKEN: "pat-secret" } });
  assert.equal(code, 0);
  assert.ok(!stdout.includes("pat-secret"));
  const [first, second, third] = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const by = (answer) => Object.fromEntries(answer.destinations.map((each) => [each.destination, each]));
  const { crm, heat, lead } = by(first);
  assert.equal(crm.requests[0].url, "https://api.hubapi.com/crm/v3/objects/contacts/batch/upsert");
  assert.deepEqual(crm.requests[0].body.inputs[0].properties, {
    email: "joerg@example.com",
    firstname: "Jörg",
    lastname: "Müller",
    phone: "030 123",
    interest: "heat",
  });
  assert.equal(heat.requests[0].url, "{HEAT_URL}");
  assert.equal(heat.requests[0].body.data.id, stored.id);
  assert.deepEqual(
    lead.requests.map(({ method, url }) => `${method} ${new URL(url).pathname}`),
    ["GET /api/v2/persons/search", "POST /api/v2/persons", "POST /v1/leads"],
  );
  assert.equal(by(second).heat.why_not, "when");
  assert.deepEqual([third.error.code, third.destinations], ["email.syntax", undefined]);
  const one = await run(["transfer", "--dry-run", "--destination", "crm"], { input });
  assert.equal(JSON.parse(one.stdout.split("\n")[0]).destinations.length, 1);
  assert.match((await run(["transfer", "--dry-run", "--destination", "no"], { input })).stderr, /found "no"/);
});
