/** Decodes one JSON document, or several of which the last counts, from a CLI without a decoder. */
import type { Decoded, Decoder } from "../decoder.ts";
import { fill, type JsonObject } from "./fields.ts";
import { eventFailure, eventSessionId, eventText, eventUsage } from "./generic_event.ts";
import { jsonEvents } from "./json_events.ts";
import { printJson } from "./safe_json.ts";

/** A document in which no field has the usual name of an answer is the answer itself. */
export const json: Decoder = function json(output): Decoded {
  const decoded: Decoded = { text: "", warnings: [] };
  let last: JsonObject | undefined;
  for (const event of jsonEvents(output.stdout, decoded.warnings)) {
    last = event;
    fill(decoded, { cliSessionId: eventSessionId(event), usage: eventUsage(event) });
  }
  if (last === undefined) return decoded;
  const failure = eventFailure(last);
  if (failure !== undefined) return { ...decoded, failure };
  return { ...decoded, text: eventText(last) || printJson(last) };
};
