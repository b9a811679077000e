/** OpenAI's Responses. */
import { type Api, type Body, pieces, type SentEvent, textOf, TOKENS } from "./api.ts";
import type { Reply } from "./reply.ts";
import type { Message, ModelRequest, Tool } from "./request.ts";

/** `POST …/responses`. */
export const responses: Api = {
  read(path, body) {
    if (!path.endsWith("/responses")) return undefined;
    const input = typeof body.input === "string"
      ? [{ role: "user", content: body.input }]
      : body.input ?? [];
    const effort = body.reasoning?.effort;
    return {
      api: "responses",
      path,
      model: String(body.model),
      ...effort && { effort: String(effort) },
      stream: body.stream === true,
      messages: [
        ...body.instructions ? [{ role: "system" as const, text: String(body.instructions) }] : [],
        ...input.flatMap(message),
      ],
      tools: (body.tools ?? []).flatMap(tool),
    };
  },

  whole: (reply, request) => finished(reply, request, itemOf(reply, request)),

  events(reply, request) {
    const item = itemOf(reply, request);
    const done = finished(reply, request, item);
    const at = { output_index: 0, item_id: item.id };
    const text = { ...at, content_index: 0 };
    const said = reply.call ? [] : [
      ["content_part.added", { ...text, part: { type: "output_text", text: "", annotations: [] } }],
      ...pieces(reply.text).map((delta) => ["output_text.delta", { ...text, delta }] as const),
      ["output_text.done", { ...text, text: reply.text }],
      ["content_part.done", { ...text, part: { type: "output_text", text: reply.text } }],
    ] as const;
    const events = [
      ["created", { response: { ...done, status: "in_progress", output: [], usage: null } }],
      ["output_item.added", { output_index: 0, item: { ...item, status: "in_progress" } }],
      ...said,
      ["output_item.done", { output_index: 0, item }],
      ["completed", { response: done }],
    ] as const;
    return events.map(([name, data], sequence_number): SentEvent => {
      const type = `response.${name}`;
      return { event: type, data: { type, sequence_number, ...data } };
    });
  },

  error: (status, message) => ({
    error: { message, type: "error", code: status === 401 ? "invalid_api_key" : String(status) },
  }),
};

function finished(_reply: Reply, { model }: ModelRequest, item: object) {
  return {
    id: `resp_${crypto.randomUUID()}`,
    object: "response",
    created_at: 1,
    status: "completed",
    model,
    output: [item],
    usage: {
      input_tokens: TOKENS.input,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: TOKENS.output,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: TOKENS.input + TOKENS.output,
    },
  };
}

function itemOf({ text, call }: Reply, _request: ModelRequest) {
  const id = crypto.randomUUID().slice(0, 8);
  if (!call) {
    return {
      id: `msg_${id}`,
      type: "message",
      role: "assistant",
      status: "completed",
      content: [{ type: "output_text", text, annotations: [] }],
    };
  }
  const { name, namespace } = call;
  const shared = {
    call_id: `call_${id}`,
    name,
    ...namespace !== undefined && { namespace },
    status: "completed",
  };
  return typeof call.input === "string"
    ? { id: `ctc_${id}`, type: "custom_tool_call", ...shared, input: call.input }
    : { id: `fc_${id}`, type: "function_call", ...shared, arguments: JSON.stringify(call.input) };
}

function message({ type, role, content, output, name }: Body): Message[] {
  switch (type ?? "message") {
    case "message":
      return [{ role: role === "developer" ? "system" : role, text: textOf(content) }];
    case "function_call":
    case "custom_tool_call":
      return [{ role: "assistant", text: `[${name}]` }];
    case "function_call_output":
    case "custom_tool_call_output":
      return [{ role: "tool", text: typeof output === "string" ? output : textOf(output) }];
    default:
      return [];
  }
}

/** A namespace holds tools of its own. */
function tool({ type, name, parameters, tools }: Body): Tool[] {
  if (type === "function") {
    const { properties = {}, required = [] } = parameters ?? {};
    return [{ name, properties, required }];
  }
  if (type === "custom") return [{ name }];
  if (Array.isArray(tools)) {
    return tools.flatMap(tool).map((each) => ({ ...each, namespace: String(name) }));
  }
  return [];
}
