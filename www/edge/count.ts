/** What this process has counted since it started. Holds numbers, sites and words of the core; nothing of a visitor. */

/** The numbers as the core reads them. */
export interface Counts {
  /** When counting began, in milliseconds since 1970. */
  readonly since: number;
  /** Requests that were answered, by the class of the status. */
  readonly requests: Readonly<Record<string, number>>;
  readonly traps: number;
  /** Leads that were answered, by site and answer. */
  readonly answers: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** Counts what the store does not keep. */
export class Counter {
  readonly #since: number;
  readonly #requests: Record<string, number> = { "2xx": 0, "3xx": 0, "4xx": 0, "5xx": 0 };
  readonly #answers: Record<string, Record<string, number>> = {};
  #traps = 0;

  constructor(since: number) {
    this.#since = since;
  }

  /** A request was answered by this, which is given back. */
  answered<Answered extends { readonly status: number }>(answer: Answered): Answered {
    const name = `${Math.floor(answer.status / 100)}xx`;
    this.#requests[name] = (this.#requests[name] ?? 0) + 1;
    return answer;
  }

  /** The core trapped. */
  trap(): void {
    this.#traps += 1;
  }

  /** Leads of a site had these answers. */
  leads(site: string, answers: Readonly<Record<string, number>>): null {
    this.#answers[site] ??= { ok: 0, dup: 0, bad: 0, later: 0 };
    const counts = this.#answers[site];
    for (const [answer, count] of Object.entries(answers)) counts[answer] = (counts[answer] ?? 0) + count;
    return null;
  }

  /** All of it. */
  read(): Counts {
    return { since: this.#since, requests: this.#requests, traps: this.#traps, answers: this.#answers };
  }
}
