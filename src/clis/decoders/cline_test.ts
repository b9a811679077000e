import assert from "node:assert/strict";
import { cline } from "./cline.ts";
import { decode, lines } from "./testing.ts";

function event(type: string, more: object) {
  return { type: "agent_event", event: { type, ...more } };
}

Deno.test("cline: the result is the answer, with its usage", () => {
  const usage = { inputTokens: 5, outputTokens: 2, cacheReadTokens: 1, totalCost: 0.5 };
  const stdout = lines(
    event("content_end", { contentType: "text", text: "I'll look" }),
    event("content_start", { contentType: "tool", toolName: "read" }),
    { type: "run_result", finishReason: "completed", text: "It is 42", usage },
  );

  const decoded = decode(cline, stdout);

  assert.equal(decoded.text, "It is 42");
  assert.deepEqual(decoded.usage, {
    input_tokens: 5,
    output_tokens: 2,
    cached_tokens: 1,
    cost_usd: 0.5,
  });
});

Deno.test("cline: a run that did not complete is a failure, its error no answer", () => {
  const decoded = decode(
    cline,
    lines({ type: "run_result", finishReason: "error", text: "No key" }),
  );

  assert.equal(decoded.failure?.message, "No key");
  assert.equal(decoded.text, "");
});

Deno.test("cline: an end without words is explained by standard error, else by its reason", () => {
  const aborted = lines({ type: "run_result", finishReason: "aborted", text: "" });
  const stderr = lines({ type: "error", message: "hook failed" }, {
    type: "error",
    message: "run timed out after 5s",
  });

  assert.equal(decode(cline, aborted, stderr).failure?.message, "run timed out after 5s");
  assert.match(decode(cline, aborted).failure?.message ?? "", /"aborted"/);
});

Deno.test("cline: an error on standard error beside a good result is no failure", () => {
  const stdout = lines({ type: "run_result", finishReason: "completed", text: "ok" });
  const stderr = lines({ type: "error", message: "hook dispatch failed" });

  assert.equal(decode(cline, stdout, stderr).failure, undefined);
});

Deno.test("cline: messages and a completion are read, too", () => {
  const stdout = lines(
    { type: "message", role: "user", content: "prompt" },
    { type: "message", role: "assistant", content: "hi" },
    { type: "completion", status: "success" },
  );

  assert.equal(decode(cline, stdout).text, "hi");
});

Deno.test("cline: a stream that was cut off keeps its finished text", () => {
  const stdout = lines(event("content_end", { contentType: "text", text: "so far" })) +
    '{"type":"run_result","text":"mad';

  assert.equal(decode(cline, stdout).text, "so far");
});
