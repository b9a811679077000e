import assert from "node:assert/strict";
import fc from "fast-check";
import { type Effort, EFFORT_LEVELS } from "../config/profile.ts";
import { effortFor } from "./effort.ts";
import { testProfile } from "./testing.ts";

const withLevels = (levels: readonly Effort[]) => testProfile({ reasoning: { env: "E", levels } });

Deno.test("a wanted effort is the nearest level below it, else the lowest, in whatever order they stand", () => {
  const profile = withLevels(["high", "low"]);
  const asked = EFFORT_LEVELS.map((wanted) => effortFor(profile, wanted));
  assert.deepEqual(asked, ["low", "low", "low", "low", "high", "high", "high"]);
});

Deno.test("a CLI without levels is asked for none", () => {
  assert.equal(effortFor(testProfile(), "high"), undefined);
});

Deno.test("an effort that the CLI knows is asked for as it is, and more never asks for less", () => {
  const levels = fc.subarray([...EFFORT_LEVELS], { minLength: 1 });
  fc.assert(fc.property(levels, (known) => {
    const asked = EFFORT_LEVELS.map((wanted) => effortFor(withLevels(known), wanted)!);
    for (const level of known) assert.equal(asked[EFFORT_LEVELS.indexOf(level)], level);
    const ranks = asked.map((level) => EFFORT_LEVELS.indexOf(level));
    assert.deepEqual(ranks, ranks.toSorted((a, b) => a - b));
  }));
});
