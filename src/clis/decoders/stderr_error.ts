/** The error document that some CLIs print to standard error among other text. */
import type { OutputText } from "../../lib/output_text.ts";
import type { ToldFailure } from "../decoder.ts";
import { field, isObject, type JsonObject, numberField, textField } from "./fields.ts";
import { jsonEvents } from "./json_events.ts";
import { errorMessage, toldFailure } from "./told_failure.ts";

/** An error that a CLI told on standard error. */
export interface StderrError {
  failure: ToldFailure;
  sessionId: string | undefined;
}

/** The last error document: earlier ones tell of attempts and of hooks. */
export function stderrError(stderr: OutputText): StderrError | undefined {
  let last: JsonObject | undefined;
  for (const document of jsonEvents(stderr)) {
    if (isError(document)) last = document;
  }
  const message = last && errorMessage(last);
  if (last === undefined || message === undefined) return undefined;
  return {
    failure: toldFailure(message, numberField(last, "error", "code")),
    sessionId: textField(last, "session_id"),
  };
}

function isError(document: JsonObject): boolean {
  return isObject(document.error) || field(document, "status") === "error" ||
    field(document, "type") === "error";
}
