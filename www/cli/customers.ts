// `leadkit customers`: who is a customer already, by keyed hashes that the edge makes of addresses and numbers.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { callEdge } from "./edge-api.js";

const HELP = `usage: leadkit customers import FILE.csv
       leadkit customers forget FILE.csv

  --country   the country (two letters) of numbers without a country code
  --config    leadkit.json of the site (leadkit.json)
  --url       the edge (http://127.0.0.1:8787)

The file has a line of headers; columns whose names hold mail, phone, tel, mobil, handy or cell are read. Only keyed hashes
are stored. LEADKIT_ADMIN_TOKEN signs in.`;

/** What the edge takes at once, in characters; its limit is 65,536 bytes. */
const CHUNK = 16_000;

/** Imports or forgets customers. */
export async function customers(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      country: { type: "string", default: "" },
      config: { type: "string", default: "leadkit.json" },
      url: { type: "string", default: "http://127.0.0.1:8787" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(`${HELP}\n`);
    return 0;
  }
  const [what, file, more] = positionals;
  if ((what !== "import" && what !== "forget") || file === undefined || more !== undefined) {
    throw new Error("customers: expected import FILE.csv or forget FILE.csv");
  }
  const { site } = JSON.parse(readFileSync(values.config, "utf8")) as { site: { id: string } };
  const path = `customers/${site.id}?${new URLSearchParams({ country: values.country })}`;
  const sum = { rows: 0, unread: 0, people: 0, changed: 0 };
  for (const text of chunks(decode(readFileSync(file)))) {
    const method = what === "import" ? "POST" : "DELETE";
    const { status, body } = await callEdge("customers", values.url, path, text, method);
    if (status !== 200) throw new Error(`customers: the edge answers ${status}`);
    for (const key of Object.keys(sum) as (keyof typeof sum)[]) sum[key] += (body as typeof sum)[key] ?? 0;
  }
  const done = what === "import" ? "new" : "forgotten";
  const words = `${sum.rows} lines, ${sum.people} addresses and numbers, ${sum.changed} ${done}, ${sum.unread} lines without either`;
  process.stdout.write(`${words}\n`);
  return sum.unread === 0 ? 0 : 1;
}

/** Pieces of whole lines, each with the line of headers. A line that ends inside quotes goes on. */
export function* chunks(text: string): Generator<string> {
  const lines: string[] = [];
  let open = "";
  for (const line of text.split("\n")) {
    open = open === "" ? line : `${open}\n${line}`;
    if ((open.split('"').length - 1) % 2 === 1) continue;
    lines.push(open);
    open = "";
  }
  const [head = "", ...rest] = open === "" ? lines : [...lines, open];
  let chunk: string[] = [];
  let size = 0;
  for (const line of rest.filter((each) => each.trim() !== "")) {
    if (chunk.length > 0 && size + line.length > CHUNK) {
      yield [head, ...chunk].join("\n");
      chunk = [];
      size = 0;
    }
    chunk.push(line);
    size += line.length;
  }
  if (chunk.length > 0) yield [head, ...chunk].join("\n");
}

/** UTF-8, or what Excel writes in Western Europe where it is none. */
function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}
