import { AimuxError, messageOf } from "../lib/errors.ts";
import type { Redactor } from "../lib/redact.ts";
import type { ToldError } from "./guidance/guidance.ts";

/** An error as its caller is told it; one that is none of aimux's own is `internal`. */
export function toldError(error: unknown, redact: Redactor): ToldError {
  const known = error instanceof AimuxError
    ? error
    : new AimuxError("internal", `Internal error: ${messageOf(error)}`, {
      hint: "Try again; if it stays, look into the log and report it",
    });
  const { message, hint, details } = redact.facts({
    message: known.message,
    hint: known.hint,
    details: known.details,
  });
  return { code: known.code, message, ...hint && { hint }, ...details && { details } };
}
