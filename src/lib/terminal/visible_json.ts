import { ACTING, unicodeEscape } from "./acting.ts";

/**
 * JSON of which a terminal shows every character: what it could act on, or what would turn the
 * direction of writing, stands in it as an escape.
 *
 * @example
 * ```ts
 * import { visibleJson } from "./visible_json.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(visibleJson("a\u202eb"), String.raw`"a\u202eb"`);
 * ```
 */
export function visibleJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, undefined, indent).replace(UNESCAPED, unicodeEscape);
}

/** What JSON leaves as it is although a terminal may not. */
const UNESCAPED = new RegExp(`[${ACTING}]`, "g");
