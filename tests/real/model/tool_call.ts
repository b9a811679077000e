/** Finds, among the tools that a CLI offers, the one for an edit, and fills in its arguments. */
import type { Edit, ToolKind } from "./behaviour.ts";
import type { Tool } from "./request.ts";

/** The wish for a tool. */
export interface ToolCall {
  name: string;
  /** Of the tool, where the API has such. */
  namespace?: string;
  /** Arguments by name, or the free text of a tool that takes such. */
  input: Record<string, unknown> | string;
}

/** The tools that were offered in earlier requests: a model may ask for what it is not offered. */
export type KnownTools = Map<string, Tool>;

const NAMES: Record<ToolKind, RegExp> = {
  write:
    /^(?:(?:developer__)?(?:write|text_editor|editor)|write_?file|write_to_file|create(?:_file)?|edit_file|save|apply_patch|builtin_create_new_file)$/i,
  shell:
    /^(?:(?:developer__)?shell|bash|exec_command|shell_command|local_shell|execute|run_(?:shell_)?commands?|execute_command|terminal)$/i,
};

/** The call for an edit, or undefined where no such tool is known. */
export function editCall(
  edit: Edit,
  kind: ToolKind,
  offered: readonly Tool[],
  known: KnownTools,
): ToolCall | undefined {
  const find = (tools: Iterable<Tool>) => [...tools].find(({ name }) => NAMES[kind].test(name));
  const tool = find(offered) ?? find(known.values());
  if (tool) return { name: tool.name, input: inputFor(tool, edit, kind) };
  // codex writes with its shell.
  const others = kind === "write" ? editCall(edit, "shell", offered, known) : undefined;
  if (others || offered.length === 0) return others;
  // None is offered; the model asks all the same.
  return kind === "write"
    ? { name: "write_file", input: { file_path: edit.path, content: edit.content } }
    : { name: "bash", input: { command: commandFor(edit) } };
}

function inputFor(tool: Tool, edit: Edit, kind: ToolKind): ToolCall["input"] {
  if (tool.name === "apply_patch") {
    const patch = patchOf(edit);
    return tool.properties ? { [Object.keys(tool.properties)[0] ?? "input"]: patch } : patch;
  }
  const { properties = {}, required = [] } = tool;
  const input: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(properties)) {
    const value = kind === "write" ? written(name, schema, edit) : run(name, schema, edit);
    if (value !== undefined) input[name] = value;
    else if (required.includes(name)) input[name] = filler(schema);
  }
  return input;
}

function written(name: string, schema: unknown, { path, content }: Edit): unknown {
  if (/^(?:file_?path|path|absolute_path|file)$/i.test(name)) return path;
  if (/^(?:content|contents|file_text|new_text|text)$/i.test(name)) return content;
  if (name === "command") return choiceOf(schema).find((word) => /create|write/.test(word));
  return undefined;
}

function commandFor({ path, content }: Edit): string {
  return `printf '%s' '${content}' > '${path}'`;
}

function run(name: string, schema: unknown, edit: Edit): unknown {
  if (!/^(?:command|cmd|commands|script|code)$/i.test(name)) return undefined;
  const line = commandFor(edit);
  const { type, items } = schema as { type?: string; items?: { type?: string } };
  if (type !== "array") return line;
  // An argument vector, or a list of lines.
  return name === "commands" || items?.type === "object" ? [line] : ["bash", "-lc", line];
}

function choiceOf(schema: unknown): string[] {
  return (schema as { enum?: string[] }).enum ?? [];
}

/** Something for an argument that must be there. */
function filler(schema: unknown): unknown {
  const { type, enum: choice } = schema as { type?: string; enum?: unknown[] };
  if (choice) return choice[0];
  if (type === "boolean") return false;
  if (type === "number" || type === "integer") return 1;
  if (type === "array") return [];
  if (type === "object") return {};
  return "Write the file";
}

function patchOf({ path, content }: Edit): string {
  const lines = content.split("\n").map((line) => `+${line}`);
  return ["*** Begin Patch", `*** Add File: ${path}`, ...lines, "*** End Patch"].join("\n");
}
