import assert from "node:assert/strict";
import { json } from "./json.ts";
import { jsonl } from "./jsonl.ts";
import { decode, lines } from "./testing.ts";
import { text } from "./text.ts";

Deno.test("text: output stays as it is, but for colours and links", () => {
  const link = "\x1b]8;;https://example.org\x1b\\site\x1b]8;;\x07";

  assert.equal(decode(text, `  \x1b[1;31mred\x1b[0m ${link}\n\n`).text, "  red site\n\n");
});

Deno.test("text: what a spinner showed before the answer is gone", () => {
  const printed = "\x1b[?25l⠋ Thinking\r\x1b[K⠙ Thinking\r\x1b[K\x1b[?25hThe answer\r\n";
  assert.equal(decode(text, printed).text, "The answer\n");
});

Deno.test("json: the usual names of an answer are found", () => {
  for (const key of ["result", "response", "text", "content", "answer", "output", "message"]) {
    assert.equal(decode(json, JSON.stringify({ [key]: "hi" })).text, "hi", key);
  }
  const openai = { message: { role: "assistant", content: [{ type: "text", text: "hi" }] } };
  assert.equal(decode(json, JSON.stringify(openai)).text, "hi");
});

Deno.test("json: an unusual document is the answer itself", () => {
  assert.equal(decode(json, 'log line\n{\n  "sum": 4\n}\n').text, '{"sum":4}');
});

Deno.test("json: session and usage are found under several names", () => {
  const decoded = decode(
    json,
    JSON.stringify({
      response: "hi",
      sessionId: "s1",
      usage: { prompt_tokens: 3, completion_tokens: 2 },
    }),
  );

  assert.equal(decoded.cliSessionId, "s1");
  assert.deepEqual(decoded.usage, { input_tokens: 3, output_tokens: 2 });
});

Deno.test("json: an error is a failure", () => {
  const stdout = JSON.stringify({ error: { message: "no", code: 503 } });

  assert.deepEqual(decode(json, stdout).failure, { message: "no", code: "transient" });
});

Deno.test("json: text that is no JSON is no answer", () => {
  assert.equal(decode(json, "Segmentation fault\n").text, "");
});

Deno.test("jsonl: the assistant's last message is the answer", () => {
  const stdout = lines(
    { type: "session", session_id: "s1" },
    { type: "message", role: "user", content: "prompt" },
    { type: "message", role: "assistant", content: "I'll look" },
    { type: "tool_result", text: "secret" },
    { type: "item.completed", item: { type: "reasoning", text: "hm" } },
    { type: "item.completed", item: { type: "agent_message", text: "It is 42" } },
    { type: "turn.completed", usage: { input_tokens: 3 } },
  );

  const decoded = decode(jsonl, stdout);

  assert.equal(decoded.text, "It is 42");
  assert.equal(decoded.cliSessionId, "s1");
  assert.deepEqual(decoded.usage, { input_tokens: 3 });
});

Deno.test("jsonl: pieces are joined, in three notations", () => {
  const marked = lines({ role: "assistant", content: "a", delta: true }, {
    role: "assistant",
    content: "b",
    delta: true,
  });
  const nested = lines({ type: "text", delta: { text: "a" } }, { type: "text", delta: "b" });

  assert.equal(decode(jsonl, marked).text, "ab");
  assert.equal(decode(jsonl, nested).text, "ab");
});

Deno.test("jsonl: an error is a failure unless an answer follows it", () => {
  const error = { type: "error", message: "retrying" };
  const answer = { type: "result", result: "ok" };

  assert.equal(decode(jsonl, lines(answer, error)).failure?.message, "retrying");
  assert.equal(decode(jsonl, lines(error, answer)).failure, undefined);
  assert.deepEqual(decode(jsonl, lines(error, answer)).warnings, ["retrying"]);
  const failed = { type: "turn.failed", error: { message: "quota exceeded" } };
  assert.equal(decode(jsonl, lines(failed)).failure?.message, "quota exceeded");
});

Deno.test("jsonl: events of unknown types are never an answer", () => {
  assert.equal(decode(jsonl, lines({ type: "debug", text: "x" }, { type: "status" })).text, "");
});
