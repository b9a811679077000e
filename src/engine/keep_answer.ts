/** Keeps an answer: in the result as much as fits, the whole of it in a file. */
import type { Decoded } from "../clis/decoder.ts";
import { messageOf } from "../lib/errors.ts";
import { outputText } from "../lib/output_text.ts";
import type { JobResult } from "../store/job.ts";
import { cutAnswer } from "./answer.ts";
import { answerUri } from "./job_uris.ts";

/** The most of an answer that is kept in the result where it cannot be kept in a file. */
const UNCUT_CHARS = 1_000_000;

/** The part of a result that is the answer. */
export interface KeptAnswer {
  answer: Pick<JobResult, "content" | "truncated" | "output_uri">;
  /** What could not be kept, and why. */
  warnings: string[];
}

/** Writes an answer that is too long for a result into a file, with mode 0600. */
export function keepAnswer(
  { text, long }: Pick<Decoded, "text" | "long">,
  file: string,
  jobId: string,
): KeptAnswer {
  const whole = answerUri(jobId);
  const cut = cutAnswer(long ?? text.trim(), whole);
  if (!cut.truncated) return { answer: { content: cut.text, truncated: false }, warnings: [] };
  try {
    writePieces(file, long?.pieces() ?? outputText(text).pieces());
    return { answer: { content: cut.text, truncated: true, output_uri: whole }, warnings: [] };
  } catch (error) {
    const why = `The whole answer could not be written to "${file}": ${messageOf(error)}`;
    if (!long && text.length <= UNCUT_CHARS) {
      return { answer: { content: text.trim(), truncated: false }, warnings: [why] };
    }
    return { answer: { content: cut.text, truncated: true }, warnings: [why] };
  }
}

/** Bit by bit: there may be more than memory should hold. */
function writePieces(path: string, pieces: Iterable<string>): void {
  const file = Deno.openSync(path, { write: true, create: true, truncate: true, mode: 0o600 });
  try {
    const encoder = new TextEncoder();
    for (const piece of pieces) {
      const bytes = encoder.encode(piece);
      for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
    }
  } finally {
    file.close();
  }
}
