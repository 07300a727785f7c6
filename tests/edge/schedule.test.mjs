// The leads of each day in a bucket: moto as the store, botocore as the judge of signatures, DuckDB as the reader.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { createClient } from "@libsql/client";
import { batch, item, post } from "./client.mjs";
import { python, serve } from "./python.mjs";
import { config, RUNTIMES, start, until } from "./runtime.mjs";

const DAY = 86_400_000;
const LEADS = 120;
const REGION = "eu-central-1";
const KEYS = { S3_KEY: "AKIDEXAMPLE", S3_SECRET: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" };
const dayBefore = (days) => new Date(Date.now() - days * DAY).toISOString().slice(0, 10);

let [folder, store, door] = [];
/** What came through the door, and what the store answered; `refuse` is answered in its place. */
const seen = [];
let refuse;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "leadkit-"));
  store = await serve((port) => ["-m", "moto.server", "-H", "127.0.0.1", "-p", String(port)]);
  assert.equal((await fetch(`${store.url}/leads`, { method: "PUT" })).status, 200);
  door = createServer((request, response) => {
    const chunks = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", async () => {
      const body = Buffer.concat(chunks);
      const entry = { method: request.method, path: request.url, headers: request.headers, body };
      if (refuse === undefined) {
        const passed = ([name]) => name.startsWith("x-amz-") || ["authorization", "content-type"].includes(name);
        const headers = Object.fromEntries(Object.entries(request.headers).filter(passed));
        const answer = await fetch(store.url + request.url, { method: request.method, headers, body });
        entry.status = answer.status;
      } else {
        entry.status = refuse;
      }
      seen.push(entry);
      response.writeHead(entry.status);
      response.end();
    });
  });
  await new Promise((resolve) => door.listen(0, "127.0.0.1", resolve));
  door.unref();
});
after(async () => {
  door?.closeAllConnections();
  door?.close();
  await store?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const leadkit = (exports) => ({ ...config(), destinations: {}, exports });
const lake = (more) => ({
  type: "s3",
  url: `http://127.0.0.1:${door.address().port}`,
  bucket: "leads",
  region: REGION,
  key_id: { env: "S3_KEY" },
  secret: { env: "S3_SECRET" },
  prefix: "a b/",
  ...more,
});

const JUDGE = `
import json, sys
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
seen = json.load(open(sys.argv[1])); out = []
for one in seen:
    auth = S3SigV4Auth(Credentials(sys.argv[2], sys.argv[3]), "s3", sys.argv[4])
    signed = one["authorization"].split("SignedHeaders=")[1].split(",")[0].split(";")
    request = AWSRequest(method=one["method"], url=one["url"], headers={k: v for k, v in one["headers"].items() if k in signed})
    request.context["timestamp"] = one["headers"]["x-amz-date"]
    canonical = auth.canonical_request(request)
    out.append(auth.signature(auth.string_to_sign(request, canonical), request))
print(json.dumps(out))`;

/** The signatures that botocore makes of these requests. */
async function judged(requests) {
  const path = join(folder, "requests.json");
  const list = requests.map(({ method, path: where, headers }) => ({
    method,
    headers,
    url: `http://${headers.host}${where}`,
    authorization: headers.authorization,
  }));
  writeFileSync(path, JSON.stringify(list));
  return python(JUDGE, path, KEYS.S3_KEY, KEYS.S3_SECRET, REGION);
}

/** Reads a file of the store, as somebody with keys. */
async function stored(key) {
  const authorization = `AWS4-HMAC-SHA256 Credential=${KEYS.S3_KEY}/20261122/${REGION}/s3/aws4_request, SignedHeaders=host, Signature=0`;
  const response = await fetch(store.url + key, { headers: { authorization } });
  assert.equal(response.status, 200);
  return Buffer.from(await response.arrayBuffer());
}

const QUERY = `
import duckdb, json, sys
print(json.dumps([list(r) for r in duckdb.connect().execute(sys.argv[1]).fetchall()], default=str))`;

/** An edge whose leads were received on other days than today. */
async function past(home, days) {
  const first = await start("node", { folder: home, config: leadkit({}) });
  for (let count = 0; count < LEADS; count += 40) {
    const { body } = await post(first.url, batch(Array.from({ length: 40 }, () => item())));
    assert.ok(body.r.every(({ s }) => s === "ok"));
  }
  await first.stop();
  const client = createClient({ url: `file:${join(home, "leads.db")}` });
  const { rows } = await client.execute("SELECT id FROM lead ORDER BY id");
  for (const [n, { id }] of rows.entries()) {
    const at = Date.now() - days[n % days.length] * DAY;
    await client.execute({ sql: "UPDATE lead SET received_at=?1 WHERE id=?2", args: [at, id] });
  }
  client.close();
  return rows.map(({ id }) => id);
}

const rowsOf = async (home, sql) => {
  const client = createClient({ url: `file:${join(home, "leads.db")}` });
  try {
    return (await client.execute(sql)).rows;
  } finally {
    client.close();
  }
};

test("each day that is over is in the bucket once, signed, readable, and today is not", async () => {
  const home = mkdtempSync(join(folder, "days-"));
  const ids = await past(home, [2, 1, 0]);
  seen.length = 0;
  const exports = {
    lake: lake({ format: "parquet", since: dayBefore(3) }),
    lines: lake({ since: dayBefore(1) }),
  };
  const edge = await start("node", { folder: home, config: leadkit(exports), env: KEYS });
  await until(() => seen.length >= 4, "the files");
  const keys = seen.map(({ path }) => path).toSorted();
  const file = (name, days, ending) => `/leads/a%20b/shop/${name}/${dayBefore(days)}-0000.${ending}`;
  assert.deepEqual(keys, [...[3, 2, 1].map((days) => file("lake", days, "parquet")), file("lines", 1, "jsonl")]);
  assert.ok(seen.every(({ status, method }) => status === 200 && method === "PUT"));
  const signatures = seen.map(({ headers }) => headers.authorization.split("Signature=")[1]);
  assert.deepEqual(await judged(seen), signatures);
  const counts = await Promise.all(
    [3, 2, 1].map(async (days) => {
      const path = join(folder, `${days}.parquet`);
      writeFileSync(path, await stored(file("lake", days, "parquet")));
      return (await python(QUERY, `SELECT count(*) FROM '${path}'`))[0][0];
    }),
  );
  assert.deepEqual(counts, [0, LEADS / 3, LEADS / 3]);
  const lines = (await stored(file("lines", 1, "jsonl"))).toString().trimEnd().split("\n");
  assert.deepEqual(
    lines.map((line) => JSON.parse(line).id).toSorted(),
    ids.filter((_, n) => n % 3 === 1),
  );
  const today = Math.floor(Date.now() / DAY);
  const settled = () => rowsOf(home, "SELECT name,day,tries,error FROM export WHERE token IS NULL ORDER BY name");
  await until(async () => (await settled()).length === 2, "the days to be written down");
  assert.deepEqual(
    (await settled()).map(({ name, day, tries, error }) => [name, day, tries, error]),
    [
      ["lake", today, 0, null],
      ["lines", today, 0, null],
    ],
  );
  await edge.stop();
  // A day that was brought is not brought again, unless that it was brought got lost: then under the same key.
  const client = createClient({ url: `file:${join(home, "leads.db")}` });
  await client.execute("UPDATE export SET day=day-1 WHERE name='lines'");
  client.close();
  const [bodies] = [seen.filter(({ path }) => path === file("lines", 1, "jsonl")).map(({ body }) => body)];
  seen.length = 0;
  const again = await start("node", { folder: home, config: leadkit(exports), env: KEYS });
  await until(() => seen.length >= 1, "the file");
  assert.deepEqual(
    seen.map(({ path }) => path),
    [file("lines", 1, "jsonl")],
  );
  assert.deepEqual(seen[0].body, bodies[0]);
  await again.stop();
});

test("a store that refuses is told of, and asked again later", async () => {
  const home = mkdtempSync(join(folder, "refused-"));
  seen.length = 0;
  refuse = 403;
  const exports = { lake: lake({ since: dayBefore(1) }) };
  const edge = await start("node", { folder: home, config: leadkit(exports), env: KEYS });
  const told = () => edge.lines.find((line) => line.includes('"event":"export"'));
  await until(told, "a line of the log");
  refuse = undefined;
  assert.equal(JSON.parse(told()).error, "status_403");
  assert.equal(JSON.parse(told()).level, "alert");
  const failed = async () => (await rowsOf(home, "SELECT tries,error,until FROM export WHERE tries=1"))[0];
  const row = await until(failed, "the row");
  assert.equal(row.error, "status_403");
  assert.ok(row.until > Date.now() && row.until <= Date.now() + 60_000);
  await edge.stop();
});

test("without the keys of the store nothing is sent, and the log says so", async () => {
  seen.length = 0;
  const exports = { lake: lake({ since: dayBefore(1) }) };
  const edge = await start("node", { config: leadkit(exports) });
  await until(() => edge.lines.some((line) => line.includes('"error":"setting_missing"')), "a line of the log");
  assert.equal(seen.length, 0);
  await edge.stop();
});

for (const runtime of RUNTIMES.filter((name) => name !== "node")) {
  test(`${runtime} brings a day without leads as a file with a head`, async () => {
    seen.length = 0;
    const exports = { [runtime]: lake({ format: "csv", bom: true, since: dayBefore(2) }) };
    const edge = await start(runtime, { config: leadkit(exports), env: KEYS, objects: 2 });
    // On Cloudflare the first request wakes the index.
    await fetch(`${edge.url}/healthz`);
    await until(() => seen.length >= 2, "the files", 30_000);
    assert.deepEqual(
      seen.map(({ path }) => path),
      [2, 1].map((days) => `/leads/a%20b/shop/${runtime}/${dayBefore(days)}-0000.csv`),
    );
    assert.ok(seen.every(({ status, body }) => status === 200 && body.toString().startsWith("\ufeffid,site,form,")));
    assert.deepEqual(
      await judged(seen),
      seen.map(({ headers }) => headers.authorization.split("Signature=")[1]),
    );
    await edge.stop();
  });
}

test("a part ends when it is large enough, and the next one goes on there", async () => {
  const { gather } = await import("../../pkg/edge/stream.js");
  const ask = async (state) => ({ piece: "x".repeat(10), next: state < 6 ? state + 1 : null });
  const part = (state) => gather({ state, columns: null }, 25, ask);
  const sizes = [];
  for (let state = 0; state !== null; ) {
    const { bytes, next } = await part(state);
    sizes.push(bytes.byteLength);
    state = next;
  }
  assert.deepEqual(sizes, [30, 30, 10]);
});
