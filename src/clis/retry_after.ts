/** Finds in a failure's message when the provider says that it may be asked again. */

/** Longer is not believed: what was read wrongly must not put out a model for a day. */
export const LONGEST_RETRY_AFTER_MS = 3_600_000;

/**
 * The milliseconds until the message says to come back, at most an hour; undefined where it says
 * nothing of that.
 *
 * @param now In milliseconds since the epoch; a time of day is one of this machine.
 * @example
 * ```ts
 * import { retryAfter } from "./retry_after.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(retryAfter("Rate limit reached. Please try again in 20s.", Date.now()), 20_000);
 * ```
 */
export function retryAfter(message: string, now: number): number | undefined {
  const text = message.slice(0, MAX_LENGTH);
  const found = duration(text) ?? moment(text, now) ?? timeOfDay(text, now);
  if (found === undefined || !(found > 0)) return undefined;
  return Math.min(Math.ceil(found), LONGEST_RETRY_AFTER_MS);
}

const MAX_LENGTH = 20_000;

/** "try again in 1m30s", "retry-after: 30", "will reset after 4h12m5s", `"retryDelay": "34s"` */
function duration(text: string): number | undefined {
  const announced = ANNOUNCED.exec(text);
  if (!announced) return undefined;
  const rest = text.slice(announced.index + announced[0].length);
  let sum: number | undefined;
  let at = 0;
  for (;;) {
    const [whole = "", amount, unit] = PART.exec(rest.slice(at)) ?? [];
    // A number alone is one of seconds, and only the first can be alone.
    if (amount === undefined || (unit === undefined && sum !== undefined)) return sum;
    sum = (sum ?? 0) + Number(amount) * (UNITS.find(([words]) => words.test(unit ?? "s"))![1]);
    if (unit === undefined) return sum;
    at += whole.length;
  }
}

const ANNOUNCED =
  /\b(?:(?:again|retry|resets?|available|wait) (?:in|after|for) (?:about )?|retry[-_ ]?(?:after|delay)["']?[:= ]{1,3}["']?)/i;

const PART =
  /^(?:,? (?:and )?)?(\d{1,9}(?:\.\d{1,6})?) ?(milliseconds?|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d)?(?![a-z])/i;

const UNITS: readonly (readonly [RegExp, number])[] = [
  [/^ms|^milli/i, 1],
  [/^s/i, 1000],
  [/^m/i, 60_000],
  [/^h/i, 3_600_000],
  [/^d/i, 86_400_000],
];

/** "usage limit reached|1735689600", "resets at 2026-11-22T15:00:00Z" */
function moment(text: string, now: number): number | undefined {
  const [, seconds, iso] =
    /(?:limit reached\||\breset(?:s|[-_ ]at)?\b[^\n]{0,10}?)(?:(\d{10})\b|(\d{4}-\d\d-\d\dT[\d:.]{5,12}Z))/i
      .exec(text) ?? [];
  if (seconds !== undefined) return Number(seconds) * 1000 - now;
  return iso === undefined ? undefined : Date.parse(iso) - now;
}

/** "resets at 3pm", "try again at 3:05 PM", "resets 15:30": the next such time. */
function timeOfDay(text: string, now: number): number | undefined {
  const [, hours, minutes = "0", half] =
    /\b(?:again|resets?|available) (?:at )?(\d{1,2})(?::(\d\d))?(?: ?([ap])\.?m\b|(?<=:\d\d))/i
      .exec(text) ?? [];
  if (hours === undefined) return undefined;
  const afternoon = half?.toLowerCase() === "p";
  const hour = half === undefined ? Number(hours) : Number(hours) % 12 + (afternoon ? 12 : 0);
  if (hour > 23 || Number(minutes) > 59) return undefined;
  const next = new Date(now);
  next.setHours(hour, Number(minutes), 0, 0);
  if (next.getTime() <= now) next.setDate(next.getDate() + 1);
  return next.getTime() - now;
}
