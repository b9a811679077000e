/** All that was said in a session, page by page. */
import { isoTime } from "../lib/clock.ts";
import { isFinal, type Job } from "../store/job.ts";
import { cutPage, type Page, readAt } from "../store/read_page.ts";
import type { Session } from "../store/sessions.ts";
import type { Store } from "../store/store.ts";

/** A text in memory, or a file that holds it. */
type Piece = { bytes: Uint8Array } | { path: string; size: number };

/**
 * A page of a session's transcript: the prompts and answers of its jobs, oldest first, each answer
 * whole. What stands in it stays where it is: it only grows at its end. So of jobs that have not
 * ended the first stands last, with its prompt alone.
 *
 * @param offset In bytes, as `limit`.
 */
export function transcriptPage(
  session: Session,
  { jobs, files }: Pick<Store, "jobs" | "files">,
  offset: number,
  limit: number,
): Page {
  const pieces: Piece[] = [text(`session: ${session.id}\ncwd: ${session.cwd}\n`)];
  for (const job of jobs.bySession(session.id)) {
    pieces.push(text(`\n[User, ${job.id}, ${isoTime(job.createdAt)}]\n${job.prompt}\n`));
    if (!isFinal(job.status)) break;
    pieces.push(
      text(`\n[${job.cli}, ${job.status}, ${isoTime(job.finishedAt ?? job.createdAt)}]\n`),
    );
    pieces.push(wholeAnswer(job, files(job.id).answer) ?? text(wordsOf(job)), text("\n"));
  }
  const size = pieces.reduce((sum, piece) => sum + sizeOf(piece), 0);
  return cutPage({ size, read: (at, length) => readPieces(pieces, at, length) }, offset, limit);
}

/** An answer that was too long for its result lies in a file. */
function wholeAnswer({ status, result }: Job, path: string): Piece | undefined {
  if (status !== "completed" || !result?.truncated) return undefined;
  try {
    return { path, size: Deno.statSync(path).size };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** The answer as the result has it, or why there is none and what was printed before. */
function wordsOf({ status, result }: Job): string {
  if (status === "completed") return result?.content ?? "";
  return [result?.error?.message ?? status, result?.partial_output].filter(Boolean).join("\n\n");
}

function text(of: string): Piece {
  return { bytes: new TextEncoder().encode(of) };
}

function sizeOf(piece: Piece): number {
  return "bytes" in piece ? piece.bytes.length : piece.size;
}

function readPieces(pieces: readonly Piece[], offset: number, length: number): Uint8Array {
  const read = new Uint8Array(length);
  let begin = 0;
  for (const piece of pieces) {
    const end = begin + sizeOf(piece);
    const [from, to] = [Math.max(begin, offset), Math.min(end, offset + length)];
    if (from < to) read.set(readPiece(piece, from - begin, to - from), from - offset);
    begin = end;
  }
  return read;
}

function readPiece(piece: Piece, offset: number, length: number): Uint8Array {
  if ("bytes" in piece) return piece.bytes.subarray(offset, offset + length);
  using file = Deno.openSync(piece.path);
  return readAt(file, offset, length);
}
