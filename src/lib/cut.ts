/** Long texts made short. */

/**
 * The first characters of a text with "…" behind them, or in front of its last ones; no character
 * of two UTF-16 units is cut in half. A shorter text stays as it is.
 *
 * @param most How many UTF-16 units are kept.
 * @param end How many of them are from the text's end.
 *
 * @example
 * ```ts
 * import { cut } from "./cut.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(cut("one two three", 7), "one two…");
 * assert.equal(cut("one two three", 8, { end: 5 }), "one…three");
 * ```
 */
export function cut(text: string, most: number, { end = 0 }: { end?: number } = {}): string {
  if (text.length <= most) return text;
  const [head, tail] = [text.slice(0, most - end), text.slice(text.length - end)];
  return `${head.replace(/[\uD800-\uDBFF]$/, "")}…${tail.replace(/^[\uDC00-\uDFFF]/, "")}`;
}
