import assert from "node:assert/strict";
import fc from "fast-check";
import { outputText } from "../../lib/output_text.ts";
import { claude } from "./claude.ts";
import { json } from "./json.ts";
import { decoderFor, decoders } from "./mod.ts";
import { text } from "./text.ts";

Deno.test("a profile's decoder is the one it names, else that of its name, else of its format", () => {
  assert.equal(decoderFor({ name: "mine", decoder: "claude", output_format: "text" }), claude);
  assert.equal(decoderFor({ name: "claude", output_format: "text" }), claude);
  assert.equal(decoderFor({ name: "mine", output_format: "json" }), json);
  assert.equal(decoderFor({ name: "constructor", output_format: "text" }), text);
});

/** Keys and values that the decoders look for, so that arbitrary events reach their branches. */
const key = fc.constantFrom(
  ...["type", "role", "content", "text", "item", "message", "result", "error", "usage", "delta"],
  ...["session_id", "part", "event", "stats", "models", "metadata", "messages", "status", "tokens"],
  ...["is_error", "subtype", "finishReason", "response", "input_tokens", "__proto__"],
);
const word = fc.constantFrom(
  ...["assistant", "user", "message", "result", "error", "text", "item.completed", "run_result"],
  ...["agent_message", "turn.failed", "completion", "stream_event", "step_finish", "agent_event"],
);
const event = fc.dictionary(
  key,
  fc.oneof(
    { depthSize: "small" },
    word,
    fc.anything(),
    fc.dictionary(key, fc.oneof(word, fc.anything())),
    fc.array(fc.dictionary(key, fc.oneof(word, fc.anything()))),
  ),
);

function print(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "";
  } catch {
    return "{"; // What cannot be printed, such as a bigint, stands for a broken line.
  }
}

const output = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.array(fc.oneof(event.map(print), fc.json(), fc.string())).map((list) => list.join("\n")),
  event.map((value) => print(value).replaceAll(/([{[,])/g, "$1\n  ")),
);

for (const [name, decode] of Object.entries(decoders)) {
  Deno.test(`${name} never throws, whatever a program prints`, () => {
    fc.assert(
      fc.property(output, output, (stdout, stderr) => {
        const decoded = decode({ stdout: outputText(stdout), stderr: outputText(stderr) });
        assert.equal(typeof decoded.text, "string");
        assert.ok(decoded.warnings.every((warning) => typeof warning === "string"));
        if (decoded.failure !== undefined) assert.equal(typeof decoded.failure.message, "string");
      }),
      { numRuns: 300 },
    );
  });

  Deno.test(`${name} bears JSON that is nested too deep`, () => {
    const depth = 100_000;
    const nested = `{"result":{"content":${"[".repeat(depth)}${"]".repeat(depth)}}}`;
    const object = `{"response":${'{"a":'.repeat(depth)}1${"}".repeat(depth)}}`;
    for (const stdout of [nested, object]) {
      const decoded = decode({ stdout: outputText(stdout), stderr: outputText(stdout) });
      assert.equal(typeof decoded.text, "string");
    }
  });

  Deno.test(`${name} bears endless repetition`, () => {
    const lines = [
      "litellm.RateLimitError: x\n",
      "{\n",
      "Tokens: 1 sent,\n",
      "error: x\n",
      " ",
      "\n",
    ];
    for (const line of lines) {
      const printed = outputText(`Aider v1\n\n${line.repeat(30_000)}`);
      assert.equal(typeof decode({ stdout: printed, stderr: printed }).text, "string");
    }
  });
}
