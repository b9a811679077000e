import assert from "node:assert/strict";
import fc from "fast-check";
import { ANSWER_CHARS, cutAnswer, partialOutput, rejoinAnswer } from "./answer.ts";

Deno.test("an answer up to the limit stays as it is", () => {
  const text = "x".repeat(ANSWER_CHARS);
  assert.deepEqual(cutAnswer(text, "aimux://x"), { text, truncated: false });
});

Deno.test("a longer answer keeps beginning and end, and says what is missing and where it is", () => {
  const text = "a".repeat(50_000) + "b".repeat(50_000);
  const cut = cutAnswer(text, "aimux://jobs/1/answer");
  assert.equal(cut.truncated, true);
  const [, head, missing, tail] =
    /^(a+)\n\n\[… (\d+) characters left out; read the whole at aimux:\/\/jobs\/1\/answer …\]\n\n(b+)$/
      .exec(cut.text)!;
  assert.equal(head!.length + tail!.length + Number(missing), text.length);
  assert.ok(head!.length + tail!.length <= ANSWER_CHARS);
});

Deno.test("no cut leaves half a character", () => {
  fc.assert(
    fc.property(fc.nat({ max: 3 }), (shift) => {
      const text = "x".repeat(shift) + "😀".repeat(ANSWER_CHARS);
      assert.ok(cutAnswer(text, "u").text.isWellFormed());
      assert.ok(partialOutput(text).isWellFormed());
    }),
    { numRuns: 4 },
  );
});

Deno.test("what was cut is cut further, and still says how much is missing in all", () => {
  const text = "a".repeat(50_000) + "b".repeat(50_000);
  const whole = "aimux://jobs/1/answer";
  const once = cutAnswer(text, whole);
  const twice = cutAnswer(rejoinAnswer(once.text, whole), whole, 10_000);
  assert.deepEqual(twice, cutAnswer(text, whole, 10_000));
  assert.deepEqual(cutAnswer(rejoinAnswer(once.text, whole), whole), once);
  assert.deepEqual(rejoinAnswer("uncut", whole), { head: "uncut", missing: 0, tail: "" });
});

Deno.test("a cut partial output begins with a whole word", () => {
  const long = partialOutput("word ".repeat(10) + "s".repeat(1000) + " word".repeat(1500));
  assert.match(long, /^\[…\] word( word)+$/);
});

Deno.test("of a long partial output the end is kept", () => {
  assert.equal(partialOutput("  half an answer\n"), "half an answer");
  const long = partialOutput("x".repeat(20_000) + "the end");
  assert.match(long, /^\[…\] x+the end$/);
  assert.ok(long.length < 8_100);
});
