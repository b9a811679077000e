import assert from "node:assert/strict";
import { gptme } from "./gptme.ts";
import { decode, lines } from "./testing.ts";

const NUDGE = said("user", "<system>No tool call detected in last message. Did you …</system>");

function said(role: string, content: string, usage?: object) {
  return { type: "message", role, content, metadata: { usage } };
}

Deno.test("gptme: what answers its own nudges is not the answer", () => {
  const stdout = lines(
    said("user", "hi"),
    said("assistant", "The answer"),
    NUDGE,
    said("assistant", "Yes, I meant to finish"),
  );

  assert.equal(decode(gptme, stdout).text, "The answer");
});

Deno.test("gptme: work that goes on after a nudge counts again", () => {
  const stdout = lines(
    said("assistant", "I will do it"),
    NUDGE,
    said("assistant", "```shell\nls\n```"),
    said("system", "a.ts"),
    said("assistant", "There is a.ts"),
  );

  assert.equal(decode(gptme, stdout).text, "There is a.ts");
});

Deno.test("gptme: an answer to a nudge is better than none", () => {
  const stdout = lines(said("assistant", ""), NUDGE, said("assistant", "Late answer"));

  assert.equal(decode(gptme, stdout).text, "Late answer");
});

Deno.test("gptme: the call that ends the session is no part of the answer", () => {
  const asTool = lines(said("assistant", "Done.\n\n@complete(call_1): {}"));
  const asBlock = lines(said("assistant", "Done."), said("assistant", "```complete\n```"));

  assert.equal(decode(gptme, asTool).text, "Done.");
  assert.equal(decode(gptme, asBlock).text, "Done.");
});

Deno.test("gptme: usage is added up over all of its messages", () => {
  const stdout = lines(
    said("assistant", "a", { input_tokens: 10, output_tokens: 1, cache_read_tokens: 4 }),
    said("assistant", "b", { input_tokens: 20, output_tokens: 2 }),
  );

  assert.deepEqual(decode(gptme, stdout).usage, {
    input_tokens: 30,
    output_tokens: 3,
    cached_tokens: 4,
  });
});

Deno.test("gptme: an error in its log is a failure only where it was fatal", () => {
  const log = "· ERROR    Tool failed: rate limit\n";
  assert.equal(decode(gptme, lines(said("assistant", "a")), log).failure, undefined);

  const fatal =
    "· ERROR    Fatal error occurred\n· ERROR    Error code: 429 - {'error': {'message':\n" +
    "           'slow down'}}\n· ERROR      at\n           x.py:1\n";
  assert.deepEqual(decode(gptme, "", fatal).failure, {
    message: "Error code: 429 - {'error': {'message': 'slow down'}}",
    code: "quota",
  });
});
