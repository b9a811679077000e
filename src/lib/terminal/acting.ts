/** Characters that a terminal acts on instead of showing them. */

/**
 * Control characters from U+007F on, and what ends a line or turns the direction of writing: what
 * stands in a class of a regular expression.
 */
export const ACTING = String.raw`\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069`;

/** A character as JSON, and strings of shells, can have it: `\u202e`. */
export function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
