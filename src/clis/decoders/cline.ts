/** Decodes the JSON Lines that `cline --json` prints (cline 3.0). */
import type { Decoded, Decoder } from "../decoder.ts";
import { contentText } from "./content_text.ts";
import { field, fill, type JsonObject, textField } from "./fields.ts";
import { jsonEvents } from "./json_events.ts";
import { latestMessage } from "./latest_message.ts";
import { stderrError } from "./stderr_error.ts";
import { errorMessage, toldFailure } from "./told_failure.ts";
import { readUsage } from "./usage.ts";

/**
 * `run_result` closes a run and has its answer. Its ids name a task of the daemon, not a
 * conversation that can be resumed, so there is no session id.
 */
export const cline: Decoder = function cline(output): Decoded {
  const decoded: Decoded = { text: "", warnings: [] };
  const message = latestMessage();
  let end: JsonObject | undefined;
  let error: string | undefined;
  for (const event of jsonEvents(output.stdout, decoded.warnings)) {
    switch (event.type) {
      case "agent_event":
        message.replace(agentText(field(event, "event")));
        break;
      case "message":
        if (event.role === "assistant") message.replace(contentText(event.content));
        break;
      case "error":
        error = errorMessage(event);
        break;
      case "run_result":
        end = event;
    }
  }
  const stderr = stderrError(output.stderr)?.failure;
  decoded.text = message.text;
  if (end === undefined) {
    // With an answer and no end to it, the exit code tells what became of the run.
    const failure = error === undefined ? stderr : toldFailure(error);
    if (decoded.text === "") fill(decoded, { failure });
    return decoded;
  }

  fill(decoded, { usage: readUsage(end.usage, USAGE), text: textField(end, "text") });
  const reason = textField(end, "finishReason") ?? "completed";
  if (reason === "completed") return decoded;
  const told = textField(end, "text") ?? error;
  decoded.failure = told === undefined
    ? stderr ?? { message: `The run ended as "${reason}"` }
    : toldFailure(told);
  decoded.text = message.text;
  return decoded;
};

const USAGE = {
  input_tokens: "inputTokens",
  output_tokens: "outputTokens",
  cached_tokens: "cacheReadTokens",
  cost_usd: "totalCost",
};

/** The text of a finished block; its pieces were told before (`content_start`). */
function agentText(event: unknown): string {
  const isText = field(event, "type") === "content_end" && field(event, "contentType") === "text";
  return isText ? textField(event, "text") ?? "" : "";
}
