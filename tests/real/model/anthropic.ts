/** Anthropic's Messages. */
import { type Api, type Body, pieces, type SentEvent, textOf, TOKENS } from "./api.ts";
import type { Behaviour } from "./behaviour.ts";
import type { Reply } from "./reply.ts";
import type { Message, ModelRequest, Tool } from "./request.ts";

/** `POST …/v1/messages`. */
export const anthropic: Api = {
  read(path, body) {
    if (!path.endsWith("/v1/messages")) return undefined;
    const effort = body.output_config?.effort;
    return {
      api: "anthropic",
      path,
      model: String(body.model),
      ...effort && { effort: String(effort) },
      stream: body.stream === true,
      messages: [
        ...body.system ? [{ role: "system" as const, text: textOf(body.system) }] : [],
        ...(body.messages ?? []).flatMap(messages),
      ],
      tools: (body.tools ?? []).map(tool),
    };
  },

  whole: (reply, request) => ({
    ...frame(request),
    content: [blockOf(reply)],
    stop_reason: stopReason(reply),
    stop_sequence: null,
    usage: USAGE,
  }),

  events(reply, request) {
    const block = blockOf(reply);
    const delta = (delta: object) => ({ type: "content_block_delta", index: 0, delta });
    const start = reply.call ? { ...block, input: {} } : { type: "text", text: "" };
    const said = reply.call
      ? [delta({ type: "input_json_delta", partial_json: JSON.stringify(inputOf(reply)) })]
      : pieces(reply.text).map((text) => delta({ type: "text_delta", text }));
    const events = [
      {
        type: "message_start",
        message: { ...frame(request), content: [], stop_reason: null, usage: USAGE },
      },
      { type: "content_block_start", index: 0, content_block: start },
      ...said,
      { type: "content_block_stop", index: 0 },
      {
        type: "message_delta",
        delta: { stop_reason: stopReason(reply), stop_sequence: null },
        usage: { output_tokens: TOKENS.output },
      },
      { type: "message_stop" },
    ];
    return events.map((data): SentEvent => ({ event: data.type, data }));
  },

  error: (status, message) => ({ type: "error", error: { type: ERRORS[status], message } }),
};

const USAGE = {
  input_tokens: TOKENS.input,
  output_tokens: TOKENS.output,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
};

const ERRORS: Record<NonNullable<Behaviour["status"]>, string> = {
  400: "invalid_request_error",
  401: "authentication_error",
  404: "not_found_error",
  429: "rate_limit_error",
  500: "api_error",
  529: "overloaded_error",
};

function frame({ model }: ModelRequest) {
  return { id: `msg_${crypto.randomUUID()}`, type: "message", role: "assistant", model };
}

function stopReason({ call }: Reply): string {
  return call ? "tool_use" : "end_turn";
}

function blockOf(reply: Reply) {
  const { text, call } = reply;
  if (!call) return { type: "text", text };
  const id = `toolu_${crypto.randomUUID().slice(0, 8)}`;
  return { type: "tool_use", id, name: call.name, input: inputOf(reply) };
}

function inputOf({ call }: Reply): Record<string, unknown> {
  return typeof call?.input === "string" ? { input: call.input } : call?.input ?? {};
}

/** What a tool answered comes as a part of a user's message. */
function messages({ role, content }: Body): Message[] {
  if (!Array.isArray(content)) return [{ role, text: textOf(content) }];
  const results = content.filter(({ type }) => type === "tool_result");
  const calls = content.filter(({ type }) => type === "tool_use").map(({ name }) => `[${name}]`);
  const text = [textOf(content), ...calls].filter(Boolean).join("\n");
  const told: Message[] = results.map((result) => ({ role: "tool", text: textOf(result.content) }));
  return results.length > 0 ? told : [{ role, text }];
}

function tool({ name, input_schema: { properties = {}, required = [] } = {} }: Body): Tool {
  return { name, properties, required };
}
