// `leadkit export`: the stored leads as a file, from a database or from an edge that runs.
import { randomBytes } from "node:crypto";
import { createWriteStream, existsSync } from "node:fs";
import { readFile, rename, rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream as NodeStream } from "node:stream/web";
import { parseArgs } from "node:util";

import { openDriver } from "../edge/node.js";
import { isRemote, pathOf } from "./storage.js";

const HELP = `usage: leadkit export [--format csv|jsonl|vcard|parquet] [--site ID] [--form NAME] [--since TIME] [--until TIME]
                      [--disposition WORD] [--separator comma|semicolon] [--bom] [--out FILE]
                      [--config FILE]... [--db FILE|URL] | --url EDGE

  --format       csv: a table, safe for spreadsheets; jsonl: whole leads; vcard: 4.0; parquet: a typed table (csv)
  --site         the site; the first one unless told otherwise
  --since        a day (2026-11-22) or a time (2026-11-22T07:30:00Z) in UTC: leads received from then on
  --until        leads received before then
  --separator    what separates the cells of csv (comma)
  --bom          a byte order mark before csv, for Excel
  --out          the file, which must not be there; standard output without it
  --config --db  as for leadkit serve (leadkit.json, leadkit.db); the server may run meanwhile
  --url          an edge that runs, on Cloudflare for instance; LEADKIT_ADMIN_TOKEN signs in

environment: LEADKIT_ADMIN_TOKEN, for --url; LEADKIT_DB_TOKEN opens a remote database`;

const FILTERS = ["format", "site", "form", "since", "until", "disposition", "separator"] as const;
/** Only the owner reads what holds personal data. */
const OWNER_ONLY = 0o600;

/** Writes the file. */
export async function exportLeads(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      ...(Object.fromEntries(FILTERS.map((name) => [name, { type: "string" }])) as Record<
        (typeof FILTERS)[number],
        { type: "string" }
      >),
      bom: { type: "boolean", default: false },
      out: { type: "string" },
      config: { type: "string", multiple: true, default: ["leadkit.json"] },
      db: { type: "string", default: "leadkit.db" },
      url: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(`${HELP}\n`);
    return 0;
  }
  const query = new URLSearchParams();
  for (const name of FILTERS) if (values[name] !== undefined) query.set(name, values[name]);
  if (values.bom) query.set("bom", "1");
  const path = `/v1/admin/export?${query}`;
  if (values.url !== undefined) {
    const token = process.env["LEADKIT_ADMIN_TOKEN"];
    if (token === undefined) throw new Error("export: expected LEADKIT_ADMIN_TOKEN in the environment");
    const headers = { authorization: `Bearer ${token}` };
    await save(await fetch(new URL(path, values.url), { headers, redirect: "error" }), values.out);
    return 0;
  }
  if (!isRemote(values.db) && !existsSync(pathOf(values.db))) throw new Error(`${values.db}: there is no such file`);
  const token = randomBytes(32).toString("hex");
  const { driver, close } = await openDriver({
    sites: await Promise.all(values.config.map((file) => readFile(file, "utf8"))),
    db: values.db,
    dbToken: process.env["LEADKIT_DB_TOKEN"],
    env: { LEADKIT_ADMIN_TOKEN: token },
    log: (line) => process.stderr.write(`${JSON.stringify(line)}\n`),
  });
  try {
    const headers = { authorization: `Bearer ${token}` };
    await save(await driver.fetch(new Request(`http://localhost${path}`, { headers })), values.out);
  } finally {
    close();
  }
  return 0;
}

async function save(response: Response, out: string | undefined): Promise<void> {
  if (!response.ok || response.body === null) {
    const { error } = (await response.json().catch(() => ({}))) as { error?: { code?: string; message?: string } };
    throw new Error(
      `export: ${error?.message ?? `the edge answered ${response.status}`} (${error?.code ?? "unknown"})`,
    );
  }
  const body = Readable.fromWeb(response.body as NodeStream);
  if (out === undefined) {
    await pipeline(body, process.stdout, { end: false });
    return;
  }
  const part = `${out}.part`;
  for (const path of [out, part])
    if (existsSync(path)) throw new Error(`${path}: is there already; move it away first`);
  try {
    await pipeline(body, createWriteStream(part, { flags: "wx", mode: OWNER_ONLY }));
    await rename(part, out);
  } finally {
    await rm(part, { force: true });
  }
}
