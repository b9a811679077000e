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
