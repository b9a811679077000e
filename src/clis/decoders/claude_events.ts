/** The events that Claude Code prints and that qwen took over. */
import type { OutputText } from "../../lib/output_text.ts";
import { contentText } from "./content_text.ts";
import { field, isObject, type JsonObject, listField, textField } from "./fields.ts";
import { jsonEvents } from "./json_events.ts";
import { latestMessage } from "./latest_message.ts";
import { printJson } from "./safe_json.ts";

/** What the events of a run come to. */
export interface ClaudeRun {
  /** The assistant's last message, as far as it was told before the result. */
  said: string;
  sessionId: string | undefined;
  /** The closing event; absent when the program was ended before it. */
  result: { event: JsonObject; failed: boolean; text: string } | undefined;
}

/**
 * Reads one document, an array (`json` with `--verbose`) or a stream; in a stream, messages come
 * whole (`assistant`) or in pieces (`content_block_delta`, bare or wrapped in `stream_event`).
 */
export function claudeEvents(stdout: OutputText, warnings: string[]): ClaudeRun {
  const message = latestMessage();
  const run: ClaudeRun = { said: "", sessionId: undefined, result: undefined };
  for (const event of jsonEvents(stdout, warnings)) {
    run.sessionId = textField(event, "session_id") ?? run.sessionId;
    // What a subagent says is for the agent that called it.
    if (textField(event, "parent_tool_use_id") !== undefined) continue;
    const inner = event.type === "stream_event" ? field(event, "event") : event;
    switch (field(inner, "type")) {
      case "assistant":
        message.replace(contentText(field(inner, "message", "content")));
        break;
      case "message_start":
      case "message_stop":
        message.end();
        break;
      case "content_block_delta":
        message.add(textField(inner, "delta", "text") ?? "");
        break;
      case "result":
        run.result = readResult(event);
    }
  }
  run.said = message.text;
  return run;
}

function readResult(event: JsonObject): ClaudeRun["result"] {
  const subtype = textField(event, "subtype") ?? "";
  const failed = event.is_error === true || subtype.startsWith("error");
  const text = contentText(event.result) || contentText(event.content);
  return { event, failed, text: text || (failed ? errorText(event) : structured(event)) };
}

/** An answer that was asked for by a JSON schema. */
function structured(event: JsonObject): string {
  const output = event.structured_output;
  return isObject(output) || Array.isArray(output) ? printJson(output) : "";
}

function errorText(event: JsonObject): string {
  const errors = listField(event, "errors").filter((error) => typeof error === "string");
  const message = textField(event, "error", "message") ?? textField(event, "error");
  return message || errors.join("; ") || `The run ended as "${event.subtype}" without a message`;
}
