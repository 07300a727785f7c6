/** Everything that the edge throws. */

const SENTENCES = {
  config_invalid: "the configuration has faults",
  no_answer: "the core ended without an answer",
  storage_failed: "the storage did not answer",
  trap: "the core trapped and was started again",
  migration_missing: "the storage was written by a newer version",
} as const;

/** A stable word for what went wrong. */
export type EdgeErrorCode = keyof typeof SENTENCES;

/** A fault of the edge, with a stable code and plain details. Holds nothing of a visitor. */
export class EdgeError extends Error {
  override readonly name = "LeadkitError";
  readonly code: EdgeErrorCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: EdgeErrorCode, details: Readonly<Record<string, unknown>> = {}, cause?: unknown) {
    super(SENTENCES[code], cause === undefined ? undefined : { cause });
    this.code = code;
    this.details = details;
  }
}

/** The word for an error, of whatever kind. */
export function codeOf(error: unknown): string {
  return error instanceof EdgeError ? error.code : "unknown";
}
