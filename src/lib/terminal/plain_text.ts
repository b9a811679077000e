/** What a person would have seen of the text that a program wrote to a terminal. */
import { createScreen, type ScreenOptions } from "./screen.ts";

/**
 * Text without the sequences that colour it, name links in it or set modes, and as it looks in the
 * end: what a carriage return, a backspace, a moved cursor or an erased line has replaced is gone.
 * Tabs stay, line ends become `\n`. Text without control characters is returned as it is.
 *
 * @example
 * ```ts
 * import { plainText } from "./plain_text.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(plainText("\x1b[31merror:\x1b[0m no\r\n"), "error: no\n");
 * assert.equal(plainText(" 50%\r100%\n"), "100%\n");
 * ```
 */
export function plainText(text: string, options: ScreenOptions = {}): string {
  if (!CONTROL.test(text)) return text.replaceAll("\r\n", "\n");
  return [...plainLines(text.replace(LONG_STRING, "").split("\n"), options)].join("\n");
}

/** The same, line by line, for output that is larger than memory should hold. */
export function* plainLines(
  lines: Iterable<string>,
  options: ScreenOptions = {},
): Generator<string> {
  let seen: string[] = [];
  let first = true;
  const screen = createScreen((line) => seen.push(line), options);
  for (const line of lines) {
    if (!first) screen.newLine();
    first = false;
    screen.write(withoutReturns(line));
    if (seen.length === 0) continue;
    yield* seen;
    seen = [];
  }
  screen.finish();
  if (!first) yield* seen;
}

/**
 * The same, bit by bit, also where there are few lines or none in it. What is more than about
 * 250,000 characters above the cursor is out of its reach.
 */
export function* plainPieces(pieces: Iterable<string>): Generator<string> {
  let rest = "";
  for (const piece of pieces) {
    rest += piece;
    if (rest.length < SEGMENT_CHARS) continue;
    const end = segmentEnd(rest);
    yield plainText(rest.slice(0, end));
    rest = rest.slice(end);
  }
  if (rest !== "") yield plainText(rest);
}

const SEGMENT_CHARS = 250_000;
/** Longer than any sequence that does not hold a picture. */
const LONG_SEQUENCE = 4096;

/** The end of the last whole line; of one long line, a place where no sequence is cut. */
function segmentEnd(text: string): number {
  const line = text.lastIndexOf("\n") + 1;
  if (line > 0) return line;
  const escape = text.lastIndexOf("\x1b");
  const end = escape > text.length - LONG_SEQUENCE ? escape : text.length;
  // Half a character, and a carriage return that may stand before a line feed, wait for the rest.
  return /[\r\ud800-\udbff]/.test(text[end - 1] ?? "") ? end - 1 : end;
}

/** A line feed follows, so that carriage returns before it only end the line. */
function withoutReturns(line: string): string {
  let end = line.length;
  while (line[end - 1] === "\r") end--;
  return end === line.length ? line : line.slice(0, end);
}

/** Everything but tabs and line ends. */
const CONTROL = new RegExp(String.raw`[\x00-\x08\v\f\x0e-\x1f\x7f-\x9f]|\r(?!\n)`);

/** Strings for devices that go over several lines, such as pictures; cut off ones are left. */
const LONG_STRING = new RegExp(String.raw`\x1b[PX^_][^\x1b\x18\x1a\x9c]*\x1b\\`, "g");
