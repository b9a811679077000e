import { cut } from "../lib/cut.ts";
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
  return clipped({ code: known.code, message, ...hint && { hint }, ...details && { details } });
}

/** The most characters of one text in an error: what a caller has passed may stand in it. */
const LONGEST_TEXT = 1_000;
/** How many of them are from its end: what is wrong with a value often stands behind it. */
const LONGEST_END = 200;
/** The most entries of one list in an error. */
const LONGEST_LIST = 50;

/** A value without what is too long in it. */
function clipped<Value>(value: Value): Value {
  return clip(value) as Value;
}

function clip(value: unknown): unknown {
  if (typeof value === "string") {
    return cut(value, LONGEST_TEXT, { end: LONGEST_END });
  }
  if (Array.isArray(value)) return value.slice(0, LONGEST_LIST).map(clip);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).slice(0, LONGEST_LIST).map(([name, inner]) => [name, clip(inner)]),
  );
}
