/** Decodes the JSON of `cn -p --format json` (Continue CLI 1.5). */
import type { Decoded, Decoder } from "../decoder.ts";
import { plainText } from "../../lib/terminal/plain_text.ts";
import { fill, isObject, type JsonObject } from "./fields.ts";
import { jsonEvents } from "./json_events.ts";
import { isLong } from "./long_text.ts";
import { parseJson, printJson } from "./safe_json.ts";
import { stderrError } from "./stderr_error.ts";

/**
 * cn wraps an answer in `{response, status, note}` only where the answer is not JSON itself;
 * otherwise it prints the answer bare, so then all of the output is the answer.
 */
export const continueCli: Decoder = function continueCli(output): Decoded {
  const decoded: Decoded = { text: "", warnings: [] };
  // An answer that is JSON itself is not that long.
  const printed = isLong(output.stdout) ? "" : plainText(output.stdout.text()).trim();
  const whole = parseJson(printed);
  if (whole !== undefined) {
    decoded.text = wrapped(whole) ?? printed;
  } else {
    let last: JsonObject | undefined;
    for (const event of jsonEvents(output.stdout, decoded.warnings)) last = event;
    if (last !== undefined) decoded.text = wrapped(last) ?? printJson(last);
  }
  // Errors come on standard error; beside an answer they were no failure.
  if (decoded.text === "") fill(decoded, { failure: stderrError(output.stderr)?.failure });
  return decoded;
};

/** The answer in cn's wrapping, undefined for a document that is not cn's. */
function wrapped(document: unknown): string | undefined {
  if (!isObject(document)) return undefined;
  const answer = answerIn(document);
  if (answer === undefined) return undefined;
  return typeof answer === "string" ? answer : printJson(answer);
}

function answerIn(document: JsonObject): unknown {
  if (document.type === "message") return document.content;
  const own = Object.keys(document).every((key) => WRAPPING.has(key));
  return own ? document.response : undefined;
}

const WRAPPING = new Set(["response", "status", "note"]);
