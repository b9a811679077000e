import assert from "node:assert/strict";
import fc from "fast-check";
import { percentile } from "./percentile.ts";

Deno.test("the values of the published example", () => {
  const values = [15, 20, 35, 40, 50];
  const found = [5, 30, 40, 50, 100].map((percent) => percentile(values, percent));
  assert.deepEqual(found, [15, 20, 20, 35, 50]);
});

Deno.test("few values", () => {
  assert.equal(percentile([], 50), undefined);
  assert.deepEqual([50, 95, 100].map((percent) => percentile([7], percent)), [7, 7, 7]);
  const twenty = Array.from({ length: 20 }, (_, index) => index + 1);
  assert.deepEqual([50, 95, 96].map((percent) => percentile(twenty, percent)), [10, 19, 20]);
});

Deno.test("it is the smallest value that enough of the values do not exceed", () => {
  const values = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 300 });
  fc.assert(fc.property(values, fc.integer({ min: 1, max: 100 }), (given, percent) => {
    const sorted = given.toSorted((a, b) => a - b);
    // By counting, without any rank.
    const enough = (value: number) =>
      sorted.filter((other) => other <= value).length * 100 >= percent * sorted.length;
    assert.equal(percentile(sorted, percent), sorted.find(enough));
  }));
});
