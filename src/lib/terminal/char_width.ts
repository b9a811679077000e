/** How many columns of a terminal a character takes. */

/**
 * 2 for East Asian wide characters and emoji, 0 for what joins the character before it, else 1.
 *
 * @param char One character, by code point.
 */
export function charWidth(char: string): 0 | 1 | 2 {
  if (char < "\u0300") return 1;
  if (ZERO.test(char)) return 0;
  return WIDE.test(char) ? 2 : 1;
}

/** Combining marks, joiners, variation selectors. */
const ZERO = /^[\p{Mn}\p{Me}\u200b-\u200f\u2060-\u2064\ufeff]$/u;

/** Unicode's East Asian Width W and F, the emoji by their own property. */
const WIDE = new RegExp(
  String.raw`^(?:\p{Emoji_Presentation}|[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\u33ff` +
    String.raw`\u3400-\u4dbf\u4e00-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f` +
    String.raw`\uff01-\uff60\uffe0-\uffe6\u{1f200}-\u{1f2ff}\u{20000}-\u{3fffd}])$`,
  "u",
);
