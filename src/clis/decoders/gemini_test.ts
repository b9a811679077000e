import assert from "node:assert/strict";
import { gemini } from "./gemini.ts";
import { decode, lines } from "./testing.ts";

const INIT = { type: "init", session_id: "g1", model: "m" };

function said(content: string, more: object = { delta: true }) {
  return { type: "message", role: "assistant", content, ...more };
}

Deno.test("gemini: a document's tokens are added up over its models, thoughts with the output", () => {
  const tokens = { prompt: 100, input: 60, candidates: 7, cached: 40, thoughts: 3, total: 110 };
  const stats = { models: { pro: { tokens }, flash: { tokens: { prompt: 5, candidates: 1 } } } };
  const stdout = JSON.stringify({ session_id: "g1", response: "hi", stats }, null, 2);

  const decoded = decode(gemini, `Loaded cached credentials.\n${stdout}\n`);

  assert.equal(decoded.text, "hi");
  assert.deepEqual(decoded.usage, { input_tokens: 105, output_tokens: 11, cached_tokens: 40 });
});

Deno.test("gemini: a stream's answer is what follows its last tool call", () => {
  const stdout = lines(
    INIT,
    { type: "message", role: "user", content: "prompt" },
    said("I'll "),
    said("look."),
    { type: "tool_use", tool_name: "ls" },
    { type: "tool_result", status: "success", output: "a.ts" },
    said("There is "),
    said("a.ts"),
    { type: "result", status: "success", stats: { input_tokens: 9, output_tokens: 4, cached: 1 } },
  );

  const decoded = decode(gemini, stdout);

  assert.equal(decoded.text, "There is a.ts");
  assert.deepEqual(decoded.usage, { input_tokens: 9, output_tokens: 4, cached_tokens: 1 });
  assert.equal(decoded.cliSessionId, "g1");
});

Deno.test("gemini: an error event alone is a warning", () => {
  const error = { type: "error", severity: "warning", message: "Loop detected" };
  const decoded = decode(
    gemini,
    lines(INIT, error, said("ok"), { type: "result", status: "success" }),
  );

  assert.equal(decoded.failure, undefined);
  assert.deepEqual(decoded.warnings, ["Loop detected"]);
});

Deno.test("gemini: a stream that ends in an error is a failure", () => {
  const error = { type: "FatalTurnLimitedError", message: "Reached max session turns" };
  const decoded = decode(gemini, lines(INIT, { type: "result", status: "error", error }));

  assert.equal(decoded.failure?.message, "Reached max session turns");
});

Deno.test("gemini: the error at the end of standard error is unwrapped from its JSON", () => {
  const body = JSON.stringify([{ error: { code: 429, message: "Resource exhausted" } }]);
  const document = { session_id: "g2", error: { type: "Error", message: body, code: 429 } };
  const stderr = `Ripgrep is not available.\nError: {\n  status: 429\n}\n` +
    JSON.stringify(document, null, 2);

  const decoded = decode(gemini, "", stderr);

  assert.deepEqual(decoded.failure, { message: "Resource exhausted", code: "quota" });
  assert.equal(decoded.cliSessionId, "g2");
});

Deno.test("gemini: an error on standard error beside an answer is no failure", () => {
  const stderr = JSON.stringify({ error: { message: "telemetry is down" } });

  assert.equal(decode(gemini, '{"response":"hi"}', stderr).failure, undefined);
});

Deno.test("gemini: a stream that breaks off is no answer", () => {
  const piece = { type: "message", role: "assistant", content: "The answer is", delta: true };
  const broken = decode(gemini, lines({ type: "init", session_id: "s1" }, piece));

  assert.equal(broken.failure?.message, "The stream was interrupted: it has no result");
  assert.equal(broken.text, "The answer is");

  const whole = decode(gemini, lines(piece, { type: "result", status: "success" }));
  assert.equal(whole.failure, undefined);
});
