// `leadkit doctor`: what is wrong with a deployment, in sentences. Changes nothing and sends nothing to a destination.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { Client } from "@libsql/client";
import { configuration, type Site, secrets } from "./doctor-config.js";
import { clock, destinations } from "./doctor-network.js";
import { deliveries, storage } from "./doctor-storage.js";
import { edgeCore, openDatabase } from "./storage.js";

/** One thing that was looked at. */
export interface Finding {
  readonly check: "config" | "secret" | "clock" | "storage" | "destination" | "delivery";
  /** `skipped` says what to give so that it can be looked at. */
  readonly state: "ok" | "warning" | "fault" | "skipped";
  /** A sentence without any value of a visitor, a secret or the path of an address. */
  readonly says: string;
}

const HELP = `usage: leadkit doctor [--config FILE]... [--db FILE|URL] [--edge URL] [--offline] [--json]

  --config   leadkit.json of a site; may be given several times (leadkit.json)
  --db       the database of the edge: a file, or the address of a libSQL server (leadkit.db)
  --edge     the address of the edge, whose clock is compared with that of this machine
  --offline  tries no connection to a destination
  --json     one JSON object: {"ok","checks":[{"check","state","says"}]}

Run it with the environment of the edge. Ends with 0 if all is well, 1 if something was found, 2 if it could not look.`;

/** Looks at everything and tells what it found; 1 if anything is not well. */
export async function doctor(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      config: { type: "string", multiple: true, default: ["leadkit.json"] },
      db: { type: "string", default: "leadkit.db" },
      edge: { type: "string" },
      offline: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(`${HELP}\n`);
    return 0;
  }
  const { env } = process;
  const core = await edgeCore();
  const findings: Finding[] = [];
  const sites: Site[] = [];
  for (const path of values.config) {
    const { found, site } = configuration(core, path, readFileSync(path, "utf8"));
    findings.push(found);
    if (site !== undefined) sites.push(site);
  }
  findings.push(...secrets(sites, env));
  findings.push(await clock(values.edge));
  const known = (JSON.parse(core.migrations()) as unknown[]).length;
  await withDatabase(values.db, env["LEADKIT_DB_TOKEN"], findings, async (client) => {
    findings.push(...(await storage(client, values.db, known)));
    findings.push(...(await deliveries(client, Date.now())));
  });
  if (!values.offline) {
    const allowed = (address: string) => env["LEADKIT_ALLOW_PRIVATE"] === "1" || core.isPublic(address);
    findings.push(...(await destinations(sites, env, allowed)));
  }
  const ok = findings.every(({ state }) => state === "ok" || state === "skipped");
  process.stdout.write(values.json ? `${JSON.stringify({ ok, checks: findings })}\n` : print(findings));
  return ok ? 0 : 1;
}

async function withDatabase(
  db: string,
  token: string | undefined,
  findings: Finding[],
  look: (client: Client) => Promise<void>,
): Promise<void> {
  let client: Client | undefined;
  try {
    client = await openDatabase(db, token);
    await look(client);
  } catch (error) {
    const why = error instanceof Error ? error.message : "it does not answer";
    findings.push({ check: "storage", state: "fault", says: `The database cannot be read: ${why}.` });
  } finally {
    client?.close();
  }
}

function print(findings: readonly Finding[]): string {
  const line = ({ check, state, says }: Finding) => `${state.padEnd(8)} ${check.padEnd(12)} ${says}\n`;
  return findings.map(line).join("");
}
