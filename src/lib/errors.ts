/** The one kind of error that reaches a client: a code to act on and a message to read. */

/** Every code a client can meet, in the order of the documentation. */
export const ERROR_CODES = [
  "invalid_input",
  "unknown_cli",
  "cli_not_installed",
  "auth",
  "quota",
  "model_unavailable",
  "transient",
  "refused",
  "circuit_open",
  "timed_out",
  "cancelled",
  "interrupted",
  "depth_exceeded",
  "not_found",
  "failed",
  "queue_full",
  "blocked",
  "unsupported",
  "storage",
  "internal",
] as const;

/** What went wrong, as a word that a program can act on. */
export type ErrorCode = (typeof ERROR_CODES)[number];

/** What {@linkcode AimuxError} carries besides its code and message. */
export interface ErrorDetails {
  /** What the reader can do about it. */
  hint?: string;
  /** Facts for a program: the value at fault, the valid ones, a position. */
  details?: Record<string, unknown>;
  cause?: unknown;
}

/**
 * An error that a client is told about. The message says what happened and to which value; the
 * hint says what to do.
 *
 * @example
 * ```ts
 * import { AimuxError } from "./errors.ts";
 * import assert from "node:assert/strict";
 *
 * const error = new AimuxError("unknown_cli", 'Unknown CLI "node"', { hint: "Use codex" });
 * assert.equal(error.code, "unknown_cli");
 * ```
 */
export class AimuxError extends Error {
  override readonly name = "AimuxError";
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly details: Record<string, unknown> | undefined;

  constructor(code: ErrorCode, message: string, { hint, details, cause }: ErrorDetails = {}) {
    super(message, cause === undefined ? {} : { cause });
    this.code = code;
    this.hint = hint;
    this.details = details;
  }
}

/** The message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** What a log says of anything that was thrown; of an error that nobody foresaw also where. */
export function errorFacts(thrown: unknown): Record<string, unknown> {
  if (thrown instanceof AimuxError) return { error: thrown.message, code: thrown.code };
  const stack = thrown instanceof Error ? thrown.stack : undefined;
  return { error: messageOf(thrown), ...stack !== undefined && { stack } };
}
