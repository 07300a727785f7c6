import type { Challenge } from "../work/work.js";

/** Solves a challenge: gives what the form sends. */
export type Solver = (challenge: Challenge) => Promise<string>;

/** The value under which it is sent, as ALTCHA's own widget calls it. */
export const PROOF = "altcha";

/** Gets a challenge and solves it; nothing where the edge cannot be asked, or nothing here can solve it. */
export async function prove(challenge: string, solve: Solver): Promise<string | undefined> {
  try {
    const response = await fetch(challenge, { credentials: "omit" });
    return response.ok ? await solve((await response.json()) as Challenge) : undefined;
  } catch {
    return undefined;
  }
}

/** How long a submit waits for work that is not done yet. */
const PATIENCE_MS = 1_500;

/** The proof of work of one form. It is done while the visitor types; nobody sees it, and no submit fails for it. */
export class Proof {
  private solution: Promise<string | undefined> | undefined;

  constructor(
    private readonly challenge: string,
    private readonly solve: Solver,
  ) {}

  /** Begins, unless it is under way or done. */
  begin(): void {
    this.solution ??= this.work();
  }

  /** The solution, for one lead; nothing where there is none in time, or the page goes away. */
  async take(): Promise<string | undefined> {
    this.begin();
    const end = new AbortController();
    const enough = new Promise<undefined>((resolve) => {
      const timer = setTimeout(resolve, PATIENCE_MS);
      end.signal.addEventListener("abort", () => clearTimeout(timer));
      // Before the outbox hears of it, so that what is waited for is in it by then.
      addEventListener("pagehide", () => resolve(undefined), { capture: true, signal: end.signal });
    });
    const taken = await Promise.race([this.solution, enough]);
    end.abort();
    // It counts once: another lead needs another.
    if (taken !== undefined) this.solution = undefined;
    return taken;
  }

  private async work(): Promise<string | undefined> {
    const solution = await prove(this.challenge, this.solve);
    // Offline, for instance: the next focus tries again. A lead without it goes all the same; the edge says what follows.
    if (solution === undefined) this.solution = undefined;
    return solution;
  }
}
