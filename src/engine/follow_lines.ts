/** Reads what a running job prints, line by line. */
import {
  type EventTeller,
  eventTeller,
  type PrintedForm,
  readableLine,
} from "../clis/live_line.ts";
import { readPage } from "../store/read_page.ts";
import type { JobFiles } from "../store/store.ts";

/** The most of one stream that is read at a time; of more only the end. */
const STEP_BYTES = 64 * 1024;

/**
 * Makes a reader of both streams of a job. Each call returns the readable lines that were completed
 * since the call before, standard output first; events are told in words, and one JSON document
 * tells nothing before its end.
 */
export function followLines(
  form: PrintedForm,
  { stdout, stderr }: Pick<JobFiles, "stdout" | "stderr">,
): () => string[] {
  const streams = [
    ...form.output_format === "json" ? [] : [followStream(stdout, eventTeller(form))],
    followStream(stderr, undefined),
  ];
  return function newLines() {
    return streams.flatMap((next) => next());
  };
}

function followStream(path: string, tell: EventTeller | undefined): () => string[] {
  let offset = 0;
  let rest = "";

  return function next() {
    const size = sizeOf(path);
    // A second attempt writes its file anew.
    if (size < offset) [offset, rest] = [0, ""];
    if (size === offset) return [];
    const skipped = size - offset > STEP_BYTES;
    if (skipped) [offset, rest] = [size - STEP_BYTES, ""];
    const page = readPage(path, offset, size - offset, true);
    offset = page?.nextOffset ?? page?.totalBytes ?? offset;
    const lines = (rest + (page?.text ?? "")).split("\n");
    rest = lines.pop()!.slice(-STEP_BYTES);
    // What was skipped ended within a line, of which only the rest is here.
    if (skipped) lines.shift();
    return lines.flatMap((line) => readableLine(line, tell) ?? []);
  };
}

function sizeOf(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch {
    return 0; // nothing was printed yet
  }
}
