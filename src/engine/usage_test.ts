import assert from "node:assert/strict";
import type { Usage } from "../clis/decoder.ts";
import { usageOfRun } from "./usage.ts";

const of = (usage?: Usage, threadUsage?: Usage, before?: Usage) =>
  usageOfRun({
    text: "",
    warnings: [],
    ...usage && { usage },
    ...threadUsage && { threadUsage },
  }, before);

Deno.test("what the CLI tells of the run counts, field by field", () => {
  assert.deepEqual(of({ input_tokens: 5 }, { input_tokens: 50, output_tokens: 7 }), {
    input_tokens: 5,
    output_tokens: 7,
  });
});

Deno.test("of a conversation's count the part before this run is subtracted", () => {
  const before = { input_tokens: 100, output_tokens: 20, cost_usd: 0.1 };
  const now = { input_tokens: 150, output_tokens: 20, cached_tokens: 9, cost_usd: 0.3 };
  assert.deepEqual(of(undefined, now, before), {
    input_tokens: 50,
    output_tokens: 0,
    cached_tokens: 9,
    cost_usd: 0.2,
  });
});

Deno.test("a count that is lower than before began anew", () => {
  assert.deepEqual(of(undefined, { input_tokens: 30 }, { input_tokens: 100 }), {
    input_tokens: 30,
  });
});

Deno.test("where nothing is known nothing is told", () => {
  assert.equal(of(), undefined);
  assert.equal(of({}, {}, { input_tokens: 5 }), undefined);
  assert.deepEqual(of({ input_tokens: 0 }), { input_tokens: 0 });
});
