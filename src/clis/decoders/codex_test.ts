import assert from "node:assert/strict";
import { codex } from "./codex.ts";
import { decode, lines } from "./testing.ts";

const STARTED = { type: "thread.started", thread_id: "t1" };
const COMPLETED = { type: "turn.completed", usage: { input_tokens: 5, output_tokens: 2 } };

function message(text: string) {
  return { type: "item.completed", item: { id: "i", type: "agent_message", text } };
}

Deno.test("codex: the last of several agent messages is the answer", () => {
  const tool = { type: "item.completed", item: { type: "command_execution", command: "ls" } };
  const stdout = lines(STARTED, message("I'll look first"), tool, message("It is 42"), COMPLETED);

  const decoded = decode(codex, stdout);

  assert.equal(decoded.text, "It is 42");
  assert.deepEqual(decoded.threadUsage, { input_tokens: 5, output_tokens: 2 });
  assert.equal(decoded.usage, undefined);
});

Deno.test("codex: reconnecting is a warning in a run that ends well", () => {
  const error = { type: "error", message: "Reconnecting... 1/5 (429)" };
  const decoded = decode(codex, lines(STARTED, error, message("done"), COMPLETED));

  assert.equal(decoded.failure, undefined);
  assert.deepEqual(decoded.warnings, ["Reconnecting... 1/5 (429)"]);
});

Deno.test("codex: a failed turn is a failure with a readable message", () => {
  const body = JSON.stringify({ type: "error", status: 400, error: { message: "Model gone" } });
  const decoded = decode(codex, lines(STARTED, { type: "turn.failed", error: { message: body } }));

  assert.deepEqual(decoded.failure, { message: "Model gone" });
});

Deno.test("codex: a failed turn without a message tells the error before it", () => {
  const stdout = lines(STARTED, { type: "error", message: "stream died" }, { type: "turn.failed" });

  assert.equal(decode(codex, stdout).failure?.message, "stream died");
});

Deno.test("codex: banners, broken lines, unknown events and CRLF do not disturb it", () => {
  const events = lines("Welcome", STARTED, '{"type":"item.compl', { type: "new.thing" }, "null");
  const stdout = (events + lines(message("ok"), COMPLETED)).replaceAll("\n", "\r\n");

  const decoded = decode(codex, stdout);

  assert.equal(decoded.text, "ok");
  assert.equal(decoded.cliSessionId, "t1");
  assert.deepEqual(decoded.warnings, ["Skipped malformed JSON in the output: 1 time"]);
});

Deno.test("codex: an event that was cut off is no answer", () => {
  const cut = lines(STARTED) + JSON.stringify(message("half an answer")).slice(0, -12);

  assert.equal(decode(codex, cut).text, "");
});

Deno.test("codex: an answer of millions of characters on one line arrives whole", () => {
  const long = "é".repeat(3_000_000);

  assert.equal(decode(codex, lines(STARTED, message(long), COMPLETED)).text, long);
});
