/** Gemini's generateContent and streamGenerateContent. */
import { type Api, type Body, pieces, textOf, TOKENS } from "./api.ts";
import type { Reply } from "./reply.ts";
import type { Message, ModelRequest, Tool } from "./request.ts";

/** `POST …/models/<model>:generateContent`, or `:streamGenerateContent` for a stream. */
export const gemini: Api = {
  read(path, body) {
    const [, model, method] = /\/models\/([^/:]+):(generateContent|streamGenerateContent)$/
      .exec(path) ?? [];
    if (model === undefined) return undefined;
    const { thinkingLevel } = body.generationConfig?.thinkingConfig ?? {};
    return {
      api: "gemini",
      path,
      model,
      ...thinkingLevel && { effort: String(thinkingLevel) },
      stream: method === "streamGenerateContent",
      messages: [
        ...body.systemInstruction
          ? [{ role: "system" as const, text: textOf(body.systemInstruction.parts) }]
          : [],
        ...(body.contents ?? []).map(message),
      ],
      tools: (body.tools ?? []).flatMap(({ functionDeclarations = [] }: Body) =>
        functionDeclarations.map(tool)
      ),
    };
  },

  whole: (reply, request) => document(request, [partOf(reply)], true),

  events(reply, request) {
    const parts = reply.call ? [partOf(reply)] : pieces(reply.text).map((text) => ({ text }));
    return parts.map((part, at) => ({
      data: document(request, [part], at === parts.length - 1),
    }));
  },

  error: (code, message) => ({ error: { code, message, status: STATUSES[code] } }),
};

const STATUSES: Record<number, string> = {
  400: "INVALID_ARGUMENT",
  401: "UNAUTHENTICATED",
  404: "NOT_FOUND",
  429: "RESOURCE_EXHAUSTED",
  500: "INTERNAL",
  529: "UNAVAILABLE",
};

function document({ model }: ModelRequest, parts: unknown[], last: boolean) {
  return {
    candidates: [{
      index: 0,
      content: { role: "model", parts },
      ...last && { finishReason: "STOP" },
    }],
    usageMetadata: {
      promptTokenCount: TOKENS.input,
      candidatesTokenCount: TOKENS.output,
      totalTokenCount: TOKENS.input + TOKENS.output,
    },
    modelVersion: model,
  };
}

function partOf({ text, call }: Reply) {
  if (!call) return { text };
  const args = typeof call.input === "string" ? { input: call.input } : call.input;
  return { functionCall: { name: call.name, args } };
}

/** What a tool answered comes as a part of a user's message. */
function message({ role, parts = [] }: Body): Message {
  const answered = parts.some(({ functionResponse }: Body) => functionResponse);
  const calls = parts.flatMap(({ functionCall }: Body) =>
    functionCall ? [`[${functionCall.name}]`] : []
  );
  const results = parts.flatMap(({ functionResponse }: Body) =>
    functionResponse ? [JSON.stringify(functionResponse.response)] : []
  );
  const text = [textOf(parts), ...calls, ...results].filter(Boolean).join("\n");
  return { role: role === "model" ? "assistant" : answered ? "tool" : "user", text };
}

function tool({ name, parameters, parametersJsonSchema }: Body): Tool {
  const { properties = {}, required = [] } = parametersJsonSchema ?? parameters ?? {};
  return { name, properties, required };
}
