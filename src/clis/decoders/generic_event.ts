/** Reads an event of a CLI that aimux has no decoder for, by the names that most CLIs use. */
import type { ToldFailure, Usage } from "../decoder.ts";
import { contentText } from "./content_text.ts";
import { field, isObject, type JsonObject, textField } from "./fields.ts";
import { errorMessage, toldFailure } from "./told_failure.ts";
import { ANTHROPIC_KEYS, readUsage, type UsageKeys } from "./usage.ts";

const TEXT_KEYS = ["result", "response", "text", "content", "message", "answer", "output"];

const SESSION_KEYS = ["session_id", "sessionId", "sessionID", "thread_id", "conversation_id"];

const USAGE_KEYS: readonly UsageKeys[] = [
  ANTHROPIC_KEYS,
  { input_tokens: "inputTokens", output_tokens: "outputTokens", cached_tokens: "cacheReadTokens" },
  { input_tokens: "prompt_tokens", output_tokens: "completion_tokens" },
];

/** The text that an event tells; empty where it tells none. */
export function eventText(event: JsonObject): string {
  const item = event.item;
  if (isObject(item)) return item.type === "agent_message" ? contentText(item) : "";
  for (const key of TEXT_KEYS) {
    const text = contentText(event[key]);
    if (text !== "") return text;
  }
  return "";
}

export function eventSessionId(event: JsonObject): string | undefined {
  for (const key of SESSION_KEYS) {
    const id = textField(event, key);
    if (id !== undefined) return id;
  }
  return undefined;
}

export function eventUsage(event: JsonObject): Usage | undefined {
  for (const keys of USAGE_KEYS) {
    const usage = readUsage(event.usage, keys);
    if (usage !== undefined) return usage;
  }
  return undefined;
}

/** The failure that an event tells of, in one of the ways that leave no doubt. */
export function eventFailure(event: JsonObject): ToldFailure | undefined {
  const type = textField(event, "type") ?? "";
  const failed = event.is_error === true || event.status === "error" || type === "error" ||
    type.endsWith(".failed") || isObject(event.error);
  if (!failed) return undefined;
  const message = errorMessage(event) || eventText(event);
  const code = field(event, "error", "code");
  return toldFailure(
    message || "The output tells of an error without a message",
    typeof code === "number" ? code : undefined,
  );
}
