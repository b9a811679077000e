import assert from "node:assert/strict";
import fc from "fast-check";
import { LONGEST_RETRY_AFTER_MS, retryAfter } from "./retry_after.ts";

/** Noon here, whatever the time zone is. */
const NOON = new Date(2026, 10, 22, 12, 0, 0).getTime();
const HOUR = 3_600_000;

const TOLD: [string, number | undefined][] = [
  ["Rate limit reached. Please try again in 20s.", 20_000],
  ["Please try again in 1.5s. Visit https://x", 1500],
  ["Please try again in 6ms.", 6],
  ["try again in 1m30s", 90_000],
  ["Please retry in 34.07s.", 34_070],
  ["retry-after: 30", 30_000],
  ["Retry-After: 120 (HTTP 429)", 120_000],
  ["retry after 5 seconds", 5000],
  ['{"retryDelay": "34s"}', 34_000],
  ["retry_after=12", 12_000],
  ["Try again in 2 minutes and 5 seconds", 125_000],
  ["wait for about 3 minutes", 180_000],
  ["Your quota will reset after 0h12m5s.", 725_000],
  ["Your quota will reset after 4h12m5s.", HOUR],
  ["or try again in 3 days 4 hours 5 minutes.", HOUR],
  ["resets in 10 minutes", 600_000],
  [`Claude AI usage limit reached|${NOON / 1000 + 90}`, 90_000],
  [`Claude AI usage limit reached|${NOON / 1000 - 90}`, undefined],
  [`limit resets at ${new Date(NOON + 60_000).toISOString()}`, 60_000],
  ["You've hit your limit · resets 12:30pm (Europe/Berlin)", 1_800_000],
  ["5-hour limit reached ∙ resets 3pm", HOUR],
  ["try again at 12:05 PM.", 300_000],
  ["resets at 12:10", 600_000],
  ["resets 11am", HOUR],
  ["Rate limit exceeded: 429", undefined],
  ["resets Oct 5, 9am", undefined],
  ["resets at 99:99", undefined],
  ["try again in a moment", undefined],
  ["retry after 0 seconds", undefined],
  ["", undefined],
];

for (const [message, wait] of TOLD) {
  Deno.test(`"${message}" says when to come back`, () => {
    assert.equal(retryAfter(message, NOON), wait);
  });
}

Deno.test("whatever a message says, the wait is above 0 and at most an hour, and found in time", () => {
  const part = fc.constantFrom(
    "try again in ",
    "resets at ",
    "retry-after: ",
    "1",
    "s",
    " ",
    "9pm",
  );
  fc.assert(fc.property(
    fc.oneof(fc.string(), fc.array(part, { maxLength: 3000 }).map((parts) => parts.join(""))),
    (message) => {
      const wait = retryAfter(message, NOON);
      assert.ok(wait === undefined || (wait > 0 && wait <= LONGEST_RETRY_AFTER_MS));
    },
  ));
});
