/** Reads a version out of what a program prints about itself. */

/** Two or more numbers with dots, and what may follow: `-beta.1`, `+build`, `rc1`, `.dev3+g12ab`. */
const VERSION = new RegExp(
  String.raw`(?<![\w.])v?(\d+(?:\.\d+)+` +
    String.raw`(?:[-+][0-9a-z]+(?:[.+-][0-9a-z]+)*|\.?(?:a|b|rc|dev|post)\d+(?:\+[0-9a-z.]+)?)?)` +
    String.raw`(?!\w)`,
  "i",
);

/**
 * The first version in a text, without a `v` before it; undefined where there is none.
 *
 * @example
 * ```ts
 * import { parseVersion } from "./parse_version.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(parseVersion("codex-cli 0.169.0"), "0.169.0");
 * assert.equal(parseVersion("crush version v0.96.1"), "0.96.1");
 * ```
 */
export function parseVersion(text: string): string | undefined {
  return VERSION.exec(text)?.[1];
}
