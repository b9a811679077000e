/** How many columns of a terminal text takes. */
import { charWidth } from "./char_width.ts";

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/**
 * Columns of one line without control characters: two for East Asian wide characters and emoji,
 * none for what only combines with the character before it.
 *
 * @example
 * ```ts
 * import { displayWidth } from "./display_width.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(displayWidth("é漢👩‍🔧"), 5);
 * ```
 */
export function displayWidth(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length; // ASCII, which most text is
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += widthOf(segment);
  return width;
}

/** The beginning of a line that fits, with `…` in place of what does not. */
export function cutToWidth(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  let cut = "";
  let width = 0;
  for (const { segment } of graphemes.segment(text)) {
    width += widthOf(segment);
    if (width > columns - 1) break;
    cut += segment;
  }
  return columns < 1 ? "" : `${cut}…`;
}

/** A line with spaces up to a width. */
export function padToWidth(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - displayWidth(text)));
}

/** A character with all that joins it is as wide as the widest of them; U+FE0F makes it an emoji. */
function widthOf(grapheme: string): number {
  if (grapheme.includes("\uFE0F")) return 2;
  return Math.max(...Array.from(grapheme, charWidth));
}
