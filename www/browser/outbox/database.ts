/** How long the database may take to open or to finish a transaction before it counts as failed. */
const PATIENCE_MS = 10_000;

/** The object stores: unsent leads, refused leads, the gate, and raw records that the loader wrote. */
export const STORES = ["lead", "dead", "meta", "raw"] as const;

/** The name of a site's database. */
export const databaseName = (site: string): string => `leadkit.${site}`;

/** Opens a site's database; makes its stores the first time. */
export function openDatabase(site: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(databaseName(site), 1);
    request.onupgradeneeded = () => {
      for (const store of STORES) {
        request.result.createObjectStore(store, store === "meta" ? {} : { keyPath: "id" });
      }
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("the database is held by another version"));
  });
}

/** Begins a transaction that is on the disk when it is complete. */
export function begin(database: IDBDatabase, stores: readonly string[]): IDBTransaction {
  return database.transaction([...stores], "readwrite", { durability: "strict" });
}

/** Waits for the end of a transaction. */
export function ended(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("the database did not answer")), PATIENCE_MS);
    const done = (finish: () => void) => () => {
      clearTimeout(timer);
      finish();
    };
    transaction.oncomplete = done(resolve);
    transaction.onabort = done(() => reject(transaction.error ?? new Error("the transaction was aborted")));
  });
}

/**
 * A database handle that is opened again when it dies: browsers close the handles of hidden tabs, and a dead handle fails
 * for ever.
 */
export class Database {
  private handle: IDBDatabase | undefined;
  private opening: Promise<IDBDatabase> | undefined;
  private closed = false;

  constructor(private readonly site: string) {}

  /** The open handle, for work that must begin at once. */
  now(): IDBDatabase | undefined {
    return this.handle;
  }

  /** The handle, opened if need be. */
  open(): Promise<IDBDatabase> {
    if (this.handle) return Promise.resolve(this.handle);
    this.opening ??= this.reopen().finally(() => {
      this.opening = undefined;
    });
    return this.opening;
  }

  /** Runs work in a transaction; at once if the handle is open, and once more on a fresh handle if it turns out dead. */
  async run<T>(stores: readonly string[], work: (transaction: IDBTransaction) => () => T): Promise<T> {
    const attempt = async (handle: IDBDatabase): Promise<T> => {
      const transaction = begin(handle, stores);
      const result = work(transaction);
      await ended(transaction);
      return result();
    };
    const first = this.handle;
    if (!first) return attempt(await this.open());
    try {
      return await attempt(first);
    } catch (error) {
      if (
        error instanceof DOMException &&
        ["ConstraintError", "QuotaExceededError", "DataError"].includes(error.name)
      ) {
        throw error;
      }
      this.drop(first);
      return attempt(await this.open());
    }
  }

  close(): void {
    this.closed = true;
    this.handle?.close();
    this.handle = undefined;
  }

  private async reopen(): Promise<IDBDatabase> {
    const patience = new Promise<never>((_, reject) => {
      setTimeout(() => reject(new Error("the database did not open")), PATIENCE_MS);
    });
    const handle = await Promise.race([openDatabase(this.site), patience]);
    if (this.closed) {
      handle.close();
      throw new Error("the kit is closed");
    }
    handle.onversionchange = () => this.drop(handle);
    handle.onclose = () => this.drop(handle);
    this.handle = handle;
    return handle;
  }

  private drop(handle: IDBDatabase): void {
    handle.close();
    if (this.handle === handle) this.handle = undefined;
  }
}
