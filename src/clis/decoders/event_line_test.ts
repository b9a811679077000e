import assert from "node:assert/strict";
import { eventLine } from "./event_line.ts";

const EVENTS: [string, Record<string, unknown>, string | undefined][] = [
  ["codex: what it says", {
    type: "item.completed",
    item: { id: "i1", type: "agent_message", text: "I'll look at the tests.\nThen I fix it.\n" },
  }, "Then I fix it."],
  ["codex: what it thinks", {
    type: "item.completed",
    item: { id: "i2", type: "reasoning", text: "**Reading the parser**" },
  }, "**Reading the parser**"],
  ["codex: a command", {
    type: "item.started",
    item: { type: "command_execution", command: "bash -lc 'cargo test'", aggregated_output: "" },
  }, "$ bash -lc 'cargo test'"],
  ["codex: a changed file", {
    type: "item.completed",
    item: { type: "file_change", changes: [{ path: "src/main.rs", kind: "update" }] },
  }, "changes src/main.rs"],
  ["codex: a search", {
    type: "item.started",
    item: { type: "web_search", query: "RFC 6570 level 3" },
  }, "RFC 6570 level 3"],
  ["codex: a tool", {
    type: "item.started",
    item: { type: "mcp_tool_call", server: "files", tool: "read_file", status: "in_progress" },
  }, "read_file"],
  ["codex: a retry", { type: "error", message: "Reconnecting... 2/5" }, "Reconnecting... 2/5"],
  ["codex: a failed turn", {
    type: "turn.failed",
    error: { message: "stream disconnected" },
  }, "stream disconnected"],
  ["codex: bookkeeping", { type: "thread.started", thread_id: "t1" }, undefined],
  ["codex: usage", { type: "turn.completed", usage: { input_tokens: 11 } }, undefined],
  ["opencode: a text", { type: "text", part: { type: "text", text: "Done." } }, "Done."],
  ["opencode: a tool with a title", {
    type: "tool_use",
    part: { type: "tool", tool: "bash", state: { title: "Run the tests", input: {} } },
  }, "bash: Run the tests"],
  ["opencode: a step", {
    type: "step_start",
    part: { id: "prt_1", type: "step-start", snapshot: "853694aa" },
  }, undefined],
  ["cline: a piece with what came before it", {
    type: "agent_event",
    event: { type: "content_start", contentType: "text", text: "urns", accumulated: "In turns" },
  }, "In turns"],
  ["cline: a tool", {
    type: "agent_event",
    event: {
      type: "content_start",
      contentType: "tool",
      toolName: "read_files",
      input: { path: "a.ts" },
    },
  }, "read_files: a.ts"],
  ["gptme: the assistant", {
    type: "message",
    role: "assistant",
    content: "The cause is\na race",
  }, "a race"],
  ["the prompt is not progress", { type: "message", role: "user", content: "say hi" }, undefined],
  ["nor is a tool's result for the model", {
    type: "user",
    message: { role: "user", content: [{ type: "tool_result", content: "1 2 3" }] },
  }, undefined],
  ["claude's stream: a message", {
    type: "assistant",
    message: { role: "assistant", content: [{ type: "text", text: "Two files matter." }] },
  }, "Two files matter."],
  ["claude's stream: a tool", {
    type: "assistant",
    message: {
      role: "assistant",
      content: [{ type: "tool_use", name: "Read", input: { file_path: "/src/a.ts" } }],
    },
  }, "Read: /src/a.ts"],
  ["gemini's stream: a tool", {
    type: "tool_use",
    tool_name: "run_shell_command",
    parameters: { command: "ls -la" },
  }, "run_shell_command: ls -la"],
  ["an object is not shown as it is", { type: "x", message: { a: 1 } }, undefined],
];

for (const [name, event, line] of EVENTS) {
  Deno.test(`an event in words: ${name}`, () => assert.equal(eventLine(event), line));
}
