/**
 * How many requests are answered at once. More of them than that would only make each one slower, and in the end fill the
 * memory: they are told to come again, and the client still owns its leads.
 *
 * Additive increase, multiplicative decrease: an answer that took too long lowers the limit by a tenth, one that was quick
 * while the limit was reached raises it by one.
 */

/** The most requests at once, unless the owner says another number. */
const MOST = 512;
/** Never fewer than these, or nobody would find out that it got better. */
const LEAST = 4;
/** An answer that took longer is late, in milliseconds. */
const LATE_MS = 1_000;
/** The limit falls at most once in this time, in milliseconds: what is late now was let in before it fell. */
const CALM_MS = 250;
/** The part of the memory beyond which nothing is let in. */
const FULL = 0.9;
/** How soon who was not let in comes again, in milliseconds: at least, and spread over. */
const AGAIN_MS = [2_000, 8_000] as const;

/** Lets requests in and counts them out. */
export class Gate {
  readonly #most: number;
  readonly #memory: () => number;
  #limit: number;
  #inside = 0;
  #fell = 0;

  /** `memory` tells how much of the memory is used, from 0 to 1. */
  constructor(most: number | undefined, memory: (() => number) | undefined) {
    this.#most = Math.max(1, most ?? MOST);
    this.#limit = this.#most;
    this.#memory = memory ?? (() => 0);
  }

  /** Whether nobody is let in at this moment. */
  isFull(): boolean {
    return this.#inside >= this.#limit || this.#memory() > FULL;
  }

  /** Somebody was let in. */
  enter(): void {
    this.#inside += 1;
  }

  /** Somebody has got an answer, who was let in at a time. */
  leave(entered: number, now: number): void {
    const reached = this.#inside >= this.#limit;
    this.#inside -= 1;
    if (now - entered <= LATE_MS) {
      if (reached && this.#limit < this.#most) this.#limit += 1;
    } else if (now - this.#fell >= CALM_MS) {
      this.#fell = now;
      this.#limit = Math.max(Math.min(LEAST, this.#most), Math.floor(this.#limit * 0.9));
    }
  }

  /** How soon to come again, in milliseconds, by hexadecimal digits of chance. */
  wait(entropy: string): number {
    const [least, spread] = AGAIN_MS;
    return least + (Number.parseInt(entropy.slice(0, 8), 16) % spread);
  }
}

/** The answer that needs no core. */
export function comeAgain(afterMs: number) {
  const body = JSON.stringify({ error: { code: "unavailable" }, after_ms: afterMs });
  const headers: [string, string][] = [
    ["content-type", "application/json"],
    ["retry-after", String(Math.ceil(afterMs / 1000))],
  ];
  return { status: 503, headers, body };
}
