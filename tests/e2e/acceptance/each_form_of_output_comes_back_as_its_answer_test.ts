import assert from "node:assert/strict";
import { binaryOf, type CliName } from "../../emulators/cli.ts";
import { writeProgram } from "../../program_file.ts";
import { startServer } from "../server.ts";

const X = "The answer.\nIn two lines.";

/** What a program prints, and what of it a caller must see. */
interface Form {
  events?: unknown[];
  /** In place of events. */
  text?: string;
  stderr?: string;
  sessionId?: string;
  /** The reason, where the run has failed although it exited with 0. */
  failure?: string;
}

const HALVES = [X.slice(0, 7), X.slice(7)];
const INIT = { type: "init", session_id: "s1", model: "m" };
const PIECES = [
  INIT,
  { type: "message", role: "user", content: "say hi" },
  ...HALVES.map((content) => ({ type: "message", role: "assistant", content, delta: true })),
  { type: "result", status: "success", stats: { total_tokens: 1 } },
];
const DOCUMENT = { model: "m", session_id: "s1", prompt: "say hi", response: X, stats: {} };
const CODEX = [
  { type: "thread.started", thread_id: "t1" },
  { type: "turn.started" },
  { type: "item.completed", item: { id: "i0", type: "agent_message", text: X } },
  { type: "turn.completed", usage: { input_tokens: 3, cached_input_tokens: 0, output_tokens: 2 } },
];

/** By CLI and the name of the form. */
const FORMS: [CliName, string, Form][] = [
  ["codex", "JSON Lines", { events: CODEX, sessionId: "t1" }],
  ["codex", "a failed turn", {
    events: [...CODEX.slice(0, 3), { type: "turn.failed", error: { message: "No luck" } }],
    failure: "No luck",
  }],
  ...(["gemini", "qwen"] as const).flatMap((cli): [CliName, string, Form][] => [
    [cli, "a stream", { events: PIECES, sessionId: "s1" }],
    [cli, "a document", { events: [DOCUMENT], sessionId: "s1" }],
  ]),
  ["claude", "a stream", {
    events: [
      ...HALVES.map((text) => ({
        type: "content_block_delta",
        delta: { type: "text_delta", text },
      })),
      { type: "message_stop" },
      { type: "result", model: "m", usage: { input_tokens: 1 } },
    ],
  }],
  ["claude", "a document", {
    events: [{ type: "result", model: "m", result: X, usage: {}, session_id: "s1" }],
    sessionId: "s1",
  }],
  ["claude", "a document with content", {
    events: [{ type: "result", model: "m", content: X, stop_reason: "end_turn" }],
  }],
  ["goose", "a stream", {
    events: [{ type: "start" }, { type: "message", role: "assistant", content: X }, {
      type: "done",
      usage: {},
    }],
  }],
  ["goose", "a document", { events: [{ model: "m", response: X, usage: {} }] }],
  ["cline", "JSON Lines", {
    events: [{ type: "message", role: "assistant", content: X }, {
      type: "completion",
      status: "done",
    }],
  }],
  ["continue", "a message", { events: [{ type: "message", content: X, status: "success" }] }],
  ["continue", "a document", { events: [{ response: X, status: "success" }] }],
  ["crush", "text", { text: `\n${X}\n\n` }],
  ["aider", "text", { text: `${X}\n`, stderr: "Goodbye\n" }],
  ["gptme", "JSON Lines", {
    events: [{ type: "message", role: "assistant", content: X }],
    stderr: "Goodbye! (resume with: gptme --name x)\n",
  }],
];

Deno.test("every form that a CLI's output has comes back as its answer, and nothing else of it", async (t) => {
  await using aimux = await startServer();
  const { bin } = aimux.workplace;
  for (const [cli, name, { events = [], text, stderr = "", sessionId, failure }] of FORMS) {
    await t.step(`${cli}: ${name}`, async () => {
      const stdout = text ?? events.map((event) => `${JSON.stringify(event)}\n`).join("");
      await Deno.writeTextFile(`${bin}/stdout`, stdout);
      await Deno.writeTextFile(`${bin}/stderr`, stderr);
      await writeProgram(
        `${bin}/${binaryOf(cli)}`,
        `#!/bin/sh\ncat '${bin}/stdout'\ncat '${bin}/stderr' >&2\n`,
      );
      const result = await aimux.call("exec", { prompt: "say hi", cli });
      if (failure !== undefined) {
        assert.equal(result.status, "failed");
        assert.match(result.error.message, new RegExp(failure));
        return;
      }
      assert.equal(result.status, "completed", result.text);
      assert.equal(result.content, X);
      if (sessionId) assert.equal(result.cli_session_id, sessionId);
    });
  }
});
