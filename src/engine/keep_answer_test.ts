import assert from "node:assert/strict";
import { keepAnswer } from "./keep_answer.ts";

const ANSWER = "word ".repeat(20_000).trim();

Deno.test("a long answer is in the result by its ends, and whole in its file", () => {
  const file = Deno.makeTempFileSync();
  try {
    const { answer, warnings } = keepAnswer({ text: ANSWER }, file, "job_1");
    assert.deepEqual([answer.truncated, answer.output_uri], [true, "aimux://jobs/job_1/answer"]);
    assert.deepEqual(warnings, []);
    assert.equal(Deno.readTextFileSync(file), ANSWER);
  } finally {
    Deno.removeSync(file);
  }
});

Deno.test("an answer whose file cannot be written is whole in the result, and that is told", () => {
  const { answer, warnings } = keepAnswer({ text: ANSWER }, "/dev/null/x", "job_1");
  assert.deepEqual(answer, { content: ANSWER, truncated: false });
  assert.match(warnings.join(), /^The whole answer could not be written to "\/dev\/null\/x": /);
});

Deno.test("of one that is too long for that, too, the ends are there, and it is told", () => {
  const long = {
    head: "a".repeat(60_000),
    missing: 9e6,
    tail: "z".repeat(60_000),
    pieces: () => [],
  };
  const { answer, warnings } = keepAnswer({ text: "a…z", long }, "/dev/null/x", "job_1");
  assert.deepEqual([answer.truncated, answer.output_uri], [true, undefined]);
  assert.match(answer.content!, /^a+\n\n\[… .*z$/s);
  assert.equal(warnings.length, 1);
});
