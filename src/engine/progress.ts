/** How far a running job is, as far as its output tells. */
import { liveLine, type PrintedForm, type StreamEnd } from "../clis/live_line.ts";
import type { Capture } from "../process/capture.ts";
import { readPage } from "../store/read_page.ts";
import type { JobFiles } from "../store/store.ts";
import type { LiveOutput } from "./live_job.ts";

/** What can be told of a job while it runs. */
export interface Progress {
  /** The newest readable line of what the CLI printed. */
  line?: string;
  /** Bytes on standard output and standard error. */
  bytes: number;
  /** When the last of them came, in milliseconds since the epoch. */
  lastOutputAt?: number;
}

/** The newest readable line, or what there is instead. */
export function progressText({ line, bytes }: Progress): string {
  if (line !== undefined) return line;
  return bytes === 0 ? "No output yet" : `${bytes} bytes of output, no readable line yet`;
}

/** One stream: its end, and how much of it there is. */
type Stream = StreamEnd & { bytes: number };

/** The progress of a job of this server. */
export function liveProgress(form: PrintedForm, { stdout, stderr }: LiveOutput): Progress {
  return progressOf(form, { stdout: ofCapture(stdout), stderr: ofCapture(stderr) });
}

/** The progress of a job that another server runs, by the files that it writes. */
export function recordedProgress(form: PrintedForm, { stdout, stderr }: JobFiles): Progress {
  return progressOf(form, { stdout: ofFile(stdout), stderr: ofFile(stderr) });
}

function progressOf(form: PrintedForm, streams: { stdout: Stream; stderr: Stream }): Progress {
  const { stdout, stderr } = streams;
  const line = liveLine(form, streams);
  const bytes = stdout.bytes + stderr.bytes;
  return {
    bytes,
    ...line !== undefined && { line },
    ...bytes > 0 && { lastOutputAt: Math.max(stdout.at, stderr.at) },
  };
}

function ofCapture(capture: Capture): Stream {
  const { bytes, lastWriteAt } = capture;
  const tail = capture.tail();
  return { tail, cut: bytes > new TextEncoder().encode(tail).length, at: lastWriteAt, bytes };
}

/** As much of a file's end as a running job holds of its own. */
const TAIL_BYTES = 16 * 1024;

function ofFile(path: string): Stream {
  try {
    const { size, mtime } = Deno.statSync(path);
    const offset = Math.max(0, size - TAIL_BYTES);
    const tail = readPage(path, offset, TAIL_BYTES)?.text ?? "";
    return { tail, cut: offset > 0, at: mtime?.getTime() ?? 0, bytes: size };
  } catch {
    return { tail: "", cut: false, at: 0, bytes: 0 }; // nothing was printed yet
  }
}
