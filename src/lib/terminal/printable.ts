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
  return plainText(text).replace(ACTING, "\uFFFD");
}

/** {@linkcode printable} in one line. */
export function printableLine(text: string): string {
  return printable(text).replace(/\s+/g, " ").trim();
}

/** Control characters but line feed and tab, and those that turn the direction of writing. */
const ACTING = new RegExp(
  String.raw`[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]`,
  "g",
);
