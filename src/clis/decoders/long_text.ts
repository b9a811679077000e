/** Text that is too long to be held. */
import { plainPieces } from "../../lib/terminal/plain_text.ts";
import type { OutputText } from "../../lib/output_text.ts";
import type { LongAnswer } from "../decoder.ts";

/** Output above this size is not held as a whole. */
const HELD_BYTES = 4_000_000;
/** As much of the beginning and of the end as a result may show. */
const END_CHARS = 60_000;

/** Whether a text is too long to be held. */
export function isLong({ bytes }: Pick<OutputText, "bytes">): boolean {
  return bytes > HELD_BYTES;
}

/**
 * A long text as a person would have seen it, without white space at its ends.
 *
 * @returns What of it is held as one text, and the answer that it makes; nothing where it is not so
 * long after all, without its escape sequences: then the text is whole.
 */
export function longText(output: OutputText): { text: string; long?: LongAnswer } {
  const pieces = () => plainPieces(output.pieces());
  let head = "";
  let tail = "";
  let length = 0;
  for (const piece of pieces()) {
    const more = length === 0 ? piece.trimStart() : piece;
    length += more.length;
    const room = END_CHARS - head.length;
    head += more.slice(0, room);
    tail = (tail + more.slice(room)).slice(-2 * END_CHARS);
  }
  const end = tail.trimEnd();
  length -= tail.length - end.length;
  const missing = length - head.length - Math.min(end.length, END_CHARS);
  if (missing <= 0) return { text: (head + end).trimEnd() };
  const long = { head, missing, tail: end.slice(-END_CHARS), pieces };
  return { text: `${head}\n[…]\n${long.tail}`, long };
}
