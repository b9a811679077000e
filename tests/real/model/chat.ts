/** OpenAI's Chat Completions. */
import { type Api, type Body, pieces, textOf, TOKENS } from "./api.ts";
import type { Reply } from "./reply.ts";
import type { Message, ModelRequest, Tool } from "./request.ts";

/** `POST …/chat/completions`. */
export const chat: Api = {
  read(path, body) {
    if (!path.endsWith("/chat/completions")) return undefined;
    const effort = body.reasoning_effort ?? body.reasoning?.effort;
    return {
      api: "chat",
      path,
      model: String(body.model),
      ...effort && { effort: String(effort) },
      stream: body.stream === true,
      messages: (body.messages ?? []).map(message),
      tools: (body.tools ?? []).map(tool),
    };
  },

  whole(reply, request) {
    const { finish_reason, message } = turn(reply);
    return {
      ...frame(request, "chat.completion"),
      choices: [{ index: 0, message: { role: "assistant", ...message }, finish_reason }],
      usage: USAGE,
    };
  },

  events(reply, request) {
    // One id for all of an answer: a CLI may take a piece with another for another message.
    const framed = frame(request, "chat.completion.chunk");
    const chunk = (delta: unknown, finish_reason: string | null = null) => ({
      data: {
        ...framed,
        choices: [{ index: 0, delta, finish_reason }],
      },
    });
    const { finish_reason, message } = turn(reply);
    const said = message.tool_calls
      ? [chunk({ tool_calls: message.tool_calls.map((call, index) => ({ index, ...call })) })]
      : pieces(reply.text).map((content) => chunk({ content }));
    return [
      chunk({ role: "assistant", content: "" }),
      ...said,
      chunk({}, finish_reason),
      { data: { ...framed, choices: [], usage: USAGE } },
      { data: "[DONE]" },
    ];
  },

  error: (status, message) => ({
    error: { message, type: status === 401 ? "invalid_request_error" : "error", code: status },
  }),
};

const USAGE = {
  prompt_tokens: TOKENS.input,
  completion_tokens: TOKENS.output,
  total_tokens: TOKENS.input + TOKENS.output,
};

function frame({ model }: ModelRequest, object: string) {
  return { id: `chatcmpl-${crypto.randomUUID()}`, object, created: 1, model };
}

function turn({ text, call }: Reply) {
  if (!call) return { finish_reason: "stop", message: { content: text } };
  const args = typeof call.input === "string" ? { input: call.input } : call.input;
  return {
    finish_reason: "tool_calls",
    message: {
      content: null,
      tool_calls: [{
        id: `call_${crypto.randomUUID().slice(0, 8)}`,
        type: "function",
        function: { name: call.name, arguments: JSON.stringify(args) },
      }],
    },
  };
}

function message({ role, content, tool_calls }: Body): Message {
  const calls = (tool_calls ?? []).map(({ function: { name } }: Body) => `[${name}]`);
  return {
    role: role === "developer" ? "system" : role,
    text: [textOf(content), ...calls].filter(Boolean).join("\n"),
  };
}

function tool({ function: { name, parameters = {} } }: Body): Tool {
  return { name, properties: parameters.properties ?? {}, required: parameters.required ?? [] };
}
