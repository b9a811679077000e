import assert from "node:assert/strict";
import { qwen } from "./qwen.ts";
import { decode, lines } from "./testing.ts";

const RESULT = {
  type: "result",
  subtype: "success",
  is_error: false,
  session_id: "q1",
  result: "hi",
  usage: { input_tokens: 44, output_tokens: 28, cache_read_input_tokens: 4 },
};

Deno.test("qwen: usage is of the conversation, in an array and in a stream", () => {
  for (const stdout of [JSON.stringify([RESULT]), lines(RESULT)]) {
    const decoded = decode(qwen, stdout);
    assert.equal(decoded.text, "hi");
    assert.deepEqual(decoded.threadUsage, {
      input_tokens: 44,
      output_tokens: 28,
      cached_tokens: 4,
    });
    assert.equal(decoded.usage, undefined);
  }
});

Deno.test("qwen: an error of the API in the place of the answer is a failure", () => {
  const text = "[API Error: 429 Too many requests]";

  const decoded = decode(qwen, lines({ ...RESULT, result: text }));

  assert.equal(decoded.failure?.message, text);
  assert.equal(decoded.text, "");
});

Deno.test("qwen: an answer about an error of the API is an answer", () => {
  const text = "[API Error: 429] means that the quota is used up.";

  const decoded = decode(qwen, lines({ ...RESULT, result: text }));

  assert.equal(decoded.failure, undefined);
  assert.equal(decoded.text, text);
});

Deno.test("qwen: the forms of gemini, which older versions print, are read as well", () => {
  const stream = lines(
    { type: "init", session_id: "q2" },
    { type: "message", role: "user", content: "prompt" },
    { type: "message", role: "assistant", content: "h", delta: true },
    { type: "message", role: "assistant", content: "i", delta: true },
    { type: "result", status: "success", stats: {} },
  );
  const document = JSON.stringify({ session_id: "q2", response: "hi", stats: {} }, null, 2);
  for (const stdout of [stream, document]) {
    const decoded = decode(qwen, stdout);
    assert.equal(decoded.text, "hi");
    assert.equal(decoded.cliSessionId, "q2");
  }
});

Deno.test("qwen: a stream that was cut off keeps what was said and tells no result", () => {
  const assistant = { type: "assistant", message: { content: [{ type: "text", text: "so far" }] } };
  const decoded = decode(qwen, lines(assistant) + '{"type":"result","result":"mad');

  assert.equal(decoded.text, "so far");
  assert.equal(decoded.threadUsage, undefined);
});
