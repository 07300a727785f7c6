// `leadkit serve`: the edge on Node with a database in a file.
import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";

import { EdgeError } from "../edge/error.js";
import { serve as start } from "../edge/node.js";

const HELP = `usage: leadkit serve [--config FILE]... [--port N] [--hostname ADDRESS] [--db FILE|URL] [--objects N]
                     [--at-once N]

  --config    leadkit.json of a site; may be given several times (leadkit.json)
  --port      where to listen (8787)
  --hostname  the address to listen on (127.0.0.1)
  --db        the database: a file, or the address of a libSQL server (leadkit.db)
  --files     the folder of the files that come with leads (the name of the database with "-files")
  --objects   how many objects share the shards of each site (1)
  --at-once   how many requests are answered at once at most; the others are told to come again (512)

environment: LEADKIT_ADMIN_TOKEN signs in to the Inbox, and so does LEADKIT_TOKENS (leadkit token);
  LEADKIT_METRICS_TOKEN reads /metrics;
  LEADKIT_SECRET signs receipts; LEADKIT_SEAL_KEY seals tokens of destinations (without it LEADKIT_SECRET does);
  LEADKIT_DATABASE_URL stands for --db; LEADKIT_DB_TOKEN opens a remote database;
  LEADKIT_ALLOW_PRIVATE=1 lets destinations be on this machine`;

/** Runs until it is told to end. */
export async function serve(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      config: { type: "string", multiple: true, default: ["leadkit.json"] },
      port: { type: "string", default: "8787" },
      hostname: { type: "string", default: "127.0.0.1" },
      db: { type: "string", default: process.env["LEADKIT_DATABASE_URL"] ?? "leadkit.db" },
      files: { type: "string" },
      objects: { type: "string", default: "1" },
      "at-once": { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(`${HELP}\n`);
    return 0;
  }
  try {
    const served = await start({
      sites: await Promise.all(values.config.map((path) => readFile(path, "utf8"))),
      port: Number(values.port),
      hostname: values.hostname,
      db: values.db,
      files: values.files,
      dbToken: process.env["LEADKIT_DB_TOKEN"],
      objects: Number(values.objects),
      atOnce: values["at-once"] === undefined ? undefined : Number(values["at-once"]),
    });
    process.stdout.write(`leadkit listens on ${served.url}\n`);
    await new Promise<void>((resolve) => {
      for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => resolve());
    });
    await served.close();
    return 0;
  } catch (error) {
    process.stderr.write(`leadkit serve: ${explain(error)}\n`);
    return 2;
  }
}

function explain(error: unknown): string {
  if (error instanceof EdgeError && error.code === "config_invalid") {
    const errors = error.details["errors"] as readonly { readonly message: string }[];
    return errors.map(({ message }) => message).join("\n");
  }
  return error instanceof Error ? error.message : String(error);
}
