import { ACTING, unicodeEscape } from "./terminal/acting.ts";

/**
 * Words as a POSIX shell reads them back.
 *
 * @example
 * ```ts
 * import { shellWords } from "./shell_words.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(shellWords(["codex", "it's new", ""]), String.raw`codex 'it'\''s new' ''`);
 * ```
 */
export function shellWords(words: readonly string[]): string {
  return words.map(quoted).join(" ");
}

function quoted(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  if (new RegExp(UNSHOWN).test(word)) {
    // bash, zsh and ksh know this form.
    const plain = word.replace(/[\\']/g, "\\$&").replace(new RegExp(UNSHOWN, "g"), escaped);
    return `$'${plain}'`;
  }
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** What a terminal would not show as it stands, line ends among it. */
const UNSHOWN = String.raw`[\x00-\x1f${ACTING}]`;

function escaped(character: string): string {
  switch (character) {
    case "\n":
      return "\\n";
    case "\t":
      return "\\t";
    case "\r":
      return "\\r";
    default:
      return unicodeEscape(character);
  }
}
