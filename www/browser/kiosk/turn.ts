/** How long a turn of one visitor may rest, in milliseconds. */
export interface Spans {
  /** Without a touch, until the visitor is asked whether they are still there. */
  readonly idle: number;
  /** From that question until the form is cleared. */
  readonly warn: number;
  /** From the thanks until the form is there for the next person. */
  readonly done: number;
}

/** Where a turn stands: nobody began, somebody is at it, the visitor is asked, the lead is kept. */
export type Phase = "fresh" | "busy" | "warned" | "done";

/**
 * The turn of one visitor: when it ends by itself. Told what happened and what time it is; the clock is that of the device,
 * so that a tablet that slept finds the turn over.
 */
export class Turn {
  phase: Phase = "fresh";
  private until = Number.POSITIVE_INFINITY;

  constructor(private readonly spans: Spans) {}

  /** The visitor did something to the form. */
  began(now: number): void {
    if (this.phase === "done") return;
    this.phase = "busy";
    this.until = now + this.spans.idle;
  }

  /** Somebody touched the device: whoever is at it stays. */
  touched(now: number): void {
    if (this.phase === "busy" || this.phase === "warned") this.began(now);
  }

  /** The lead is kept. */
  done(now: number): void {
    this.phase = "done";
    this.until = now + this.spans.done;
  }

  /** The visitor asks for more time. */
  stay(now: number): void {
    if (this.phase === "done") this.until = now + this.spans.warn + this.spans.done;
    else this.began(now);
  }

  /** The edge did not take the lead: the visitor goes on. */
  again(now: number): void {
    this.phase = "busy";
    this.until = now + this.spans.idle;
  }

  /** The seconds to show, or `over`, or nothing to show. */
  left(now: number): number | "over" | undefined {
    if (this.phase === "busy" && now >= this.until) {
      // After a sleep of the device nobody is asked any more.
      this.phase = "warned";
      this.until += this.spans.warn;
    }
    if (this.phase !== "warned" && this.phase !== "done") return undefined;
    return now >= this.until ? "over" : Math.ceil((this.until - now) / 1_000);
  }
}
