/** Decodes both JSON forms of `droid exec`: `json` and `stream-json` (droid 0.215). */
import type { Decoded, Decoder } from "../decoder.ts";
import { contentText } from "./content_text.ts";
import { fill, type JsonObject, textField } from "./fields.ts";
import { jsonEvents } from "./json_events.ts";
import { latestMessage } from "./latest_message.ts";
import { errorMessage, toldFailure } from "./told_failure.ts";
import { ANTHROPIC_KEYS, readUsage } from "./usage.ts";

/** A document ends with `result`, a stream with `completion`; a stream without it went wrong. */
export const droid: Decoder = function droid(output): Decoded {
  const decoded: Decoded = { text: "", warnings: [] };
  const message = latestMessage();
  let error: string | undefined;
  for (const event of jsonEvents(output.stdout, decoded.warnings)) {
    fill(decoded, { cliSessionId: textField(event, "session_id") });
    switch (event.type) {
      case "message":
        if (event.role === "assistant") message.replace(textOf(event));
        break;
      case "error":
        // The last word of the program itself is only that it failed; why stands before it.
        if (error !== undefined && event.source === "cli") break;
        error = errorMessage(event) ?? "droid told of an error without a message";
        break;
      case "completion":
      case "result":
        fill(decoded, { usage: readUsage(event.usage, ANTHROPIC_KEYS) });
        if (event.is_error === true) {
          error = textOf(event) || error || "Exec failed";
        } else {
          if (error !== undefined) decoded.warnings.push(error);
          error = undefined;
          message.replace(textOf(event));
        }
    }
  }
  decoded.text = message.text;
  if (error !== undefined) decoded.failure = toldFailure(error);
  return decoded;
};

function textOf(event: JsonObject): string {
  return textField(event, "finalText") ?? textField(event, "result") ?? textField(event, "text") ??
    contentText(event.content);
}
