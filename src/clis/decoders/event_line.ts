/** What an event of a running CLI says to a person, in one line. */
import { contentText } from "./content_text.ts";
import { field, isObject, type JsonObject, listField, textField } from "./fields.ts";
import { errorMessage } from "./told_failure.ts";

/**
 * The line that an event of any of the CLIs stands for: what the assistant says or thinks, the
 * command or tool that it uses, an error. Undefined for bookkeeping, and for what only repeats the
 * prompt.
 */
export function eventLine(event: JsonObject): string | undefined {
  if (roleOf(event) === "user" || event.type === "user") return undefined;
  const inner = innerOf(event);
  for (const read of [tool, speech, complaint]) {
    const line = lastLine(read(inner));
    if (line !== undefined) return line;
  }
  return undefined;
}

/** The part that says something: an item (codex), a part (opencode), an event within an event. */
function innerOf(event: JsonObject): JsonObject {
  for (const key of ["item", "part", "event"]) {
    const inner = event[key];
    if (isObject(inner)) return inner;
  }
  return event;
}

function roleOf(event: JsonObject): string | undefined {
  return textField(event, "role") ?? textField(event, "message", "role");
}

function tool(event: JsonObject): string | undefined {
  const command = textField(event, "command");
  if (command !== undefined) return `$ ${firstLine(command)}`;
  const path = textField(listField(event, "changes")[0], "path");
  if (path !== undefined) return `changes ${path}`;
  const type = textField(event, "type") ?? "";
  const [block] = toolBlocks(event);
  const call = block ?? (/tool/i.test(`${type}${event.contentType ?? ""}`) ? event : undefined);
  const name = call && NAMES.map((key) => textField(call, key)).find((found) => found);
  const title = textField(call, "state", "title") ?? argument(call);
  return name && (title ? `${name}: ${firstLine(title)}` : name);
}

const NAMES = ["toolName", "tool_name", "tool", "name"];

/** What a tool is used on, where one of the usual arguments tells. */
function argument(call: unknown): string | undefined {
  for (const input of ["input", "args", "parameters", "arguments"]) {
    for (const key of ["command", "file_path", "filePath", "path", "pattern", "query", "url"]) {
      const found = textField(call, input, key);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function toolBlocks(event: JsonObject): readonly unknown[] {
  const blocks = [...listField(event, "message", "content"), ...listField(event, "content")];
  return blocks.filter((block) => textField(block, "type") === "tool_use");
}

const SPOKEN = ["accumulated", "text", "delta", "content", "message", "query"];

function speech(event: JsonObject): string | undefined {
  for (const key of SPOKEN) {
    const value = event[key];
    if (isObject(value) && !("content" in value) && !("text" in value)) continue;
    const text = contentText(value);
    if (text.trim() !== "") return text;
  }
  return undefined;
}

function complaint(event: JsonObject): string | undefined {
  return field(event, "error") === undefined ? undefined : errorMessage(event);
}

function firstLine(text: string): string {
  return text.trim().split("\n", 1)[0]!.trim();
}

function lastLine(text: string | undefined): string | undefined {
  return text?.trim().split("\n").at(-1)?.trim() || undefined;
}
