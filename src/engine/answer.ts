/** Cuts texts to what a client can hold; the whole of them stays on disk. */

/** The most characters of an answer that are kept with its job; the whole of it lies in a file. */
export const ANSWER_CHARS = 60_000;
/** Of what a longer answer has room for, this part is its beginning, the rest its end. */
const HEAD_PART = 0.75;

/** A text that may have lost its middle. */
export interface Cut {
  text: string;
  truncated: boolean;
}

/** An answer, or what was left of it by an earlier cut. */
export interface Remains {
  head: string;
  /** How many characters are left out between both. */
  missing: number;
  tail: string;
}

/**
 * Shortens a text that is too long: its beginning, a marker that says what is missing and where
 * the whole is, and its end.
 *
 * @param whole Where the whole can be read.
 * @param limit The most characters besides the marker.
 */
export function cutAnswer(
  given: string | Remains,
  whole: string,
  limit: number = ANSWER_CHARS,
): Cut {
  const { head, missing, tail } = typeof given === "string"
    ? { head: given, missing: 0, tail: "" }
    : given;
  const length = head.length + tail.length;
  if (length <= limit && missing === 0) return { text: head + tail, truncated: false };
  const first = Math.min(Math.round(limit * HEAD_PART), head.length);
  const rest = missing > 0 ? tail : head.slice(first);
  const last = Math.min(limit - first, rest.length);
  const kept = {
    head: wholeCharacters(head.slice(0, first)),
    tail: wholeCharacters(rest.slice(rest.length - last)),
  };
  const gone = missing + length - kept.head.length - kept.tail.length;
  return { text: kept.head + marker(gone, whole) + kept.tail, truncated: true };
}

/** Takes a text that {@linkcode cutAnswer} has made apart again, so that it can be cut further. */
export function rejoinAnswer(text: string, whole: string): Remains {
  const [before, after] = marker("", whole).split(MISSING) as [string, string];
  const from = text.indexOf(before);
  const to = text.indexOf(after, from);
  const missing = Number(text.slice(from + before.length, to));
  if (from < 0 || to < 0 || !Number.isInteger(missing)) return { head: text, missing: 0, tail: "" };
  return { head: text.slice(0, from), missing, tail: text.slice(to + after.length) };
}

const MISSING = "\0";

function marker(missing: number | "", whole: string): string {
  const count = missing === "" ? MISSING : missing;
  return `\n\n[… ${count} characters left out; read the whole at ${whole} …]\n\n`;
}

/** Drops half a surrogate pair at either end. */
function wholeCharacters(text: string): string {
  return text.replace(/^[\uDC00-\uDFFF]/, "").replace(/[\uD800-\uDBFF]$/, "");
}

/** The end of what was printed, for a run that did not complete. */
export function partialOutput(text: string): string {
  return endOf(text.trim(), PARTIAL_CHARS);
}

const PARTIAL_CHARS = 8_000;

/** The end of a text, from a whole word on; a shorter text as it is. */
export function endOf(text: string, chars: number): string {
  if (text.length <= chars) return text;
  return `[…] ${wholeWords(wholeCharacters(text.slice(text.length - chars)))}`;
}

/** Drops the end of a word that was cut: it could be that of a secret, which nobody would know. */
function wholeWords(text: string): string {
  return text.replace(/^[!-~]{1,2000}\s+/, "");
}
