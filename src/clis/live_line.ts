/** The newest thing that a running CLI printed for a person to read. */
import { cut } from "../lib/cut.ts";
import type { CliProfile } from "../config/profile.ts";
import { plainText } from "../lib/terminal/plain_text.ts";
import { eventLine } from "./decoders/event_line.ts";
import { isObject, type JsonObject } from "./decoders/fields.ts";
import { parseJson } from "./decoders/safe_json.ts";
import { selectedLine } from "./decoders/selected.ts";
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

/** What of a profile tells how the lines of its CLI read. */
export type PrintedForm = Pick<CliProfile, "output_format" | "output">;

/** Tells an event in words; undefined for one that says nothing. */
export type EventTeller = (event: JsonObject) => string | undefined;

/** How the events of a CLI are told; undefined where its lines are none. */
export function eventTeller({ output_format, output }: PrintedForm): EventTeller | undefined {
  if (output_format !== "jsonl") return undefined;
  return output?.progress === undefined ? eventLine : selectedLine(output.progress);
}

/** The most characters of a line that are shown. */
const LINE_CHARS = 300;

/**
 * The newest readable line of what a CLI has printed, from the stream that printed last; undefined
 * where nothing can be read. Events are told in words, never as they are; one JSON document, which
 * is complete only at the end, tells nothing before.
 */
export function liveLine(
  form: PrintedForm,
  { stdout, stderr }: { stdout: StreamEnd; stderr: StreamEnd },
): string | undefined {
  const read = {
    stdout: () => form.output_format === "json" ? undefined : newest(stdout, eventTeller(form)),
    stderr: () => newest(stderr, undefined),
  };
  return stderr.at > stdout.at ? read.stderr() ?? read.stdout() : read.stdout() ?? read.stderr();
}

function newest({ tail, cut }: StreamEnd, tell: EventTeller | undefined): string | undefined {
  const lines = tail.split("\n");
  // The rest of a line is no line, unless there is nothing else.
  if (cut && lines.length > 1) lines.shift();
  for (const line of lines.reverse()) {
    const readable = readableLine(line, tell);
    if (readable !== undefined) return readable;
  }
  return undefined;
}

/**
 * What one line says to a person, at most 300 characters; undefined where it says nothing.
 *
 * @param tell Tells a line that is a JSON event.
 */
export function readableLine(line: string, tell: EventTeller | undefined): string | undefined {
  const plain = plainText(line).trim();
  const readable = tell && /^[{[]/.test(plain) ? ofEvent(plain, tell) : plain;
  return readable && isReadable(readable) ? cut(readable, LINE_CHARS) : undefined;
}

function ofEvent(line: string, tell: EventTeller): string | undefined {
  const event = parseJson(line);
  return isObject(event) ? tell(event) : undefined;
}

/** A line of words; not punctuation, not a piece of a JSON document. */
function isReadable(line: string): boolean {
  return /[\p{L}\p{N}]/u.test(line) && !isNoise(line) &&
    !/^(?:\{".*|"[\w ]+": ?.*[,{[\d"e])$/.test(line);
}
