import assert from "node:assert/strict";
import { afterAnswer, beforeAnswer } from "./documents.ts";
import { understand } from "./understand.ts";

Deno.test("each verdict is understood, with or without the version", () => {
  const before = [
    { verdict: "proceed" },
    { verdict: "proceed", version: 1, reason: "as you like" },
    { verdict: "modify", prompt: "x", model: "m", reasoning_effort: "high", reason: "why" },
    { verdict: "block", reason: "no" },
  ];
  for (const answer of before) {
    assert.deepEqual(understand(` ${JSON.stringify(answer)}\n`, beforeAnswer), { answer });
  }
  for (const answer of [{ verdict: "accept" }, { verdict: "annotate", text: "x" }]) {
    assert.deepEqual(understand(JSON.stringify(answer), afterAnswer), { answer });
  }
});

Deno.test("a hook that says no is understood whatever else it says", () => {
  for (const more of [{ reason: 5 }, { version: 9 }, { prompt: [] }]) {
    const block = { verdict: "block", ...more };
    assert.deepEqual(understand(JSON.stringify(block), beforeAnswer), { answer: block });
    const reject = { verdict: "reject", ...more };
    assert.deepEqual(understand(JSON.stringify(reject), afterAnswer), { answer: reject });
  }
});

Deno.test("what is no answer is told in words", () => {
  const failures: [string, RegExp][] = [
    ["", /^it printed no answer$/],
    [" \n", /^it printed no answer$/],
    ["<html>\n  <p>", /^it printed no JSON: <html> <p>$/],
    ['{"verdict":"proceed"} {}', /^it printed no JSON: /],
    [`[${"1,".repeat(100)}1]`, /^it answered no object: \[1,.{77}…$/],
    ["null", /^it answered no object: null$/],
    ["{}", /^its answer has no verdict; verdicts: proceed, modify, block$/],
    ['{"verdict":"maybe"}', /^its verdict "maybe" is none of proceed, modify, block$/],
    ['{"verdict":"accept"}', /^its verdict "accept" is none of /],
    ['{"verdict":["block"]}', /^its verdict \["block"\] is none of /],
    [
      '{"verdict":"modify","promt":"x"}',
      /^its answer with the verdict "modify" has an unknown key "promt"$/,
    ],
    [
      '{"verdict":"modify","model":"--x"}',
      /^its answer with the verdict "modify" has no right "model"$/,
    ],
    ['{"verdict":"modify","reasoning_effort":"huge"}', /has no right "reasoning_effort"$/],
    ['{"verdict":"proceed","version":2}', /has no right "version"$/],
  ];
  for (const [said, failure] of failures) {
    const understood = understand(said, beforeAnswer);
    assert.ok("failure" in understood, said);
    assert.match(understood.failure, failure);
  }
});
