import { openDatabase } from "../outbox/database.js";
import type { Row } from "../outbox/rows.js";
import { attempt, spilled } from "../outbox/spill.js";
import type { DeadLetter } from "../outbox/store.js";

/** As many leads the edge takes in one request, and none of them is long. */
const BATCH = 20;

/** What lies on this device. */
export interface Lying {
  readonly unsent: number;
  readonly refused: number;
}

/** Reads what the outbox of a site holds, and changes nothing. */
export class Device {
  private handle: IDBDatabase | undefined;

  constructor(private readonly site: string) {}

  /** How many leads lie here. */
  async count(): Promise<Lying> {
    const [ids, dead] = await Promise.all([
      this.read((database) => begin(database, "lead").getAllKeys()),
      this.read((database) => begin(database, "dead").count()),
    ]);
    const all = new Set([...ids.map(String), ...spilled(this.site).map(([id]) => id)]);
    return { unsent: all.size, refused: dead };
  }

  /**
   * The unsent leads as lines, each a body of the wire that the edge takes as it takes any other, and a last line with the
   * refused ones.
   */
  async export(): Promise<string> {
    const rows = await this.read((database) => begin(database, "lead").getAll() as IDBRequest<Row[]>);
    const dead = await this.read((database) => begin(database, "dead").getAll() as IDBRequest<DeadLetter[]>);
    const items = new Map([...spilled(this.site), ...rows.map((row) => [row.id, row.item] as const)]);
    const whole = ([id, item]: readonly [string, string]): object => ({ id, n: 1, ...(JSON.parse(item) as object) });
    const all = [...items].map(whole);
    const lines: object[] = [];
    for (let at = 0; at < all.length; at += BATCH) {
      lines.push({ v: 1, k: this.site, sent_at: Date.now(), items: all.slice(at, at + BATCH) });
    }
    if (dead.length > 0) lines.push({ refused: dead.map(({ id, code, item }) => ({ code, ...whole([id, item]) })) });
    return lines.map((line) => `${JSON.stringify(line)}\n`).join("");
  }

  private async read<T>(ask: (database: IDBDatabase) => IDBRequest<T>): Promise<T> {
    this.handle ??= await openDatabase(this.site);
    const { handle } = this;
    const forget = (): void => {
      handle.close();
      this.handle = undefined;
    };
    handle.onclose = forget;
    handle.onversionchange = forget;
    return new Promise((resolve, reject) => {
      const fail = (error: unknown): void => {
        forget();
        reject(error);
      };
      try {
        const request = ask(handle);
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => fail(request.error);
      } catch (error) {
        fail(error);
      }
    });
  }
}

const begin = (database: IDBDatabase, name: string): IDBObjectStore =>
  database.transaction([name], "readonly").objectStore(name);

/** Whether the browser promised not to delete what is stored; asks for it. */
export async function lasting(): Promise<boolean> {
  const storage = attempt(() => navigator.storage, undefined);
  return (await storage?.persist?.().catch(() => false)) ?? false;
}
