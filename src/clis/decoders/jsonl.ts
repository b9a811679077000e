/** Decodes JSON Lines from a CLI without a decoder. */
import type { Decoded, Decoder, ToldFailure } from "../decoder.ts";
import { fill, type JsonObject, textField } from "./fields.ts";
import { eventFailure, eventSessionId, eventText, eventUsage } from "./generic_event.ts";
import { jsonEvents } from "./json_events.ts";
import { latestMessage } from "./latest_message.ts";

/**
 * The answer is the last message of the assistant; an event of an unknown type is none. An error is
 * a failure unless an answer follows it: many CLIs print their retries as errors.
 */
export const jsonl: Decoder = function jsonl(output): Decoded {
  const decoded: Decoded = { text: "", warnings: [] };
  const message = latestMessage();
  let failure: ToldFailure | undefined;
  for (const event of jsonEvents(output.stdout, decoded.warnings)) {
    fill(decoded, { cliSessionId: eventSessionId(event), usage: eventUsage(event) });
    const told = eventFailure(event);
    if (told !== undefined) {
      if (failure !== undefined) decoded.warnings.push(failure.message);
      failure = told;
      continue;
    }
    const text = isAnswer(event) ? pieceOf(event) ?? eventText(event) : "";
    if (text === "") {
      if (event.role !== undefined) message.end();
      continue;
    }
    if (event.delta === undefined || event.delta === false) message.replace(text);
    else message.add(text);
    if (failure !== undefined) decoded.warnings.push(failure.message);
    failure = undefined;
  }
  decoded.text = message.text;
  return fill(decoded, { failure });
};

const ANSWERS =
  /^(?:agent_message|assistant|text|message|content|result|response|answer|final|completion|item\.completed|content_block_delta)$/;

function isAnswer(event: JsonObject): boolean {
  const role = textField(event, "role") ?? textField(event, "message", "role");
  if (role !== undefined && role !== "assistant") return false;
  return event.type === undefined || (typeof event.type === "string" && ANSWERS.test(event.type));
}

/** The text of a delta that is not in the event itself. */
function pieceOf(event: JsonObject): string | undefined {
  return textField(event, "delta", "text") ?? textField(event, "delta");
}
