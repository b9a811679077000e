import assert from "node:assert/strict";
import { droid } from "./droid.ts";
import { decode, lines } from "./testing.ts";

const INIT = { type: "system", subtype: "init", session_id: "d1" };

function said(text: string) {
  return { type: "message", role: "assistant", text, session_id: "d1" };
}

Deno.test("droid: a stream's final text is the answer", () => {
  const stdout = lines(
    INIT,
    { type: "message", role: "user", text: "prompt" },
    said("I'll look"),
    { type: "tool_call", toolName: "Read" },
    { type: "tool_result", value: "x" },
    { type: "completion", finalText: "It is 42", usage: { input_tokens: 5, output_tokens: 2 } },
  );

  const decoded = decode(droid, stdout);

  assert.equal(decoded.text, "It is 42");
  assert.equal(decoded.cliSessionId, "d1");
  assert.deepEqual(decoded.usage, { input_tokens: 5, output_tokens: 2 });
});

Deno.test("droid: an error is a failure unless the run completes after it", () => {
  const error = { type: "error", message: "402 Payment required" };

  const failed = decode(droid, lines(INIT, error));
  assert.equal(failed.failure?.message, "402 Payment required");

  const recovered = decode(droid, lines(INIT, error, { type: "completion", finalText: "ok" }));
  assert.equal(recovered.failure, undefined);
  assert.deepEqual(recovered.warnings, ["402 Payment required"]);
});

Deno.test("droid: why a run failed is told, not that it failed", () => {
  const why = { type: "error", source: "agent_loop", message: "401 Incorrect API key provided" };
  const that = { type: "error", source: "cli", message: "Exec failed" };

  assert.equal(decode(droid, lines(INIT, why, that)).failure?.message, why.message);
  assert.equal(decode(droid, lines(INIT, that)).failure?.message, that.message);
});

Deno.test("droid: a document that tells an error is a failure", () => {
  const result = { type: "result", subtype: "failure", is_error: true, result: "Exec failed" };

  const decoded = decode(droid, JSON.stringify(result, null, 2));

  assert.equal(decoded.failure?.message, "Exec failed");
  assert.equal(decoded.text, "");
});
