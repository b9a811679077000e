/** The text in a message's content, in the shapes that the CLIs give it. */
import { field, isObject, textField } from "./fields.ts";
import { printJson } from "./safe_json.ts";

/**
 * Content is a string, an object with a `text` or `content`, or a list of parts of which those of
 * type `text` count: thoughts and tool calls are no answer. An object that is none of these is an
 * answer in JSON.
 */
export function contentText(content: unknown): string {
  if (typeof content === "string") return content;
  if (Array.isArray(content)) return partsText(content);
  if (!isObject(content)) return "";
  const text = textField(content, "text") ?? textField(content, "content");
  if (text !== undefined) return text;
  if (Array.isArray(content.content)) return partsText(content.content);
  return "type" in content || Object.keys(content).length === 0 ? "" : printJson(content);
}

function partsText(parts: readonly unknown[]): string {
  return parts.map(partText).filter((text) => text !== "").join("\n\n");
}

function partText(part: unknown): string {
  if (typeof part === "string") return part;
  if (!isObject(part)) return "";
  const type = field(part, "type");
  return type === undefined || type === "text" ? textField(part, "text") ?? "" : "";
}
