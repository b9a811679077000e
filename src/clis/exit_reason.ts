/** Finds the reason of a bad exit in what a CLI printed. */
import { cut } from "../lib/cut.ts";
import { plainText } from "../lib/terminal/plain_text.ts";
import type { Decoded } from "./decoder.ts";
import { isNoise } from "./noise.ts";

/**
 * The lines of standard error that tell why a CLI gave up, on one line; where there are none, its
 * last complaint or the end of what it printed as text; empty where it said nothing.
 */
export function exitReason(stderr: string, { warnings, text }: Decoded): string {
  const lines = meaningfulLines(stderr);
  const reason = errorLines(lines) || lastLines(lines.filter((line) => !WARNING.test(line))) ||
    warnings.findLast(isMeaningful) || lastLines(meaningfulLines(text)) || lastLines(lines);
  return cut(reason, MAX_LENGTH);
}

const MAX_LENGTH = 500;

/** Reasons stand at the end; what a long run logged before does not have to be looked at. */
const MAX_TAIL = 20_000;

const WARNING = /^(?:\(\w+:\d+\) )?(?:· )?\[?\w*warn(?:ing)?\b/i;

/** How a line begins that tells an error: "error: …", "openai.APIError: …", "Cannot find …". */
const ERROR = new RegExp(
  String.raw`^\W*(?:[\w.]*(?:error|exception)\b|fatal\b|panic|thread '.*' panicked|` +
    String.raw`(?:invalid|unknown|unexpected|unsupported|unable|cannot|can't|could not|couldn't|` +
    String.raw`failed|missing|no such|not|no)\b)`,
  "i",
);

const HEADING = /^\W*(?:error|fatal error|exception)\W*$/i;

/** Lines without colours and noise; an empty one stands where a paragraph ends. */
function meaningfulLines(text: string): string[] {
  return plainText(text.slice(-MAX_TAIL)).split("\n").map((line) => line.trim())
    .filter((line) => line === "" || isMeaningful(line));
}

function isMeaningful(line: string): boolean {
  return !isNoise(line);
}

/** The last line that tells an error, with what its paragraph adds. */
function errorLines(lines: readonly string[]): string {
  const found = lines.findLastIndex((line) => ERROR.test(line));
  if (found < 0) return "";
  // "ERROR" as a heading of its own: what it is about stands in the paragraph below.
  const below = lines.findIndex((line, at) => at > found && line !== "");
  const start = HEADING.test(lines[found]!) && below > 0 ? below : found;
  const paragraph = lines.slice(start, start + 3);
  const end = paragraph.indexOf("");
  return paragraph.slice(0, end < 0 ? 3 : end).join(" ");
}

/** The last lines, each once: a CLI may repeat itself. */
function lastLines(lines: readonly string[]): string {
  return [...new Set(lines.filter((line) => line !== "").slice(-3))].join(" ");
}
