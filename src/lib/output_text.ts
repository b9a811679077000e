/** What a process printed, read without having to hold all of it. */

/** Text that may be larger than memory should hold; `lines` and `pieces` read it bit by bit. */
export interface OutputText {
  /** Size in bytes, as printed. */
  readonly bytes: number;
  /**
   * Its lines in order, without their line ends (`\n` or `\r\n`); a last empty line is left out.
   * One that is longer than memory should hold may come in parts.
   */
  lines(): Iterable<string>;
  /** All of it in order, in pieces of at most about 250,000 characters, cut between any two. */
  pieces(): Iterable<string>;
  /** All of it at once, invalid UTF-8 replaced by U+FFFD. */
  text(): string;
}

/**
 * An {@linkcode OutputText} over a string.
 *
 * @example
 * ```ts
 * import { outputText } from "./output_text.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual([...outputText("a\r\nb\n").lines()], ["a", "b"]);
 * ```
 */
export function outputText(content: string): OutputText {
  return {
    // Counted only for who asks: it takes as much memory as the text.
    get bytes() {
      return new TextEncoder().encode(content).length;
    },
    *lines() {
      const lines = content.split(/\r?\n/);
      if (lines.at(-1) === "") lines.pop();
      yield* lines;
    },
    *pieces() {
      for (let at = 0, end; at < content.length; at = end) {
        end = at + PIECE_CHARS;
        // Both halves of a character come together.
        if (/[\ud800-\udbff]/.test(content[end - 1] ?? "")) end++;
        yield content.slice(at, end);
      }
    },
    text: () => content,
  };
}

const PIECE_CHARS = 250_000;
