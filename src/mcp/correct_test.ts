import assert from "node:assert/strict";
import { z } from "zod";
import { correct } from "./correct.ts";

const schema = z.strictObject({
  prompt: z.string(),
  read_only: z.boolean().optional(),
  effort: z.enum(["low", "medium", "high"]).optional(),
  wait: z.number().min(0).max(45).optional(),
  limit: z.int().min(1).max(1000).optional(),
  timeout: z.number().positive().optional(),
  inner: z.strictObject({ deep: z.string() }).optional(),
});

/** What was given, and what it was meant to be; nothing where that is not plain. */
const SLIPS: [Record<string, unknown>, Record<string, unknown>?][] = [
  [{ promt: "x" }, { prompt: "x" }],
  [{ prompt: "x", "read-only": true }, { prompt: "x", read_only: true }],
  [{ prompt: "x", effort: "hihg" }, { prompt: "x", effort: "high" }],
  [{ prompt: "x", wait: 100 }, { prompt: "x", wait: 45 }],
  [{ prompt: "x", wait: -1 }, { prompt: "x", wait: 0 }],
  [{ prompt: "x", limit: 5000 }, { prompt: "x", limit: 1000 }],
  [{ prompt: "x", limit: "7" }, { prompt: "x", limit: 7 }],
  [{ prompt: "x", wait: "7.5", read_only: "True" }, { prompt: "x", wait: 7.5, read_only: true }],
  [{ promt: "x", efort: "lwo", limit: 0 }, { prompt: "x", effort: "low", limit: 1 }],
  // It may have been meant to hold something back.
  [{ prompt: "x", no_changes_please: true }],
  [{ prompt: "x", effort: "enormous" }],
  [{ prompt: "x", timeout: 0 }],
  [{ prompt: "x", limit: 1.5 }],
  [{ prompt: "x", limit: "many" }],
  [{ prompt: "x", wait: "" }],
  [{ prompt: 7 }],
  [{}],
  [{ prompt: "x", inner: { dep: "y" } }],
  [{ prompt: "x", promt: "y" }],
];

Deno.test("a slip is corrected, and what is no plain slip is not", () => {
  for (const [given, meant] of SLIPS) {
    assert.deepEqual(correct(schema, given), meant, JSON.stringify(given));
  }
});

Deno.test("what is no object of arguments cannot be corrected", () => {
  for (const given of [null, 7, "prompt", ["x"]]) assert.equal(correct(schema, given), undefined);
});

Deno.test("a mistyped name keeps its value, and names that surprise do no harm", () => {
  const given = JSON.parse('{"prompt": "x", "__proto__": {"limit": 1}, "toString": 1}');
  assert.equal(correct(schema, given), undefined);
});
