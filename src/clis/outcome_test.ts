import assert from "node:assert/strict";
import type { Decoded } from "./decoder.ts";
import { judge } from "./outcome.ts";

function decoded(more: Partial<Decoded> = {}): Decoded {
  return { text: "", warnings: [], ...more };
}

Deno.test("a run with an answer and exit code 0 is good, whatever the answer talks about", () => {
  const answer = decoded({ text: "Error: 429 means a rate limit" });

  assert.deepEqual(judge(answer, { code: 0 }, "Error: noise", "codex"), { ok: true });
});

Deno.test("a failure that the CLI told is one although it exits with 0", () => {
  const told = decoded({ text: "partial", failure: { message: "Incorrect API key" } });

  assert.deepEqual(judge(told, { code: 0 }, "", "goose"), {
    ok: false,
    code: "auth",
    message: "goose failed: Incorrect API key",
  });
});

Deno.test("a class that the CLI told stands", () => {
  const told = decoded({ failure: { message: "slow down", code: "quota" } });

  assert.deepEqual(judge(told, { code: 1 }, "", "claude"), {
    ok: false,
    code: "quota",
    message: "claude failed: slow down",
  });
});

Deno.test("a non-zero exit is a failure although there is an answer", () => {
  assert.deepEqual(judge(decoded({ text: "hi" }), { code: 3 }, "fatal: broken pipe\n", "codex"), {
    ok: false,
    code: "failed",
    message: "codex exited with code 3: fatal: broken pipe",
  });
});

Deno.test("a signal is a failure", () => {
  const verdict = judge(decoded({ text: "hi" }), { code: null, signal: "SIGKILL" }, "", "codex");

  assert.deepEqual(verdict, {
    ok: false,
    code: "failed",
    message: "codex was ended by SIGKILL: hi",
  });
});

Deno.test("a run that aimux ended after its final event is judged by its output alone", () => {
  assert.deepEqual(judge(decoded({ text: "hi" }), { code: null }, "Error: x", "codex"), {
    ok: true,
  });
});

Deno.test("an empty answer is a failure", () => {
  const verdict = { ok: false, code: "failed", message: "codex ended without an answer" };

  assert.deepEqual(judge(decoded({ text: " \n" }), { code: 0 }, "", "codex"), verdict);
  assert.deepEqual(judge(decoded(), { code: null, signal: null }, "", "codex"), verdict);
});

Deno.test("why there is no answer is looked for on standard error, whatever the exit code", () => {
  assert.deepEqual(judge(decoded(), { code: 0 }, "Error: 429 Too Many Requests\n", "codex"), {
    ok: false,
    code: "quota",
    message: "codex ended without an answer: Error: 429 Too Many Requests",
  });
});

Deno.test("the reason of an exit is found among noise", () => {
  const reasons: [stderr: string, reason: string][] = [
    [
      "Reading additional input from stdin...\nError: no rollout found for thread id 0\n",
      "Error: no rollout found for thread id 0",
    ],
    ["\x1b[91m\x1b[1mError: \x1b[0mSession not found\n", "Error: Session not found"],
    [
      "error: unexpected argument '--full-auto' found\n\nUsage: codex exec [OPTIONS]\n",
      "error: unexpected argument '--full-auto' found",
    ],
    [
      "Error: boom\n    at f (x.js:1:2)\n    at g (y.js:3:4)\n\nNode.js v24.0.0\n",
      "Error: boom",
    ],
    [
      "Invalid model: x\n\nAvailable models:\n  one\n  two\n  three\n  four\n",
      "Invalid model: x",
    ],
    ["Ripgrep is not available.\nIt broke\nIt broke\n", "It broke"],
    ["Warning: True color not supported\nIt broke\n", "It broke"],
    ["Warning: only this\n", "Warning: only this"],
    ['noise\n{\n  "error": {\n    "message": "It broke"\n  }\n}\n', "It broke"],
  ];
  for (const [stderr, reason] of reasons) {
    const verdict = judge(decoded(), { code: 1 }, stderr, "x");
    assert.equal(verdict.ok ? "" : verdict.message, `x exited with code 1: ${reason}`);
  }
});

Deno.test("where standard error tells nothing, the last warning or the text is the reason", () => {
  const noise = "Reading additional input from stdin...\n";
  const warnings = ["Reconnecting... 5/5 (429)", "Model metadata for `m` not found. Defaulting"];

  const warned = judge(decoded({ warnings }), { code: 1 }, noise, "codex");
  assert.deepEqual(warned, {
    ok: false,
    code: "quota",
    message: "codex exited with code 1: Reconnecting... 5/5 (429)",
  });
  const printed = judge(decoded({ text: "Please log in first" }), { code: 1 }, "", "crush");
  assert.equal(printed.ok ? "" : printed.code, "auth");
  const silent = judge(decoded(), { code: 1 }, noise, "codex");
  assert.equal(silent.ok ? "" : silent.message, "codex exited with code 1");
});

Deno.test("a reason is told without colours, wherever it was found", () => {
  const told = decoded({ failure: { message: "\x1b[31mslow\x1b[0m down" } });
  const message = (...args: Parameters<typeof judge>) => {
    const verdict = judge(...args);
    return verdict.ok ? "ok" : verdict.message;
  };
  assert.equal(message(told, { code: 1 }, "", "cli"), "cli failed: slow down");
  const stderr =
    "⠋ Asking\r\x1b[K\x1b[31mError:\x1b[39m \x1b]8;;http://x\x1b\\no key\x1b]8;;\x1b\\\r\n";
  assert.equal(
    message(decoded(), { code: 1 }, stderr, "cli"),
    "cli exited with code 1: Error: no key",
  );
  const document = '\x1b[2K{"error":{"message":"\\u001b[1mno key"}}\x1b[0m\n';
  assert.equal(message(decoded(), { code: 1 }, document, "cli"), "cli exited with code 1: no key");
});

Deno.test("a long reason is cut", () => {
  const verdict = judge(decoded(), { code: 1 }, `Error: ${"x".repeat(100_000)}`, "codex");

  assert.ok(!verdict.ok && verdict.message.length < 600);
});

Deno.test("an error under a heading of its own is told without the heading", () => {
  const stderr = "ERROR\n\n  429 Too Many Requests: Rate limit exceeded.\n";

  assert.deepEqual(judge(decoded(), { code: 1 }, stderr, "crush"), {
    ok: false,
    code: "quota",
    message: "crush exited with code 1: 429 Too Many Requests: Rate limit exceeded.",
  });
});
