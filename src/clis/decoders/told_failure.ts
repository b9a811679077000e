/** What a CLI told of its failure, made readable. */
import type { ErrorCode } from "../../lib/errors.ts";
import type { ToldFailure } from "../decoder.ts";
import { textField } from "./fields.ts";
import { parseJson } from "./safe_json.ts";

/**
 * A failure by its message and, where the output has a field for it, the HTTP status.
 *
 * A status that has one meaning sets the code. The others (400, 403, 404) depend on what the
 * message says, so the status joins the message and the classifier decides.
 */
export function toldFailure(message: string, status?: number): ToldFailure {
  const readable = unwrap(message.trim());
  const code = codeOf(status);
  if (code !== undefined) return { message: readable, code };
  if (status === undefined || status < 400 || status > 599) return { message: readable };
  const known = readable.includes(String(status));
  return { message: known ? readable : `${readable} (HTTP ${status})` };
}

function codeOf(status: number | undefined): ErrorCode | undefined {
  if (status === undefined) return undefined;
  if (status === 401) return "auth";
  if (status === 402 || status === 429) return "quota";
  if (status === 408 || (status >= 500 && status <= 599)) return "transient";
  return undefined;
}

/** Providers' error bodies often come as JSON text in the message, sometimes twice. */
function unwrap(message: string): string {
  let text = message;
  for (let depth = 0; depth < 3; depth++) {
    const value = /^[{[]/.test(text) ? parseJson(text) : undefined;
    const inner = errorMessage(Array.isArray(value) ? value[0] : value);
    if (inner === undefined) return text;
    text = inner.trim();
  }
  return text;
}

/** The message in an error document: `{error: {message}}`, `{error: "…"}` or `{message}`. */
export function errorMessage(document: unknown): string | undefined {
  return textField(document, "error", "message") ?? textField(document, "error") ??
    textField(document, "message");
}
