import type { Home } from "../../shared/types.js";

/** One unsent lead as the core writes and reads it. */
export interface Row {
  readonly id: string;
  /** The wire item without id and attempt number, as JSON text. */
  readonly item: string;
  readonly n: number;
  readonly at: number;
  readonly set: number;
  readonly next: number;
  readonly lease: number;
}

/** A row in the database: with the tab that holds the lease. */
export interface StoredRow extends Row {
  readonly owner: string;
}

/** Until when the endpoint is left alone. */
export interface Gate {
  readonly set: number;
  readonly until: number;
  readonly kind: string;
  readonly fails: number;
  readonly asked: number;
}

/** What a claim found. */
export interface Claimed {
  readonly rows: readonly Row[];
  readonly gate: Gate | null;
  readonly wake: number | null;
  readonly count: number;
  readonly bytes: number;
}

/** Changes that belong into one transaction. */
export interface Settlement {
  readonly forget: readonly string[];
  readonly keep: readonly Row[];
  readonly dead: readonly (Row & { readonly code: string })[];
  readonly gate: Gate | null;
}

/** What came of storing a row. */
export interface Stored {
  readonly home: Home;
  readonly gate: Gate | null;
}

/** An order of the core: a word and its parts. */
export type Order =
  | readonly ["store", Row]
  | readonly ["claim", lease: number, items: number, bytes: number]
  | readonly ["send", batch: number, body: string, keepalive: boolean]
  | readonly ["settle", Settlement]
  | readonly ["arm", body: string]
  | readonly ["tell", word: "kept", id: string, home: Home]
  | readonly ["tell", word: "received", id: string]
  | readonly ["tell", word: "refused", id: string, code: string, field: string]
  | readonly ["tell", word: "waiting", id: string, until: number]
  | readonly ["tell", word: "dropped", id: string, code: string];

/** The answer of the core to a fact. */
export interface Orders {
  readonly orders: readonly Order[];
  readonly due: number | null;
  readonly count: number;
}

/** A fact for the core: a word and its parts. */
export type Fact =
  | readonly ["captured" | "recovered", id: string, item: string]
  | readonly ["stored", id: string, home: Home, gate: Gate | null]
  | readonly ["claimed", Claimed]
  | readonly ["answered", batch: number, status: number, retryAfter: string, body: string]
  | readonly ["unanswered", batch: number]
  | readonly ["withdrawn", id: string]
  | readonly ["claim_failed" | "purged" | "hidden" | "shown" | "online" | "flush" | "tick"];
