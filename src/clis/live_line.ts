/** The newest thing that a running CLI printed for a person to read. */
import { cut } from "../lib/cut.ts";
import { plainText } from "../lib/terminal/plain_text.ts";
import { isObject } from "./decoders/fields.ts";
import { eventLine } from "./decoders/event_line.ts";
import { parseJson } from "./decoders/safe_json.ts";
import { isNoise } from "./noise.ts";

/** The end of one stream of a CLI that still runs. */
export interface StreamEnd {
  /** What it printed last. */
  tail: string;
  /** Whether something stood before it, so that its first line may be the rest of one. */
  cut: boolean;
  /** When the last of it was printed, in milliseconds since the epoch. */
  at: number;
}

/** The most characters of a line that are shown. */
const LINE_CHARS = 300;

/**
 * The newest readable line of what a CLI has printed, from the stream that printed last; undefined
 * where nothing can be read. Events are told in words, never as they are; one JSON document, which
 * is complete only at the end, tells nothing before.
 *
 * @param format The profile's `output_format`.
 */
export function liveLine(
  format: string,
  { stdout, stderr }: { stdout: StreamEnd; stderr: StreamEnd },
): string | undefined {
  const read = {
    stdout: () => format === "json" ? undefined : newest(stdout, format === "jsonl"),
    stderr: () => newest(stderr, false),
  };
  return stderr.at > stdout.at ? read.stderr() ?? read.stdout() : read.stdout() ?? read.stderr();
}

function newest({ tail, cut }: StreamEnd, events: boolean): string | undefined {
  const lines = tail.split("\n");
  // The rest of a line is no line, unless there is nothing else.
  if (cut && lines.length > 1) lines.shift();
  for (const line of lines.reverse()) {
    const readable = readableLine(line, events);
    if (readable !== undefined) return readable;
  }
  return undefined;
}

/**
 * What one line says to a person, at most 300 characters; undefined where it says nothing.
 *
 * @param events Whether lines may be JSON events, which are told in words.
 */
export function readableLine(line: string, events: boolean): string | undefined {
  const plain = plainText(line).trim();
  const readable = events && /^[{[]/.test(plain) ? ofEvent(plain) : plain;
  return readable && isReadable(readable) ? cut(readable, LINE_CHARS) : undefined;
}

function ofEvent(line: string): string | undefined {
  const event = parseJson(line);
  return isObject(event) ? eventLine(event) : undefined;
}

/** A line of words; not punctuation, not a piece of a JSON document. */
function isReadable(line: string): boolean {
  return /[\p{L}\p{N}]/u.test(line) && !isNoise(line) &&
    !/^(?:\{".*|"[\w ]+": ?.*[,{[\d"e])$/.test(line);
}
