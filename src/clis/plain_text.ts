/**
 * Text without the escape sequences that colour it, name links in it or move a cursor. A carriage
 * return that only ends a line goes too.
 *
 * @example
 * ```ts
 * import { plainText } from "./plain_text.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(plainText("\x1b[31merror:\x1b[0m no"), "error: no");
 * ```
 */
export function plainText(text: string): string {
  return text.replace(ESCAPES, "").replaceAll("\r\n", "\n");
}

/** CSI sequences (colours, cursor), OSC sequences (links, titles), charset and two-byte ones. */
const ESCAPES = new RegExp(
  "\x1b" + String.raw`(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b\n]*(?:\x07|\x1b\\)` +
    String.raw`|[()*+][0-9A-Za-z]|[=>78cDEHMNOZ])`,
  "g",
);
