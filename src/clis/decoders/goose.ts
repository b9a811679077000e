/** Decodes both JSON forms of `goose run`: `json` and `stream-json` (goose 1.52). */
import type { ErrorCode } from "../../lib/errors.ts";
import type { OutputText } from "../../lib/output_text.ts";
import type { Decoded, Decoder, ToldFailure } from "../decoder.ts";
import { plainLines } from "../../lib/terminal/plain_text.ts";
import { contentText } from "./content_text.ts";
import { field, fill, isObject, type JsonObject, listField, textField } from "./fields.ts";
import { jsonEvents } from "./json_events.ts";
import { type LatestMessage, latestMessage } from "./latest_message.ts";
import { errorMessage, toldFailure } from "./told_failure.ts";
import { ANTHROPIC_KEYS, readUsage } from "./usage.ts";

/**
 * A resumed run prints the whole conversation, so only what follows the last text of the user is
 * an answer. Errors of the model are told as what the assistant says, some of them with exit code
 * 0 and the status "completed".
 */
export const goose: Decoder = function goose(output): Decoded {
  const decoded: Decoded = { text: "", warnings: [] };
  let turn = newTurn();
  let printed = false;
  for (const event of jsonEvents(output.stdout, decoded.warnings)) {
    printed = true;
    // The counts are those of the whole session.
    const counts = field(event, "metadata") ?? field(event, "usage") ?? event;
    fill(decoded, { threadUsage: readUsage(counts, ANTHROPIC_KEYS) });
    if (event.type === "error") {
      turn.failure = toldFailure(withoutAdvice(errorMessage(event) ?? "unknown error"));
    }
    if (typeof event.response === "string") turn.answer.replace(event.response);
    for (const message of messagesIn(event)) {
      if (isPrompt(message)) turn = newTurn();
      else readMessage(message, turn);
    }
    if (field(event, "metadata", "status") === "error") {
      turn.failure ??= toldFailure(turn.answer.text || "goose told of an error without a message");
    }
  }
  decoded.text = turn.answer.text;
  fill(decoded, { failure: printed ? turn.failure : plainError(output.stdout) });
  return decoded;
};

/** What came since the user's last words. */
interface Turn {
  answer: LatestMessage;
  /** A stream tells one message in pieces of the same id. */
  messageId: unknown;
  failure: ToldFailure | undefined;
}

function newTurn(): Turn {
  return { answer: latestMessage(), messageId: undefined, failure: undefined };
}

/** All messages of a document, or the one of a stream's event. */
function messagesIn(event: JsonObject): JsonObject[] {
  if (event.type === "message") {
    return [isObject(event.message) ? event.message : event];
  }
  return listField(event, "messages").filter(isObject);
}

/** Words of the user; results of tools come in the user's name, too. */
function isPrompt(message: JsonObject): boolean {
  return message.role === "user" && isVisible(message) && contentText(message.content) !== "";
}

/** Summaries and the like pass between goose and its model alone. */
function isVisible(message: JsonObject): boolean {
  return field(message, "metadata", "userVisible") !== false;
}

function readMessage(message: JsonObject, turn: Turn): void {
  if (message.role !== "assistant" || !isVisible(message)) {
    turn.answer.end();
    return;
  }
  const failure = failureIn(message);
  if (failure !== undefined) {
    turn.failure = failure;
    return;
  }
  if (message.id !== turn.messageId) turn.answer.end();
  turn.messageId = message.id;
  const text = contentText(message.content);
  turn.answer.add(text);
  // An error that was followed by an answer was overcome.
  if (text.trim() !== "") turn.failure = undefined;
}

/** What stands before an error that is told as the assistant's words, or behind it. */
const ERROR_TEXT = /^Ran into this error: /;
const RESEND =
  /\s*(?:Please add credits to your account, then|Please) resend your message to [^.]*\.\s*$/;

/** What kinds of errors mean; the others are left to the message. */
const KINDS: Readonly<Record<string, ErrorCode>> = {
  authentication: "auth",
  rate_limit: "quota",
  rate_limit_exceeded: "quota",
  credits_exhausted: "quota",
  server_error: "transient",
  network_error: "transient",
};

function failureIn(message: JsonObject): ToldFailure | undefined {
  const error = listField(message, "content").find((part) => field(part, "type") === "error");
  const text = error === undefined ? contentText(message.content) : errorMessage(error) ?? "error";
  if (error === undefined && !ERROR_TEXT.test(text) && !RESEND.test(text)) return undefined;
  const kind = textField(error, "kind") ?? "";
  const code = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
  return fill(toldFailure(withoutAdvice(text)), { code });
}

function withoutAdvice(text: string): string {
  return text.replace(ERROR_TEXT, "").replace(RESEND, "").replace(
    /\s*Please retry if you think this is a .*$/s,
    "",
  );
}

/** Before a session has begun, goose tells its errors as plain text on standard output. */
function plainError(stdout: OutputText): ToldFailure | undefined {
  const message: string[] = [];
  for (const text of plainLines(stdout.lines())) {
    const line = text.trim();
    const first = /^error: (.*)$/i.exec(line)?.[1];
    if (first !== undefined || (message.length > 0 && line !== "")) message.push(first ?? line);
    if (message.length === 5) break;
  }
  return message.length > 0 ? toldFailure(message.join(" ")) : undefined;
}
