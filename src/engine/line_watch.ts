/** Sees lines go by in a stream of bytes, without keeping more than the beginning of one. */
import type { Clock } from "../lib/clock.ts";
import type { OutputText } from "../lib/output_text.ts";
import { plainText } from "../lib/terminal/plain_text.ts";

/** A line is judged by its beginning; a completion event fits in far less. */
const LINE_CHARS = 64 * 1024;

/** How long nothing may follow a line without an end for it to count as a whole one. */
const QUIET_MS = 400;

/** What a watch is bound to. */
export interface LineWatch {
  clock: Pick<Clock, "delay">;
  /** Ends it. */
  over: AbortSignal;
}

/**
 * Makes a sink that calls back once, at the first line that matches: when its end comes, or when
 * nothing follows it for a moment.
 *
 * @param pattern Tested against each line without its line end and terminal controls.
 */
export function watchLines(
  pattern: RegExp,
  onMatch: () => void,
  { clock, over }: LineWatch,
): (chunk: Uint8Array) => void {
  const decoder = new TextDecoder();
  let line = "";
  let chunks = 0;
  let matched = false;
  return function watch(chunk) {
    if (matched) return;
    chunks++;
    const [first = "", ...rest] = decoder.decode(chunk, { stream: true }).split("\n");
    line = (line + first).slice(0, LINE_CHARS);
    for (const next of rest) {
      if (pattern.test(plainText(line))) return match();
      line = next.slice(0, LINE_CHARS);
    }
    if (pattern.test(plainText(line))) void matchWhenQuiet(chunks);
  };

  async function matchWhenQuiet(seen: number): Promise<void> {
    await clock.delay(QUIET_MS, over);
    if (!over.aborted && !matched && chunks === seen) match();
  }

  function match(): void {
    matched = true;
    onMatch();
  }
}

/** An output up to its first line that matches, that line included. */
export function untilLine(pattern: RegExp, output: OutputText): OutputText {
  return {
    bytes: output.bytes,
    *lines() {
      for (const line of output.lines()) {
        yield line;
        if (pattern.test(plainText(line.slice(0, LINE_CHARS)))) return;
      }
    },
    *pieces() {
      let between = "";
      for (const line of this.lines()) {
        yield between + line;
        between = "\n";
      }
    },
    text() {
      return [...this.pieces()].join("");
    },
  };
}
