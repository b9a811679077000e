/**
 * Whether an Accept header takes a media type; without one anything is taken.
 *
 * @example
 * ```ts
 * import { accepts } from "./accepts.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(accepts("text/*;q=0.5", "text/event-stream"), true);
 * assert.equal(accepts("text/html, application/json", "text/event-stream"), false);
 * ```
 */
export function accepts(header: string | null, type: string): boolean {
  if (header === null || header.trim() === "") return true;
  const [kind] = type.split("/");
  return header.split(",").some((part) => {
    const [range = "", ...parameters] = part.split(";").map((word) => word.trim().toLowerCase());
    if (parameters.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter))) return false;
    return range === type || range === `${kind}/*` || range === "*/*";
  });
}
