/** The JSON that Claude Code prints. */
import type { Invocation } from "../cli.ts";
import type { Failure } from "../failures.ts";

const COST = 0.00018399999999999997;

/** `usage` is the run's own; `modelUsage` and the cost are the conversation's. */
export function resultOf(id: string, result: string, model: string, turn: number) {
  return {
    duration_api_ms: 38,
    stop_reason: "end_turn",
    session_id: id,
    total_cost_usd: COST * turn,
    usage: {
      input_tokens: 11,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
      output_tokens: 7,
      output_tokens_details: { thinking_tokens: 0 },
      ...USAGE_REST,
    },
    modelUsage: modelUsage(model, turn),
    permission_denials: [],
    terminal_reason: "completed",
    ...MODES_AND_AGENTS,
    is_error: false,
    num_turns: 1,
    subtype: "success",
    api_error_status: null,
    result,
    ttft_ms: 525,
    type: "result",
    duration_ms: 543,
    uuid: crypto.randomUUID(),
    ttft_stream_ms: 524,
    time_to_request_ms: 505,
    first_content_frame_ms: 524,
    queued_turn_count: 0,
    result_index: 0,
  };
}

/** The subtype stays "success" also for an error. */
export function errorOf(id: string, failure: Failure) {
  const { kind, type, message } = failure;
  const status = failure.status ?? null;
  const api = status === null ? {} : { api_error_type: type };
  return {
    duration_api_ms: 0,
    stop_reason: "stop_sequence",
    session_id: id,
    total_cost_usd: 0,
    usage: {
      output_tokens_details: { thinking_tokens: 0 },
      input_tokens: 0,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
      output_tokens: 0,
      ...USAGE_REST,
    },
    modelUsage: {},
    permission_denials: [],
    terminal_reason: "api_error",
    ...MODES_AND_AGENTS,
    is_error: true,
    num_turns: 1,
    subtype: "success",
    api_error_status: status,
    ...api,
    result: kind === "login"
      ? "Not logged in · Please run /login"
      : kind === "auth"
      ? `Failed to authenticate. API Error: ${status} ${message}`
      : `API Error: ${[status, message].filter((part) => part !== null).join(" ")}`,
    type: "result",
    duration_ms: 810,
    uuid: crypto.randomUUID(),
    queued_turn_count: 0,
    result_index: 0,
  };
}

/** The usage of the whole conversation; its keys come in another order on a resume. */
export function modelUsage(model: string, turn: number) {
  const tokens = { inputTokens: 11 * turn, outputTokens: 7 * turn };
  const cache = { cacheReadInputTokens: 0, cacheCreationInputTokens: 0 };
  const ephemeral = {
    cacheCreationEphemeral5mInputTokens: 0,
    cacheCreationEphemeral1hInputTokens: 0,
  };
  const cost = { webSearchRequests: 0, costUSD: COST * turn };
  const limits = { contextWindow: 1000000, maxOutputTokens: 128000 };
  const counts = turn === 1
    ? { ...tokens, ...cache, ...cost, ...limits, thinkingTokens: 0, ...ephemeral }
    : { ...tokens, thinkingTokens: 0, ...cache, ...ephemeral, ...cost, ...limits };
  return {
    [model]: { ...counts, canonicalModel: model, provider: "firstParty", costBasis: "list" },
  };
}

/** The message of a stream that holds the answer. */
export function assistantEvent(id: string, model: string, text: string) {
  return {
    type: "assistant",
    message: {
      id: "msg_mock",
      type: "message",
      role: "assistant",
      model,
      stop_sequence: null,
      content: [{ type: "text", text }],
      stop_reason: null,
      usage: { input_tokens: 11, output_tokens: 1 },
      context_management: null,
    },
    parent_tool_use_id: null,
    session_id: id,
    uuid: crypto.randomUUID(),
    timestamp: new Date().toISOString(),
  };
}

/** The first event of a stream. */
export function initEvent(
  id: string,
  call: Invocation,
  settings: { model: string; mode: string | undefined },
) {
  return {
    type: "system",
    subtype: "init",
    cwd: call.cwd,
    session_id: id,
    tools: ["Task", "Bash", "Edit", "Read", "WebFetch", "WebSearch", "Write"],
    mcp_servers: [],
    model: settings.model,
    permissionMode: settings.mode ?? "default",
    slash_commands: ["debug", "code-review", "compact", "config", "context"],
    terminal_slash_commands: ["doctor", "color"],
    apiKeySource: "ANTHROPIC_API_KEY",
    claude_code_version: "2.1.330",
    output_style: "default",
    agents: ["claude", "Explore", "general-purpose", "Plan"],
    skills: ["debug", "code-review"],
    plugins: [{ name: "cc-plugin-agents-md", path: "builtin", source: "builtin" }],
    capabilities: ["interrupt_receipt_v1"],
    analytics_disabled: false,
    product_feedback_disabled: false,
    served_by_anthropic: false,
    uuid: crypto.randomUUID(),
    memory_paths: {
      auto: `${call.env["HOME"]}/.claude/projects/${call.cwd.replaceAll("/", "-")}/memory/`,
    },
    original_cwd: call.cwd,
    additional_directories: [],
    messaging_socket_path: `/run/cc-socks/${Deno.pid}.sock`,
    fast_mode_state: "off",
    fast_mode_disabled_reason: "sdk_opt_in_required",
    per_turn_effort_active: true,
    ultrathink_available: false,
    ultrathink_typed_raises: false,
    view_mode: "default",
  };
}

const USAGE_REST = {
  server_tool_use: { web_search_requests: 0, web_fetch_requests: 0 },
  service_tier: "standard",
  cache_creation: { ephemeral_1h_input_tokens: 0, ephemeral_5m_input_tokens: 0 },
  inference_geo: "",
  iterations: [],
  speed: "standard",
  fallback_credit: null,
};

const MODES_AND_AGENTS = {
  fast_mode_state: "off",
  fast_mode_disabled_reason: "sdk_opt_in_required",
  subagent_stats: {
    spawned: 0,
    requested: { background: 0, foreground: 0, unset: 0 },
    started_in_background: 0,
    max_depth: 0,
    spawned_by_subagents: 0,
    completed: 0,
    failed: 0,
    killed: { parent: 0, user: 0, system: 0 },
    refused: { depth_limit: 0, concurrency_limit: 0, budget: 0 },
    by_type: {},
  },
  safety_stops: 0,
};
