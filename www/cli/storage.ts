// A database file as `backup`, `restore` and `doctor` see it.
import { existsSync, statSync } from "node:fs";
import { chmod, open, readFile, rename, rm } from "node:fs/promises";
import { type Client, createClient } from "@libsql/client";
import { type Core, startCore } from "../edge/core.js";

/** How long a statement waits for a server that writes to the same file, in milliseconds. */
const BUSY_MS = 10_000;
/** Only the owner reads what holds personal data. */
const OWNER_ONLY = 0o600;
/** Files that the database engine keeps beside a file, and reads as a part of it. */
const BESIDE = ["-wal", "-shm", "-journal"];

/** How much is in a database. */
export interface Contents {
  readonly leads: number;
  readonly deliveries: number;
  readonly quarantined: number;
}

/** The core of the edge, which knows the tables, the names of the environment, and which addresses are public. */
export async function edgeCore(): Promise<Core> {
  return startCore(await readFile(new URL("../wasm/edge.wasm", import.meta.url)));
}

/** The address of a server, not the path of a file. */
export function isRemote(db: string): boolean {
  return /^(libsql|https?|wss?):/.test(db);
}

/** Opens a database that is there. */
export async function openDatabase(db: string, authToken?: string): Promise<Client> {
  if (isRemote(db)) return createClient(authToken === undefined ? { url: db } : { url: db, authToken });
  const path = pathOf(db);
  if (!existsSync(path) || !statSync(path).isFile()) throw new Error(`${path}: there is no such file`);
  const client = createClient({ url: `file:${path}` });
  await client.execute(`PRAGMA busy_timeout=${BUSY_MS}`);
  return client;
}

/** The path of a database file; a server has none. */
export function pathOf(db: string): string {
  return db.startsWith("file:") ? db.slice("file:".length) : db;
}

/** Throws unless the path and everything that the engine would take as a part of it are free. */
export function expectFree(path: string): void {
  const taken = ["", ...BESIDE, ".part"].map((end) => path + end).find((each) => existsSync(each));
  if (taken !== undefined) throw new Error(`${taken}: is there already; move it away first`);
}

/** Faults of the file by the engine's own check; none if it is sound. */
export async function integrity(client: Client): Promise<string[]> {
  const { rows } = await client.execute("PRAGMA integrity_check");
  return rows.map((row) => String(row[0])).filter((line) => line !== "ok");
}

/** How many migrations were applied; none if this is no database of Leadkit. */
export async function version(client: Client): Promise<number | undefined> {
  const tables = await client.execute("SELECT name FROM sqlite_master WHERE type='table' AND name='migration'");
  if (tables.rows.length === 0) return undefined;
  const { rows } = await client.execute("SELECT coalesce(max(n),0) AS n FROM migration");
  return Number(rows[0]?.["n"] ?? 0);
}

/** Throws unless the file is sound and of a version that this program knows; tells what it holds. */
export async function verified(path: string): Promise<Contents> {
  const client = await openDatabase(path);
  try {
    const [fault] = await integrity(client);
    if (fault !== undefined) throw new Error(`${path}: is damaged: ${fault}`);
    const found = await version(client);
    const known = (JSON.parse((await edgeCore()).migrations()) as unknown[]).length;
    if (found === undefined) throw new Error(`${path}: is no database of leadkit`);
    if (found > known) throw new Error(`${path}: was written by a newer version of leadkit`);
    const count = async (table: string) =>
      Number((await client.execute(`SELECT count(*) AS n FROM ${table}`)).rows[0]?.["n"] ?? 0);
    return {
      leads: await count("lead"),
      deliveries: await count("delivery"),
      quarantined: await count("quarantine"),
    };
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === "SQLITE_NOTADB") throw new Error(`${path}: is no database`, { cause: error });
    if (code === "SQLITE_CORRUPT") throw new Error(`${path}: is damaged`, { cause: error });
    throw error;
  } finally {
    client.close();
  }
}

/** Makes a file, filled by `fill` under another name, appear whole or not at all, and tells what it holds. */
export async function appear(path: string, fill: (part: string) => Promise<void>): Promise<Contents> {
  expectFree(path);
  const part = `${path}.part`;
  try {
    await fill(part);
    await chmod(part, OWNER_ONLY);
    const contents = await verified(part);
    await sync(part);
    await rename(part, path);
    return contents;
  } finally {
    for (const end of ["", ...BESIDE]) await rm(part + end, { force: true });
  }
}

async function sync(path: string): Promise<void> {
  const file = await open(path, "r+");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
