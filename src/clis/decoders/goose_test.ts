import assert from "node:assert/strict";
import { goose } from "./goose.ts";
import { decode, lines } from "./testing.ts";

function message(role: string, content: unknown, more: object = {}) {
  return { id: null, role, content, ...more };
}

function text(value: string) {
  return [{ type: "text", text: value }];
}

function document(messages: unknown[], metadata: object = { status: "completed" }) {
  return JSON.stringify({ messages, metadata }, null, 2);
}

Deno.test("goose: only what follows the user's last words is the answer", () => {
  const stdout = document([
    message("user", text("one")),
    message("assistant", text("first")),
    message("user", text("two")),
    message("assistant", [{ type: "toolRequest", id: "c" }], { id: "a" }),
    message("user", [{ type: "toolResponse", id: "c" }]),
    message("assistant", [{ type: "thinking", thinking: "hm" }, ...text("second")], { id: "b" }),
  ]);

  assert.equal(decode(goose, stdout).text, "second");
});

Deno.test("goose: a resumed run that was not answered has no answer", () => {
  const stdout = document([
    message("user", text("one")),
    message("assistant", text("first")),
    message("user", text("two")),
  ]);

  assert.equal(decode(goose, stdout).text, "");
});

Deno.test("goose: what passes between goose and its model is not the answer", () => {
  const hidden = { metadata: { userVisible: false, agentVisible: true } };
  const stdout = document([
    message("user", text("one")),
    message("assistant", text("answer"), { id: "a" }),
    message("assistant", text("summary"), { id: "b", ...hidden }),
    message("user", text("Go on"), hidden),
  ]);

  assert.equal(decode(goose, stdout).text, "answer");
});

Deno.test("goose: an error told as the assistant's words is a failure", () => {
  const advice = "\n\nPlease retry if you think this is a transient or recoverable error.";
  const stdout = document([
    message("user", text("one")),
    message("assistant", text(`Ran into this error: Rate limit exceeded: slow down.${advice}`)),
  ]);

  const decoded = decode(goose, stdout);

  assert.deepEqual(decoded.failure, { message: "Rate limit exceeded: slow down." });
  assert.equal(decoded.text, "");
});

Deno.test("goose: a stream that breaks is a failure, whatever was said of the answer", () => {
  const broken = "Network error: Stream decode error: error decoding response body";
  const stdout = document([
    message("user", text("one")),
    message("assistant", text("The answer is"), { id: "a" }),
    message("assistant", text(`${broken}\n\nPlease resend your message to try again.`), {
      id: "b",
    }),
  ]);
  assert.equal(decode(goose, stdout).failure?.message, broken);

  const empty = "The model returned an empty response.";
  const none = document([
    message("user", text("one")),
    message("assistant", text(`${empty} Please resend your message to continue.`)),
  ]);
  assert.equal(decode(goose, none).failure?.message, empty);
});

Deno.test("goose: an answer about such an error is an answer", () => {
  const answer = 'goose prints "Ran into this error: x" then.';
  const decoded = decode(goose, document([message("assistant", text(answer))]));

  assert.equal(decoded.text, answer);
  assert.equal(decoded.failure, undefined);
});

Deno.test("goose: the error of an earlier turn is no failure of this one", () => {
  const stdout = document([
    message("user", text("one")),
    message("assistant", [{ type: "error", kind: "authentication", message: "no" }]),
    message("user", text("two")),
    message("assistant", text("fine")),
  ]);

  const decoded = decode(goose, stdout);

  assert.equal(decoded.failure, undefined);
  assert.equal(decoded.text, "fine");
});

Deno.test("goose: an error of a known kind has its class", () => {
  const error = (kind: string) =>
    document([message("assistant", [{ type: "error", kind, message: "no" }])], { status: "error" });

  assert.equal(decode(goose, error("authentication")).failure?.code, "auth");
  assert.equal(decode(goose, error("rate_limit")).failure?.code, "quota");
  assert.equal(decode(goose, error("constructor")).failure?.code, undefined);
});

Deno.test("goose: a stream's pieces of one message are joined", () => {
  const event = (role: string, value: string, id: string) => ({
    type: "message",
    message: message(role, text(value), { id }),
  });
  const stdout = lines(
    event("assistant", "I'll look", "a"),
    { type: "notification", extension_id: "developer", message: "running" },
    { type: "message", message: message("user", [{ type: "toolResponse" }]) },
    event("assistant", "It is ", "b"),
    event("assistant", "42", "b"),
    { type: "complete", total_tokens: 9, input_tokens: 6, output_tokens: 3 },
  );

  const decoded = decode(goose, stdout);

  assert.equal(decoded.text, "It is 42");
  assert.deepEqual(decoded.threadUsage, { input_tokens: 6, output_tokens: 3 });
});

Deno.test("goose: a stream's error is a failure", () => {
  assert.equal(decode(goose, lines({ type: "error", error: "gone" })).failure?.message, "gone");
});

Deno.test("goose: the short forms of stream and document are read", () => {
  const stream = lines({ type: "start" }, { type: "message", role: "assistant", content: "hi" }, {
    type: "done",
    usage: { input_tokens: 1, output_tokens: 2 },
  });
  const short = JSON.stringify({ model: "m", response: "hi", usage: { input_tokens: 1 } });

  assert.equal(decode(goose, stream).text, "hi");
  assert.deepEqual(decode(goose, stream).threadUsage, { input_tokens: 1, output_tokens: 2 });
  assert.equal(decode(goose, short).text, "hi");
});

Deno.test("goose: plain text on standard output is a failure, not an answer", () => {
  const decoded = decode(goose, "\n  \x1b[31merror:\x1b[0m No session found\n  with that name\n");

  assert.equal(decoded.failure?.message, "No session found with that name");
  assert.equal(decoded.text, "");
});
