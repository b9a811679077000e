/**
 * Puts messages, which have no full stop of their own, one after the other; what is missing is left
 * out.
 *
 * @example
 * ```ts
 * import { sentences } from "./sentences.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(sentences("No such key", 'Did you mean "cli"?', undefined, "Mend it"),
 *   'No such key. Did you mean "cli"? Mend it');
 * ```
 */
export function sentences(...messages: (string | undefined)[]): string {
  return messages.filter((message) => message !== undefined && message !== "")
    .reduce<string>((text, message) => text === "" ? message! : `${ended(text)} ${message}`, "");
}

function ended(text: string): string {
  return /[.?!]$/.test(text) ? text : `${text}.`;
}
