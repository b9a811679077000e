/** Sees lines go by in a stream of bytes, without keeping more than the beginning of one. */
import { plainText } from "../lib/terminal/plain_text.ts";

/** A line is judged by its beginning; a completion event fits in far less. */
const LINE_CHARS = 64 * 1024;

/**
 * Makes a sink that calls back once, at the first whole line that matches.
 *
 * @param pattern Tested against each line without its line end and terminal controls.
 */
export function watchLines(pattern: RegExp, onMatch: () => void): (chunk: Uint8Array) => void {
  const decoder = new TextDecoder();
  let line = "";
  let matched = false;
  return function watch(chunk) {
    if (matched) return;
    const [first = "", ...rest] = decoder.decode(chunk, { stream: true }).split("\n");
    line = (line + first).slice(0, LINE_CHARS);
    for (const next of rest) {
      if (pattern.test(plainText(line))) {
        matched = true;
        return onMatch();
      }
      line = next.slice(0, LINE_CHARS);
    }
  };
}
