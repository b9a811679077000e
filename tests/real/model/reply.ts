/** What the model says to a request. */
import type { Behaviour } from "./behaviour.ts";
import { type ModelRequest, toolRounds, userMessages } from "./request.ts";
import { editCall, type KnownTools, type ToolCall } from "./tool_call.ts";

/** An answer in words, or the wish for a tool. */
export type Reply = { text: string; call?: never } | { text: string; call: ToolCall };

/** How much of a prompt an answer repeats, in characters. */
const ECHO_CHARS = 200;

/** The reply of a model that behaves so; tools that were seen before may be asked for as well. */
export function replyTo(request: ModelRequest, behaviour: Behaviour, known: KnownTools): Reply {
  const { edit, tool, by = ["write"] } = behaviour;
  const round = toolRounds(request);
  if (tool && round === 0) {
    const ends = (name: string) => name === tool.name || name.endsWith(`_${tool.name}`);
    const offered = request.tools.find(({ name, namespace }) =>
      ends(name) && (namespace ?? name).includes("aimux")
    );
    if (offered) return { text: "", call: { ...offered, input: tool.input } };
  }
  const kind = by[round];
  if (edit && kind) {
    const call = editCall(edit, kind, request.tools, known);
    if (call) return { text: "", call };
    const users = userMessages(request);
    // What was asked for in words shows in the history as the assistant's.
    const asked = request.messages.some(({ role, text }) =>
      role === "assistant" && edit.asText !== undefined && text.includes(edit.asText.trim())
    );
    if (edit.asText !== undefined && !asked && users.length > 0) return { text: edit.asText };
  }
  return { text: behaviour.answer ?? echo(request) };
}

/** `MOCK: <the beginning of the prompt> [turns=N chars=M]`: a growing N proves a history. */
function echo(request: ModelRequest): string {
  const users = userMessages(request);
  const { text = "" } = users.at(-1) ?? {};
  return `MOCK: ${text.slice(0, ECHO_CHARS)} [turns=${users.length} chars=${text.length}]`;
}
