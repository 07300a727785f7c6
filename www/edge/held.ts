/** Parts of files between the effect that gathers them and the one that sends them. */
import type { Gathered } from "./stream.js";

/** What a core is told of a part. */
export interface Told {
  readonly held: string;
  readonly sha256: string;
  readonly next: unknown;
}

/** So many parts are kept at once; what was given up before it was sent makes room. */
const MOST_PARTS = 8;

/** Keeps bytes that the core never sees. */
export class Held {
  readonly #parts = new Map<string, Uint8Array<ArrayBuffer>>();

  /** Keeps a part under a word of its own. */
  async keep({ bytes, next }: Gathered, word: string): Promise<Told> {
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    const [oldest] = this.#parts.keys();
    if (this.#parts.size >= MOST_PARTS && oldest !== undefined) this.#parts.delete(oldest);
    this.#parts.set(word, bytes);
    const sha256 = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return { held: word, sha256, next };
  }

  /** Gives a part back, once. */
  take(word: string): Uint8Array<ArrayBuffer> | undefined {
    const bytes = this.#parts.get(word);
    this.#parts.delete(word);
    return bytes;
  }
}
