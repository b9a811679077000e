import assert from "node:assert/strict";
import fc from "fast-check";
import { outputSchema, type OutputSelectors } from "../../config/output.ts";
import { outputText } from "../../lib/output_text.ts";
import { decoderFor } from "./mod.ts";
import { selectedDecoder } from "./selected.ts";
import { decode, lines } from "./testing.ts";

function decoder(output: Partial<Record<keyof OutputSelectors, unknown>>) {
  return selectedDecoder(outputSchema.parse(output));
}

Deno.test("a document is read where the profile says", () => {
  const read = decoder({
    text: "$.answer.body",
    session_id: "$.meta['thread id']",
    usage: {
      input_tokens: "$.models.*.in",
      output_tokens: "$.models.*.out",
      cost_usd: "$.cost",
    },
    error: { when: "$.failed", message: "$.reason", status: "$.http" },
  });
  const document = {
    answer: { body: "forty-two" },
    meta: { "thread id": "t1" },
    models: { a: { in: 1, out: 2 }, b: { in: 10 } },
    cost: 0.5,
    failed: false,
  };
  const meaning = {
    text: "forty-two",
    warnings: [],
    cliSessionId: "t1",
    usage: { input_tokens: 11, output_tokens: 2, cost_usd: 0.5 },
  };
  assert.deepEqual(decode(read, JSON.stringify(document)), meaning);
  assert.deepEqual(decode(read, JSON.stringify(document, null, 2)), meaning, "over many lines");
  const failed = { ...document, answer: undefined, failed: true, reason: "No", http: 429 };
  const { text, failure, cliSessionId } = decode(read, JSON.stringify(failed));
  assert.deepEqual([text, failure, cliSessionId], ["", { message: "No", code: "quota" }, "t1"]);
});

Deno.test("of events those count that fit, and the last answer of several", () => {
  const read = decoder({
    text: "$[?(@.type=='message' && @.role=='assistant')].content[?(@.type=='text')].text",
    session_id: ["$.session_id", "$[?@.type=='init'].id"],
    usage: { of: "step", input_tokens: "$[?(@.type=='step')].tokens.in" },
    error: { when: "$[?(@.type=='error')]", message: "$.message" },
    warnings: "$[?(@.type=='warning')].message",
  });
  const message = (...content: unknown[]) => ({ type: "message", role: "assistant", content });
  const printed = lines(
    "a banner",
    { type: "init", id: "s1" },
    { type: "message", role: "user", content: [{ type: "text", text: "the prompt" }] },
    message({ type: "text", text: "I look" }, { type: "tool_use", text: "hidden" }),
    { type: "step", tokens: { in: 3 } },
    { type: "warning", message: "careful" },
    { type: "error", message: "retrying" },
    { type: "step", tokens: { in: 4 } },
    message({ type: "text", text: "First." }, { type: "text", text: "Second." }),
    message({ type: "tool_use" }),
  );
  assert.deepEqual(decode(read, printed), {
    text: "First.\n\nSecond.",
    warnings: ["careful", "retrying"],
    cliSessionId: "s1",
    usage: { input_tokens: 7 },
  });
  const { text, failure } = decode(read, printed + lines({ type: "error", message: "401 no" }));
  assert.deepEqual([text, failure?.message], ["First.\n\nSecond.", "401 no"], "no answer after it");
});

Deno.test("pieces are put together, and what a session has used so far is told as such", () => {
  const read = decoder({
    text: "$.delta",
    pieces: true,
    usage: { of: "session", output_tokens: "$.total" },
  });
  const printed = lines({ delta: "Hel" }, { total: 3 }, { delta: "lo" }, { total: 5 });
  assert.deepEqual(decode(read, printed), {
    text: "Hello",
    warnings: [],
    threadUsage: { output_tokens: 5 },
  });
});

Deno.test("an error without a message is told by what text finds, and its text is no answer", () => {
  const read = decoder({
    text: "$.result",
    error: { when: "$.is_error", message: "$.error.message" },
  });
  const told = decode(read, lines({ is_error: true, result: "Not logged in" }));
  assert.deepEqual([told.text, told.failure], ["", { message: "Not logged in" }]);
  const silent = decode(read, lines({ is_error: true }));
  assert.equal(silent.failure?.message, "The output tells of an error without a message");
});

Deno.test("what selectors do not find is no answer: never the raw event", () => {
  const read = decoder({ text: "$.answer" });
  assert.deepEqual(decode(read, lines({ result: "x" }, "words", [1])), { text: "", warnings: [] });
});

Deno.test("a profile's decoder stands before its selectors, and they before its name", () => {
  const output = outputSchema.parse({ text: "$.x" });
  const print = (found: ReturnType<typeof decoderFor>) =>
    decode(found, '{"x":"1","result":"2"}').text;
  assert.equal(print(decoderFor({ name: "claude", output_format: "json", output })), "1");
  assert.equal(
    print(decoderFor({ name: "x", decoder: "json", output_format: "json", output })),
    "2",
  );
});

Deno.test("selectors never throw, whatever a program prints", () => {
  const read = decoder({
    text: ["$[?(@.type=='a')].text[*]", "$.*.*"],
    session_id: "$.*",
    usage: { of: "step", input_tokens: "$.*", cost_usd: "$[*].*" },
    error: { when: "$.error", message: "$.error[*]", status: "$.*" },
    warnings: "$.warnings[*]",
  });
  const key = fc.constantFrom("type", "text", "error", "warnings", "a", "__proto__", "1");
  const event = fc.dictionary(key, fc.oneof(fc.jsonValue(), fc.dictionary(key, fc.jsonValue())));
  fc.assert(
    fc.property(fc.array(fc.oneof(event.map((one) => JSON.stringify(one)), fc.string())), (all) => {
      const stdout = outputText(all.join("\n"));
      const decoded = read({ stdout, stderr: stdout });
      assert.equal(typeof decoded.text, "string");
      assert.ok(decoded.warnings.every((warning) => typeof warning === "string"));
    }),
    { numRuns: 500 },
  );
  const deep = `{"text":${"[".repeat(100_000)}${"]".repeat(100_000)}}`;
  assert.equal(typeof decode(read, deep).text, "string");
});

Deno.test("an empty list of errors tells of none, and null is nothing that is found", () => {
  const read = decoder({
    text: ["$.result", "$.message"],
    session_id: ["$.session", "$.thread.id"],
    error: { when: "$.errors", message: ["$.why", "$.errors[*].text"] },
  });
  const good = { result: null, message: "fine", session: null, thread: { id: "t1" } };
  for (const errors of [[], {}, null, "", 0, false]) {
    const meaning = { text: "fine", warnings: [], cliSessionId: "t1" };
    assert.deepEqual(decode(read, JSON.stringify({ ...good, errors })), meaning);
  }
  const bad = { ...good, why: null, errors: [{ text: "No" }, { text: "Never" }] };
  assert.deepEqual(decode(read, JSON.stringify(bad)).failure, { message: "No\n\nNever" });
});
