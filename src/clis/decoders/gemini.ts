/** Decodes both JSON forms of `gemini`: `json` and `stream-json` (Gemini CLI 0.61). */
import type { Decoded, Decoder, Usage } from "../decoder.ts";
import { contentText } from "./content_text.ts";
import { field, fill, isObject, type JsonObject, numberField, textField } from "./fields.ts";
import { jsonEvents } from "./json_events.ts";
import { latestMessage } from "./latest_message.ts";
import { stderrError } from "./stderr_error.ts";
import { errorMessage, toldFailure } from "./told_failure.ts";
import { addUsage, readUsage } from "./usage.ts";

/**
 * In a stream the answer is what the assistant says after its last tool call, as in `json`.
 * A fatal error is a JSON document at the end of a standard error that is never empty.
 */
export const gemini: Decoder = function gemini(output): Decoded {
  const decoded: Decoded = { text: "", warnings: [] };
  const message = latestMessage();
  let open = false;
  for (const event of jsonEvents(output.stdout, decoded.warnings)) {
    fill(decoded, { cliSessionId: textField(event, "session_id") });
    open ||= event.delta === true;
    switch (event.type) {
      case "message":
        if (event.role !== "assistant") message.end();
        else if (event.delta === true) message.add(contentText(event.content));
        else message.replace(contentText(event.content));
        break;
      case "tool_use":
      case "tool_result":
        message.end();
        break;
      case "error": // Warnings and lesser errors; what ends the run is told by the result.
        decoded.warnings.push(errorMessage(event) ?? "unknown error");
        break;
      case "result":
        open = false;
        readEnd(event, decoded);
        break;
      case undefined:
        message.replace(contentText(event.response));
        readEnd(event, decoded);
    }
  }
  decoded.text = message.text;
  if (decoded.failure !== undefined) return decoded;
  if (decoded.text === "" || open) readStderr(decoded, output.stderr);
  // Pieces without a result are no answer, however the program ended.
  if (open) decoded.failure ??= toldFailure("The stream was interrupted: it has no result");
  return decoded;
};

function readEnd(event: JsonObject, decoded: Decoded): void {
  fill(decoded, { usage: usageOf(event.stats) });
  if (event.status !== "error" && !isObject(event.error)) return;
  const message = errorMessage({ error: event.error }) ?? decoded.warnings.at(-1);
  decoded.failure = toldFailure(
    message ?? "gemini told of an error without a message",
    numberField(event, "error", "code"),
  );
}

function readStderr(decoded: Decoded, stderr: Parameters<Decoder>[0]["stderr"]): void {
  const error = stderrError(stderr);
  if (error === undefined) return;
  decoded.failure = error.failure;
  fill(decoded, { cliSessionId: error.sessionId });
}

/**
 * A stream tells totals of its own. A document tells tokens by model: `prompt` counts all input
 * (`input` leaves out what was cached), and the output is what was thought and what was said, since
 * both are generated and paid for.
 */
function usageOf(stats: unknown): Usage | undefined {
  const totals = readUsage(stats, {
    input_tokens: "input_tokens",
    output_tokens: "output_tokens",
    cached_tokens: "cached",
  });
  if (totals !== undefined) return totals;
  const models = field(stats, "models");
  if (!isObject(models)) return undefined;
  return Object.values(models).map(modelUsage).reduce(addUsage, undefined);
}

function modelUsage(model: unknown): Usage | undefined {
  const tokens = field(model, "tokens");
  const said = readUsage(tokens, { output_tokens: "candidates" });
  const thought = readUsage(tokens, { output_tokens: "thoughts" });
  const input = readUsage(tokens, { input_tokens: "prompt" }) ??
    readUsage(tokens, { input_tokens: "input" });
  return [input, said, thought, readUsage(tokens, { cached_tokens: "cached" })]
    .reduce(addUsage, undefined);
}
