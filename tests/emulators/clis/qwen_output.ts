/** The JSON that Qwen Code prints. */
import type { Invocation } from "../cli.ts";

/** How the last event begins. */
export function resultHead(id: string, subtype: string, isError: boolean) {
  return {
    type: "result",
    subtype,
    uuid: crypto.randomUUID(),
    session_id: id,
    is_error: isError,
    duration_ms: 699,
    duration_api_ms: 375,
    num_turns: 1,
  };
}

/** Each prompt makes two requests: its own, and one of the memory extractor. */
export function usageOf(requests: number) {
  return {
    input_tokens: 11 * requests,
    output_tokens: 7 * requests,
    cache_read_input_tokens: 0,
    total_tokens: 18 * requests,
  };
}

/** What the conversation has used, by source; only the JSON array tells it. */
export function stats(model: string, turn: number) {
  const of = (requests: number) => ({
    api: { totalRequests: requests, totalErrors: 0, totalLatencyMs: 190 * requests },
    tokens: {
      prompt: 11 * requests,
      candidates: 7 * requests,
      total: 18 * requests,
      cached: 0,
      thoughts: 0,
    },
  });
  const bySource = { main: of(turn), "managed-auto-memory-extractor": of(turn) };
  return {
    models: { [model]: { ...of(2 * turn), bySource } },
    tools: {
      totalCalls: 0,
      totalSuccess: 0,
      totalFail: 0,
      totalDurationMs: 0,
      totalDecisions: { accept: 0, reject: 0, modify: 0, auto_accept: 0 },
      byName: {},
    },
    files: { totalLinesAdded: 0, totalLinesRemoved: 0 },
    skills: { totalCalls: 0, totalSuccess: 0, totalFail: 0, byName: {} },
    generation: {
      timedRequests: 2 * turn,
      totalTtftMs: 372,
      totalGenerationDurationMs: 11,
      totalThroughputOutputTokens: 14 * turn,
      last: { model, ttftMs: 122, generationDurationMs: 2, outputTokens: 7 },
    },
  };
}

/** The event that holds the answer. */
export function assistantEvent(id: string, model: string, text: string, usage: object) {
  const uuid = crypto.randomUUID();
  return {
    type: "assistant",
    uuid,
    session_id: id,
    parent_tool_use_id: null,
    message: {
      id: uuid,
      type: "message",
      role: "assistant",
      model,
      content: [{ type: "text", text }],
      stop_reason: null,
      usage,
    },
  };
}

/** An event that only the stream has. */
export function goalEvent(id: string) {
  return {
    type: "stream_event",
    uuid: crypto.randomUUID(),
    session_id: id,
    parent_tool_use_id: null,
    event: { type: "goal_state", goal_state: { v: 2, goal: null, activity: "idle" } },
  };
}

/** The first event. */
export function initEvent({ cwd }: Invocation, id: string, mode: string, model: string) {
  return {
    type: "system",
    subtype: "init",
    uuid: id,
    session_id: id,
    cwd,
    tools: ["grep_search", "glob", "read_file", "web_fetch"],
    mcp_servers: [],
    model,
    permission_mode: mode,
    slash_commands: ["auth", "clear", "compress", "model"],
    qwen_code_version: "0.24.4",
    agents: ["general-purpose", "Explore"],
  };
}
