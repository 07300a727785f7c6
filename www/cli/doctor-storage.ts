// What `leadkit doctor` says about the database and about deliveries that do not get on.
import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import type { Client } from "@libsql/client";
import type { Finding } from "./doctor.js";
import { integrity, isRemote, pathOf, version } from "./storage.js";

/** Below so much free space the disk will be full soon, in bytes. */
const LEAST_FREE = 256 * 1024 * 1024;
/** A delivery that has been due for so long, or was leased and left, is stuck, in milliseconds. */
const STUCK_MS = 10 * 60_000;
/** Ends that are as they should be: nobody agreed, or it was a test. */
const EXPECTED_ENDS = "'consent_missing','test_lead'";

/** Whether the database is sound, of this version, writable, and has room. */
export async function storage(client: Client, db: string, known: number): Promise<Finding[]> {
  const out: Finding[] = [];
  const add = (state: Finding["state"], says: string) => out.push({ check: "storage", state, says });
  const faults = await integrity(client);
  if (faults.length > 0) add("fault", `The database is damaged: ${faults[0]}. Restore a backup.`);
  const found = await version(client);
  if (found === undefined) add("fault", "The database is not one of leadkit.");
  else if (found > known) add("fault", "The database was written by a newer version of leadkit.");
  else if (found < known) add("warning", "The database is of an earlier version; the edge updates it when it starts.");
  const why = await writeFault(client);
  if (why !== undefined) add("fault", `The database cannot be written: ${why}.`);
  if (!isRemote(db)) {
    const { bavail, bsize } = await statfs(dirname(pathOf(db)));
    const free = bavail * bsize;
    if (free < LEAST_FREE) add("fault", `The disk of the database has ${Math.floor(free / 2 ** 20)} MB left.`);
  }
  if (out.length === 0) add("ok", "The database is sound, of this version, and can be written.");
  return out;
}

/** Writes, and takes it back. */
async function writeFault(client: Client): Promise<string | undefined> {
  try {
    const transaction = await client.transaction("write");
    try {
      await transaction.execute("CREATE TABLE leadkit_doctor(x)");
      await transaction.rollback();
    } finally {
      transaction.close();
    }
    return undefined;
  } catch (error) {
    const { code } = error as { code?: string };
    return code ?? "the engine refuses";
  }
}

/** Which deliveries wait for nobody, for a person, or have ended without arriving. */
export async function deliveries(client: Client, now: number): Promise<Finding[]> {
  const out: Finding[] = [];
  const ask = async (says: (row: Asked) => string, sql: string, ...args: number[]) => {
    const { rows } = await client.execute({ sql, args });
    for (const row of rows) {
      const { site, destination, why, n, first } = row;
      const about = { to: `${site}/${destination}`, why: String(why), n: Number(n), since: ago(now - Number(first)) };
      out.push({ check: "delivery", state: "warning", says: says(about) });
    }
  };
  const held = "(SELECT 1 FROM lane l WHERE l.site=d.site AND l.destination=d.destination AND l.held IS NOT NULL)";
  const open = "(SELECT 1 FROM lane l WHERE l.site=d.site AND l.destination=d.destination AND l.open_until>?2)";
  await ask(
    ({ to, n, since }) => `${to}: ${n} deliveries are stuck, the oldest for ${since}. Is the edge running?`,
    `SELECT site,destination,'' AS why,count(*) AS n,min(due) AS first FROM delivery d WHERE due<?1 AND NOT EXISTS ${held} \
     AND NOT EXISTS ${open} GROUP BY site,destination`,
    now - STUCK_MS,
    now,
  );
  await ask(
    ({ to, why, n }) => `${to} is held (${why}) while ${n} deliveries wait. Resume it when it is ready.`,
    `SELECT site,destination,(SELECT max(held) FROM lane l WHERE l.site=d.site AND l.destination=d.destination) AS why,\
     count(*) AS n,min(due) AS first FROM delivery d WHERE due IS NOT NULL AND EXISTS ${held} GROUP BY site,destination`,
  );
  await ask(
    ({ to, why, n }) => `${to}: ${n} deliveries are parked (${why}) until a person acts.`,
    `SELECT site,destination,coalesce(reason,'refused key') AS why,count(*) AS n,min(first_at) AS first FROM delivery \
     WHERE state='parked' GROUP BY site,destination,why`,
  );
  await ask(
    ({ to, why, n }) => `${to}: ${n} deliveries ended without arriving (${why}). Replay them once the cause is gone.`,
    `SELECT site,destination,coalesce(reason,'unknown') AS why,count(*) AS n,min(first_at) AS first FROM delivery \
     WHERE state='dead' AND coalesce(reason,'') NOT IN (${EXPECTED_ENDS}) GROUP BY site,destination,why`,
  );
  if (out.length === 0) out.push({ check: "delivery", state: "ok", says: "No delivery is stuck, parked or dead." });
  return out;
}

interface Asked {
  readonly to: string;
  readonly why: string;
  readonly n: number;
  readonly since: string;
}

function ago(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  return minutes < 120 ? `${minutes} minutes` : `${Math.floor(minutes / 60)} hours`;
}
