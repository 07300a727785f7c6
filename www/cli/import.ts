// `leadkit import`: leads from a CSV file, through the same checks and rules as every other lead.
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { parseArgs } from "node:util";
import { core } from "./core.js";
import { ascii } from "./host.js";

const HELP = `usage: leadkit import FILE.csv --form NAME --source WORDS [--url URL]

  --form      the form that takes the leads
  --source    where they come from, such as "trade fair 2026"; kept with each lead, and part of its identity
  --date      when they were captured, as you know it; kept with each lead
  --map       FIELD=COLUMN, several times: fills a field from a column whose name does not tell
  --set       FIELD=VALUE, several times: the same value for every lead, such as privacy=true for an agreement on paper
  --config    leadkit.json of the site (leadkit.json)
  --url       the edge (http://127.0.0.1:8787)
  --preview   shows which column fills which field and what is wrong with which line, and sends nothing
  --json      one JSON object instead of text

The file may be separated by commas, semicolons or tabs, and be in UTF-8 or Windows-1252. LEADKIT_ADMIN_TOKEN signs in. A line
that was imported before is known by its column "id", or by all that it holds, and is not stored twice.`;

/** What the edge takes at once, in characters; its limit is 65,536 bytes. */
const BATCH_CHARACTERS = 20_000;
const BATCH_ITEMS = 100;

interface Item {
  readonly id: string;
}
type Row = { line: number; item: Item } | { line: number; code: string; field: string | null };
interface Refused {
  line: number;
  code: string;
  field: string | null;
}
interface Mapping {
  fields: Record<string, string>;
  other: string[];
}

/** Imports a file. Resolves with 1 if a line was refused. */
export async function importFile(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      form: { type: "string" },
      source: { type: "string" },
      date: { type: "string" },
      map: { type: "string", multiple: true, default: [] },
      set: { type: "string", multiple: true, default: [] },
      config: { type: "string", default: "leadkit.json" },
      url: { type: "string", default: "http://127.0.0.1:8787" },
      preview: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(`${HELP}\n`);
    return 0;
  }
  const [file, more] = positionals;
  if (file === undefined || more !== undefined) throw new Error("import: expected one CSV file");
  if (values.form === undefined) throw new Error("import: expected --form");
  if (values.source === undefined) throw new Error("import: expected --source, where the leads come from");
  const facts = {
    name: values.source,
    file: basename(file),
    ...(values.date === undefined ? {} : { date: values.date }),
  };
  const map = JSON.stringify({
    ...Object.fromEntries(values.map.map(column)),
    ...Object.fromEntries(values.set.map(set)),
  });
  const config = readFileSync(values.config, "utf8");
  const run = new core.Import(config, values.form, map, JSON.stringify(facts), ascii, Date.now());
  const rows = [...(JSON.parse(run.csv(decode(readFileSync(file)))) as Row[]), ...(JSON.parse(run.finish()) as Row[])];
  const mapping = JSON.parse(run.mapping()) as Mapping;
  const refused: Refused[] = rows.filter((row) => "code" in row);
  const good = rows.filter((row) => "item" in row);
  const counts = { rows: rows.length, ok: 0, dup: 0, refused: 0 };
  if (!values.preview) {
    const token = process.env["LEADKIT_ADMIN_TOKEN"] ?? "";
    if (token === "") throw new Error("import: expected LEADKIT_ADMIN_TOKEN in the environment");
    const target = `${values.url.replace(/\/$/, "")}/v1/admin/entry/${run.site()}`;
    for (const batch of batches(good)) {
      const answers = await send(target, token, batch);
      for (const row of batch) {
        const answer = answers.get(row.item.id);
        if (answer?.s === "ok") counts.ok += 1;
        else if (answer?.s === "dup") counts.dup += 1;
        else refused.push({ line: row.line, code: answer?.c ?? "later", field: answer?.f ?? null });
      }
      if (process.stderr.isTTY) process.stderr.write(`\rimport: ${counts.ok + counts.dup} of ${good.length}`);
    }
    if (process.stderr.isTTY) process.stderr.write("\n");
  }
  counts.refused = refused.length;
  refused.sort((a, b) => a.line - b.line);
  const show = values.json ? asJson : asText;
  process.stdout.write(show({ file, preview: values.preview, counts, refused, mapping }));
  return refused.length === 0 ? 0 : 1;
}

interface Report {
  file: string;
  preview: boolean;
  counts: { rows: number; ok: number; dup: number; refused: number };
  refused: Refused[];
  mapping: Mapping;
}

function asJson({ preview, counts, refused, mapping }: Report): string {
  return `${JSON.stringify({ preview, ...counts, lines: refused, ...mapping })}\n`;
}

function asText({ file, preview, counts, refused, mapping }: Report): string {
  const lines = Object.entries(mapping.fields).map(([field, name]) => `  ${field} <- ${name}`);
  if (mapping.other.length > 0) lines.push(`  kept beside the form: ${mapping.other.join(", ")}`);
  for (const { line, code, field } of refused)
    lines.push(`${file}:${line}: ${field === null ? "" : `${field}: `}${code}`);
  const { rows, ok, dup } = counts;
  const sum = preview
    ? `${rows - refused.length} of ${rows} lines would be sent; nothing was`
    : `${ok} stored, ${dup} known before, ${refused.length} refused, of ${rows} lines`;
  return `${[...lines, sum].join("\n")}\n`;
}

function column(text: string): [string, unknown] {
  const [field, name] = pair(text, "--map");
  return [field, { val: [name] }];
}

function set(text: string): [string, unknown] {
  const [field, value] = pair(text, "--set");
  return [field, value === "true" ? true : value === "false" ? false : value];
}

function pair(text: string, option: string): [string, string] {
  const at = text.indexOf("=");
  if (at <= 0) throw new Error(`import: expected ${option} FIELD=…, found "${text}"`);
  return [text.slice(0, at), text.slice(at + 1)];
}

/** UTF-8, or what Excel writes in Western Europe where it is none. */
function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

function* batches<T extends { item: Item }>(rows: readonly T[]): Generator<T[]> {
  let batch: T[] = [];
  let size = 0;
  for (const row of rows) {
    const length = JSON.stringify(row.item).length;
    if (batch.length >= BATCH_ITEMS || (batch.length > 0 && size + length > BATCH_CHARACTERS)) {
      yield batch;
      batch = [];
      size = 0;
    }
    batch.push(row);
    size += length;
  }
  if (batch.length > 0) yield batch;
}

interface Answer {
  id: string;
  s: string;
  c?: string;
  f?: string;
}

/** Sends a batch, and again while the edge is busy: a lead that was stored before is known. */
async function send(url: string, token: string, batch: { item: Item }[]): Promise<Map<string, Answer>> {
  const body = JSON.stringify({ items: batch.map(({ item }) => item) });
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  for (let attempt = 1; ; attempt += 1) {
    const response = await fetch(url, { method: "POST", headers, body }).catch((error: unknown) => {
      throw new Error("import: the edge does not answer", { cause: error });
    });
    if (response.status === 200) {
      const { r } = (await response.json()) as { r: Answer[] };
      return new Map(r.map((answer) => [answer.id, answer]));
    }
    if (response.status !== 503 || attempt === 5) throw new Error(`import: the edge answers ${response.status}`);
    await new Promise((resolve) => setTimeout(resolve, 1000 * attempt));
  }
}
