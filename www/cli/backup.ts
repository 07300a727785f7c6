// `leadkit backup` and `leadkit restore`: one consistent copy of a database while the server runs, and the way back.
import { copyFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { appear, type Contents, isRemote, openDatabase, pathOf, verified } from "./storage.js";

/** Copies the database into a new file. The server may run and goes on writing meanwhile. */
export async function backup(args: string[]): Promise<number> {
  const { file, db } = read(args, "backup");
  const contents = await appear(file, async (part) => {
    const client = await openDatabase(db);
    try {
      await client.execute({ sql: "VACUUM INTO ?1", args: [part] });
    } finally {
      client.close();
    }
  });
  process.stdout.write(`${file}: ${counted(contents)}, checked\n`);
  return 0;
}

/** Puts a copy where a server that does not run yet will find it. */
export async function restore(args: string[]): Promise<number> {
  const { file, db } = read(args, "restore");
  await verified(file);
  const contents = await appear(db, (part) => copyFile(file, part));
  process.stdout.write(`${db}: ${counted(contents)}, checked; start the server with --db ${db}\n`);
  return 0;
}

function read(args: string[], command: string): { file: string; db: string } {
  const { values, positionals } = parseArgs({
    args,
    options: { db: { type: "string", default: "leadkit.db" } },
    allowPositionals: true,
  });
  const [file] = positionals;
  if (file === undefined || positionals.length > 1) throw new Error(`${command}: expected one FILE`);
  if (isRemote(values.db)) throw new Error(`${command}: expected a file; a database server has backups of its own`);
  return { file, db: pathOf(values.db) };
}

function counted({ leads, deliveries, quarantined }: Contents): string {
  return `${leads} leads, ${deliveries} deliveries, ${quarantined} in quarantine`;
}
