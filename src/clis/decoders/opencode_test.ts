import assert from "node:assert/strict";
import { decode, lines } from "./testing.ts";
import { opencode } from "./opencode.ts";

function text(messageID: string, value: string) {
  return { type: "text", sessionID: "ses_1", part: { messageID, type: "text", text: value } };
}

function finish(tokens: object, cost: number) {
  return { type: "step_finish", sessionID: "ses_1", part: { tokens, cost } };
}

Deno.test("opencode: the last step's text is the answer, all steps' usage is added up", () => {
  const stdout = lines(
    text("m1", "I'll look"),
    { type: "tool_use", sessionID: "ses_1", part: { tool: "read" } },
    finish({ input: 10, output: 2, reasoning: 1, cache: { read: 4, write: 0 } }, 0.5),
    text("m2", "It is 42"),
    text("m2", "And odd no more"),
    finish({ input: 20, output: 3, reasoning: 0, cache: { read: 6, write: 0 } }, 0.25),
  );

  const decoded = decode(opencode, stdout);

  assert.equal(decoded.text, "It is 42\n\nAnd odd no more");
  assert.equal(decoded.cliSessionId, "ses_1");
  assert.deepEqual(decoded.usage, {
    input_tokens: 30,
    output_tokens: 6,
    cached_tokens: 10,
    cost_usd: 0.75,
  });
});

Deno.test("opencode: an error event is a failure, classed by its status", () => {
  const api = { name: "APIError", data: { message: "Slow down", statusCode: 429 } };
  const unknown = { name: "UnknownError", data: {} };

  assert.deepEqual(decode(opencode, lines({ type: "error", error: api })).failure, {
    message: "Slow down",
    code: "quota",
  });
  const { failure } = decode(opencode, lines({ type: "error", error: unknown }));
  assert.deepEqual(failure, { message: "UnknownError" });
});
