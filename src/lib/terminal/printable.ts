import { ACTING } from "./acting.ts";
import { plainText } from "./plain_text.ts";

/**
 * Text that a terminal shows as it stands, whoever wrote it: without escape sequences, and with
 * U+FFFD for any other character that would act instead of being shown. Line feeds and tabs stay.
 *
 * @example
 * ```ts
 * import { printable } from "./printable.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(printable("\x1b]0;title\x07a \x1b[31mred\x1b[0m word\r\n"), "a red word\n");
 * ```
 */
export function printable(text: string): string {
  return plainText(text).replace(UNSHOWN, "\uFFFD");
}

/** {@linkcode printable} in one line. */
export function printableLine(text: string): string {
  return printable(text).replace(/\s+/g, " ").trim();
}

/** All that acts but line feed and tab. */
const UNSHOWN = new RegExp(String.raw`[\x00-\x08\x0b-\x1f${ACTING}]`, "g");
