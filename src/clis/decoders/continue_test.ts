import assert from "node:assert/strict";
import { continueCli } from "./continue.ts";
import { decode } from "./testing.ts";

Deno.test("continue: the wrapping is taken off an answer, among other text as well", () => {
  const printed = JSON.stringify({ response: "hi", status: "success", note: "wrapped" });

  assert.equal(decode(continueCli, printed).text, "hi");
  assert.equal(decode(continueCli, `Loading config\n${printed}\nbye\n`).text, "hi");
});

Deno.test("continue: an answer that is JSON itself stays as it was printed", () => {
  for (const answer of ['{ "sum": 4 }', "[1, 2]", "42", '{"response":"x","confidence":1}']) {
    assert.equal(decode(continueCli, `${answer}\n`).text, answer);
  }
});

Deno.test("continue: a wrapped answer that is an object becomes its JSON", () => {
  const printed = JSON.stringify({ response: { sum: 4 }, status: "success" });

  assert.equal(decode(continueCli, printed).text, '{"sum":4}');
});

Deno.test("continue: the error on standard error is the failure of a run without an answer", () => {
  const stderr = JSON.stringify({ status: "error", message: "401 no" });

  assert.equal(decode(continueCli, "", stderr).failure?.message, "401 no");
  assert.equal(decode(continueCli, '{"response":"hi"}', stderr).failure, undefined);
});

Deno.test("continue: truncated JSON gives no answer", () => {
  assert.equal(decode(continueCli, '{"response":"half an ans').text, "");
});
