import assert from "node:assert/strict";
import { claude } from "./claude.ts";
import { decode, lines } from "./testing.ts";

const RESULT = {
  type: "result",
  subtype: "success",
  is_error: false,
  result: "It is 42",
  session_id: "s1",
  total_cost_usd: 0.5,
  usage: { input_tokens: 3, cache_read_input_tokens: 900, output_tokens: 7 },
};

function assistant(text: string, more = {}) {
  return { type: "assistant", message: { content: [{ type: "text", text }] }, ...more };
}

function delta(text: string) {
  return { type: "content_block_delta", delta: { type: "text_delta", text } };
}

Deno.test("claude: tokens are of the run, money is of the conversation", () => {
  const decoded = decode(claude, lines(RESULT));

  assert.deepEqual(decoded.usage, { input_tokens: 3, output_tokens: 7, cached_tokens: 900 });
  assert.deepEqual(decoded.threadUsage, { cost_usd: 0.5 });
  assert.equal(decoded.cliSessionId, "s1");
});

Deno.test("claude: one document is read pretty-printed, in an array and among other text", () => {
  const pretty = JSON.stringify(RESULT, null, 2);
  const array = JSON.stringify([{ type: "system", session_id: "s1" }, assistant("hm"), RESULT]);
  const outputs = [
    pretty,
    array,
    JSON.stringify(JSON.parse(array), null, 2),
    `Update available!\n[notice] {x}\n${pretty}\nBye\n`,
    pretty.replaceAll("\n", "\r\n"),
    `warning: old config ${JSON.stringify(RESULT)} done`,
    `\x1b[?25h${JSON.stringify(RESULT)}`,
  ];
  for (const output of outputs) assert.equal(decode(claude, output).text, "It is 42", output);
});

Deno.test("claude: a stream of deltas without a final text gives their sum", () => {
  const stdout = lines(delta("It "), delta("is "), delta("42"), { type: "message_stop" }, {
    type: "result",
    model: "m",
    usage: { input_tokens: 1, output_tokens: 2 },
  });

  const decoded = decode(claude, stdout);

  assert.equal(decoded.text, "It is 42");
  assert.deepEqual(decoded.usage, { input_tokens: 1, output_tokens: 2 });
});

Deno.test("claude: wrapped deltas of an earlier message are not the answer", () => {
  const wrap = (event: unknown) => ({ type: "stream_event", session_id: "s1", event });
  const stdout = lines(
    wrap({ type: "message_start" }),
    wrap(delta("Let me look")),
    wrap({ type: "message_stop" }),
    assistant("Let me look"),
    { type: "user", message: { content: [{ type: "tool_result", content: "secret" }] } },
    wrap({ type: "message_start" }),
    wrap(delta("It is ")),
    wrap({ type: "content_block_delta", delta: { type: "thinking_delta", thinking: "hm" } }),
    wrap(delta("42")),
  );

  assert.equal(decode(claude, stdout).text, "It is 42");
});

Deno.test("claude: what a subagent says is not the answer", () => {
  const stdout = lines(assistant("mine"), assistant("its", { parent_tool_use_id: "toolu_1" }));

  assert.equal(decode(claude, stdout).text, "mine");
});

Deno.test("claude: an error is a failure although its subtype is success", () => {
  const text = "API Error: 429 slow down";
  const stdout = lines(assistant(text), {
    ...RESULT,
    is_error: true,
    api_error_status: 429,
    result: text,
  });

  const decoded = decode(claude, stdout);

  assert.deepEqual(decoded.failure, { message: text, code: "quota" });
  assert.equal(decoded.text, "");
});

Deno.test("claude: a status of several meanings is told in the message and not classed", () => {
  const stdout = lines({ ...RESULT, is_error: true, api_error_status: 403, result: "No" });

  assert.deepEqual(decode(claude, stdout).failure, { message: "No (HTTP 403)" });
});

Deno.test("claude: a run that was cut short is a failure although is_error is false", () => {
  const { result: _, ...rest } = RESULT;
  const stdout = lines(assistant("so far"), { ...rest, subtype: "error_max_turns" });

  const decoded = decode(claude, stdout);

  assert.match(decoded.failure?.message ?? "", /error_max_turns/);
  assert.equal(decoded.text, "so far");
});

Deno.test("claude: a truncated document gives no answer", () => {
  const text = JSON.stringify(RESULT, null, 2);

  assert.equal(decode(claude, text.slice(0, text.length / 2)).text, "");
  assert.equal(decode(claude, JSON.stringify(RESULT).slice(0, -5)).text, "");
});

Deno.test("claude: an answer by a schema is its JSON", () => {
  const stdout = lines({ ...RESULT, result: "", structured_output: { answer: 42 } });

  assert.equal(decode(claude, stdout).text, '{"answer":42}');
});
