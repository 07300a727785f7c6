/** The stable codes of {@link LeadkitError}. */
export type ErrorCode =
  | "options.invalid"
  | "config.unavailable"
  | "config.invalid"
  | "core.unavailable"
  | "core.failed"
  | "form.unknown"
  | "lead.invalid"
  | "outbox.full"
  | "outbox.too_large"
  | "outbox.expired"
  | "kit.closed"
  | "work.unavailable"
  | "work.unknown";

/** What the caller or the world did wrong. What a visitor typed is never an error: it is a problem. */
export class LeadkitError extends Error {
  override readonly name = "LeadkitError";
  /** A stable word for programs; the sentence is for people and may change. */
  readonly code: ErrorCode;
  /** Plain facts about the fault, without anything that a visitor typed. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, sentence: string, details: Record<string, unknown> = {}, cause?: unknown) {
    super(sentence, cause === undefined ? undefined : { cause });
    this.code = code;
    this.details = details;
  }
}
