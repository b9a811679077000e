/** Cuts texts to what a client can hold; the whole of them stays on disk. */

/** The most characters of an answer in a result: about 15,000 tokens. */
export const ANSWER_CHARS = 60_000;
/** Of a longer answer this much of the beginning is shown, and the rest of the room of its end. */
const HEAD_CHARS = 45_000;

/** A text that may have lost its middle. */
export interface Cut {
  text: string;
  truncated: boolean;
}

/**
 * Shortens a text that is too long: its beginning, a marker that says what is missing and where
 * the whole is, and its end.
 *
 * @param whole Where the whole can be read.
 */
export function cutAnswer(text: string, whole: string): Cut {
  if (text.length <= ANSWER_CHARS) return { text, truncated: false };
  const head = wholeCharacters(text.slice(0, HEAD_CHARS));
  const tail = wholeCharacters(text.slice(HEAD_CHARS - ANSWER_CHARS));
  const missing = text.length - head.length - tail.length;
  const marker = `\n\n[… ${missing} characters left out; read the whole at ${whole} …]\n\n`;
  return { text: head + marker + tail, truncated: true };
}

/** Drops half a surrogate pair at either end. */
function wholeCharacters(text: string): string {
  return text.replace(/^[\uDC00-\uDFFF]/, "").replace(/[\uD800-\uDBFF]$/, "");
}

/** The end of what was printed, for a run that did not complete. */
export function partialOutput(text: string): string {
  const limit = 8_000;
  const trimmed = text.trim();
  if (trimmed.length <= limit) return trimmed;
  return `[…] ${wholeWords(wholeCharacters(trimmed.slice(-limit)))}`;
}

/** Drops the end of a word that was cut: it could be that of a secret, which nobody would know. */
function wholeWords(text: string): string {
  return text.replace(/^[!-~]{1,2000}\s+/, "");
}
