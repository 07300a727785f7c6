import { begin, ended, openDatabase } from "./outbox/database.js";
import { attempt } from "./outbox/spill.js";

/** What the loader writes down of a submit before the core is there. */
export interface RawRecord {
  readonly id: string;
  readonly at: number;
  readonly form: string;
  readonly values: Readonly<Record<string, unknown>>;
  readonly url: string;
}

const prefix = (site: string): string => `leadkit.raw.${site}.`;

/**
 * Writes the record: at once where it survives the page, then where it survives a crash. Says whether the first worked;
 * without it the submit is not ours to take.
 */
export function writeRaw(site: string, record: RawRecord): boolean {
  const key = prefix(site) + record.id;
  const kept = attempt(() => {
    localStorage.setItem(key, JSON.stringify(record));
    return true;
  }, false);
  if (kept) void toDatabase(site, record).catch(() => undefined);
  return kept;
}

async function toDatabase(site: string, record: RawRecord): Promise<void> {
  const database = await openDatabase(site);
  try {
    const transaction = begin(database, ["raw"]);
    transaction.objectStore("raw").put(record);
    await ended(transaction);
  } finally {
    database.close();
  }
}

/** Whether a record of an earlier page waits in the synchronous storage. */
export const hasRaw = (site: string): boolean => spilledRaw(site).length > 0;

/** The records in the synchronous storage. */
export const spilledRaw = (site: string): RawRecord[] =>
  attempt(() => {
    const keys = Object.keys(localStorage).filter((key) => key.startsWith(prefix(site)));
    return keys.map((key) => JSON.parse(localStorage.getItem(key) ?? "null") as RawRecord).filter(Boolean);
  }, []);

/** Removes a record from the synchronous storage. */
export const unspillRaw = (site: string, id: string): void =>
  attempt(() => localStorage.removeItem(prefix(site) + id), undefined);
