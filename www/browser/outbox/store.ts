import type { RawRecord } from "../raw.js";
import { Database } from "./database.js";
import type { Claimed, Gate, Row, Settlement, Stored, StoredRow } from "./rows.js";
import { clear, spill, unspill } from "./spill.js";

/** How far the clocks of two tabs may differ before a lease counts as one from another time. */
const CLOCK_SLACK_MS = 5_000;
/** What the core adds to the length of an item when it counts bytes. */
const ITEM_HEAD = 64;

/** A lead that the edge refused, or that expired here. */
export interface DeadLetter {
  readonly id: string;
  readonly code: string;
  readonly item: string;
}

/** The store of one tab. Every effect is one transaction, begun at once where the database is open. */
export class Store {
  private readonly database: Database;

  constructor(
    private readonly site: string,
    private readonly owner: string,
  ) {
    this.database = new Database(site);
  }

  /** Adds a row unless it is there. Until the database is open, the spill bridges the gap. */
  async add(row: Row): Promise<Stored> {
    const bridge = this.database.now() ? false : spill(this.site, row.id, row.item);
    try {
      const gate = await this.database.run(["lead", "meta"], (transaction) => {
        transaction.objectStore("lead").add({ ...row, owner: this.owner } satisfies StoredRow);
        const gate = transaction.objectStore("meta").get("gate");
        transaction.commit();
        return () => gate.result as Gate | undefined;
      });
      unspill(this.site, row.id);
      return { home: "disk", gate: gate ?? null };
    } catch (error) {
      if (error instanceof DOMException && error.name === "ConstraintError") {
        unspill(this.site, row.id);
        return { home: "disk", gate: null };
      }
      return { home: bridge || spill(this.site, row.id, row.item) ? "spill" : "memory", gate: null };
    }
  }

  /** Takes rows that are due and free. `now` is the clock that the core is told. */
  claim(now: number, lease: number, items: number, bytes: number): Promise<Claimed> {
    return this.database.run(["lead", "meta"], (transaction) => {
      const leads = transaction.objectStore("lead");
      const all = leads.getAll() as IDBRequest<StoredRow[]>;
      const gate = transaction.objectStore("meta").get("gate") as IDBRequest<Gate | undefined>;
      const rows: StoredRow[] = [];
      let wake: number | null = null;
      let size = 0;
      let total = 0;
      all.onsuccess = () => {
        for (const row of all.result) {
          const length = row.item.length + ITEM_HEAD;
          total += length;
          const free = row.owner === this.owner || row.lease <= now || row.lease > lease + CLOCK_SLACK_MS;
          const due = row.next <= now || row.set > now;
          if (!free || !due) {
            const at = Math.max(row.next, free ? 0 : row.lease);
            wake = Math.min(wake ?? at, at);
          } else if (rows.length >= items || (size > 0 && size + length > bytes)) {
            wake = now;
          } else {
            size += length;
            const mine = { ...row, lease, owner: this.owner };
            rows.push(mine);
            leads.put(mine);
          }
        }
      };
      return () => ({ rows, gate: gate.result ?? null, wake, count: all.result.length, bytes: total });
    });
  }

  /** Changes rows. Without a gate everything is committed at once, so that it outlives the page. */
  async settle({ forget, keep, dead, gate }: Settlement): Promise<void> {
    for (const id of forget) unspill(this.site, id);
    await this.database.run(["lead", "dead", "meta"], (transaction) => {
      const leads = transaction.objectStore("lead");
      for (const id of forget) leads.delete(id);
      for (const row of keep) leads.put({ ...row, owner: this.owner } satisfies StoredRow);
      for (const { id, item, code } of dead) {
        leads.delete(id);
        transaction.objectStore("dead").put({ id, item, code } satisfies DeadLetter);
      }
      if (gate) overwrite(transaction.objectStore("meta"), gate);
      else transaction.commit();
      return () => undefined;
    });
    for (const { id } of dead) unspill(this.site, id);
  }

  /** The refused leads that lie on this device. */
  dead(): Promise<DeadLetter[]> {
    return this.read<DeadLetter>("dead");
  }

  /** What the loader wrote down. */
  raw(): Promise<RawRecord[]> {
    return this.read<RawRecord>("raw");
  }

  /** Removes a raw record. */
  async forgetRaw(id: string): Promise<void> {
    await this.database.run(["raw"], (transaction) => {
      transaction.objectStore("raw").delete(id);
      return () => undefined;
    });
  }

  /** Removes everything of the site from this device. */
  async purge(): Promise<void> {
    clear(this.site);
    await this.database.run(["lead", "dead", "meta", "raw"], (transaction) => {
      for (const name of ["lead", "dead", "meta", "raw"]) transaction.objectStore(name).clear();
      return () => undefined;
    });
  }

  close(): void {
    this.database.close();
  }

  private read<T>(name: string): Promise<T[]> {
    return this.database.run([name], (transaction) => {
      const all = transaction.objectStore(name).getAll() as IDBRequest<T[]>;
      return () => all.result;
    });
  }
}

/** Writes the gate; what the edge asked another tab for stays in force, unless the clock was set back since. */
function overwrite(meta: IDBObjectStore, gate: Gate): void {
  const stored = meta.get("gate") as IDBRequest<Gate | undefined>;
  stored.onsuccess = () => {
    const before = stored.result;
    const asked = before && before.set <= gate.set ? Math.max(gate.asked, before.asked) : gate.asked;
    meta.put({ ...gate, asked }, "gate");
  };
}
