/** What a runtime gives to the edge, and the steps that the core asks of it. */

/** A value of a row or an argument of a statement. */
export type Value = string | number | null;

/** A row by the names of its columns. */
export type Row = Readonly<Record<string, Value>>;

/** One SQL statement in the dialect of SQLite. */
export interface Statement {
  readonly sql: string;
  readonly args: readonly Value[];
  /** Lists of arguments: it runs once for each, in their order, and its rows are those of all runs. */
  readonly each?: readonly (readonly Value[])[];
}

/** The lists of arguments with which a statement runs. */
export const runsOf = ({ args, each }: Statement): readonly (readonly Value[])[] => each ?? [args];

/** A request to the outside. */
export interface Outbound {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string | Uint8Array<ArrayBuffer>;
  readonly timeout_ms: number;
  /** The most bytes of the answer that are read. */
  readonly max_bytes: number;
  /** Whether addresses that are not public may be called. */
  readonly private: boolean;
}

/** What came back, or a word for why nothing did. */
export type Inbound =
  | { readonly status: number; readonly headers: readonly (readonly [string, string])[]; readonly body: string }
  | { readonly error: string };

/** Keeps files by their keys. */
export interface Blobs {
  /** Writes a file; it is there for good when the promise resolves. */
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** A file, or nothing. */
  get(key: string): Promise<Uint8Array | ReadableStream | undefined>;
  /** Deletes files; one that is not there is no fault. */
  delete(keys: readonly string[]): Promise<void>;
}

/** A runtime: storage, network, time and chance. */
export interface Host {
  /** Whether one database holds the rows of all objects. */
  readonly together?: boolean;
  /** How much of the memory is used, from 0 to 1, where the runtime tells. */
  readonly memory?: () => number;
  /**
   * Runs the statements as one transaction on the rows of an object and gives the rows of each. With `wake`, the object is
   * woken at that time, even after a crash that follows the write.
   */
  sql(object: string, statements: readonly Statement[], wake?: number): Promise<readonly (readonly Row[])[]>;
  /** Sends one request. Follows no redirect and never throws. */
  fetch(request: Outbound): Promise<Inbound>;
  /** Milliseconds since 1970. */
  now(): number;
  /** Thirty-two random bytes in hexadecimal digits. */
  entropy(): string;
  /** Wakes an object at a time, or at once if that has passed. */
  wake(object: string, at: number): void | Promise<void>;
  /** A file of the package, or nothing. */
  asset(path: string): Promise<Uint8Array | ReadableStream | undefined>;
  /** Makes sure that what was deleted is gone from every file of the storage, where that is not so by itself. */
  scrub?(): Promise<void>;
  /** Where files lie that come with leads; without it none are taken. */
  readonly blobs?: Blobs | undefined;
  /** Writes one line to the log. */
  log(line: Readonly<Record<string, unknown>>): void;
  /** A value of the environment. */
  env(name: string): string | undefined;
}

/** A request without its body. */
export interface Incoming {
  readonly method: string;
  readonly url: string;
  readonly headers: Iterable<readonly [string, string]>;
  /** The address of the client, where the runtime knows it. */
  readonly address?: string | undefined;
}

/** Something that the core asks for. */
export type Effect =
  | { readonly op: "sql"; readonly object: string; readonly statements: readonly Statement[]; readonly wake?: number }
  | ({ readonly op: "fetch"; readonly held?: string } & Outbound)
  | { readonly op: "gather"; readonly stream: Stream; readonly most: number }
  | { readonly op: "hosts"; readonly hosts: readonly string[] }
  | { readonly op: "wake"; readonly object: string; readonly at: number }
  | { readonly op: "scrub" }
  | { readonly op: "log"; readonly line: Readonly<Record<string, unknown>> }
  | { readonly op: "count"; readonly site: string; readonly answers: Readonly<Record<string, number>> }
  | { readonly op: "put"; readonly key: string; readonly place: number }
  | { readonly op: "delete"; readonly keys: readonly string[] }
  | { readonly op: "counted" };

/** A response as the core writes it. */
export interface Answer {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body?: string;
  readonly asset?: string;
  /** The key of a file in the blob store. */
  readonly blob?: string;
  readonly stream?: Stream;
}

/** A body that is asked for piece by piece. */
export interface Stream {
  /** The state of the first piece. */
  readonly state: unknown;
  /** Names and types of the columns of a table; pieces are arrays of rows then. */
  readonly columns: readonly (readonly [string, string])[] | null;
}

/** A piece of such a body; `next` is the state of the one after it. */
export interface Piece {
  readonly piece: string;
  readonly next: unknown;
}

/** What the core wants next. */
export type Step =
  | { readonly effects: readonly Effect[]; readonly state: unknown }
  | { readonly effects: readonly Effect[]; readonly fork: readonly Step[] }
  | { readonly effects: readonly Effect[]; readonly response: Answer }
  | Piece;
