/** The Tasks extension (`io.modelcontextprotocol/tasks`) of the new era: work as a task that is polled. */
import {
  type CallToolResult,
  CLIENT_CAPABILITIES_META_KEY,
  type McpServer,
  MissingRequiredClientCapabilityError,
  ProtocolError,
  ProtocolErrorCode,
  type ServerContext,
} from "@modelcontextprotocol/server";
import { z } from "zod";
import { tap } from "./tap.ts";

/** The extension's name. */
export const TASKS_EXTENSION = "io.modelcontextprotocol/tasks";

/** What is told of a task, as the extension names it. */
export interface TaskFields {
  taskId: string;
  status: "working" | "input_required" | "completed" | "failed" | "cancelled";
  /** What it does, for a person. */
  statusMessage?: string;
  /** ISO 8601, UTC. */
  createdAt: string;
  lastUpdatedAt: string;
  /** For how long it can be asked for, from its creation. */
  ttlMs: number | null;
  pollIntervalMs?: number;
}

/** A task with what has come of it. */
export interface Task extends TaskFields {
  /** With `completed`: what the call would have returned. */
  result?: CallToolResult;
  /** With `failed`: a failure of the protocol; that of a tool is a result. */
  error?: { code: number; message: string };
  /** With `input_required`: what the client is asked, by a key for each. */
  inputRequests?: Record<string, unknown>;
}

/** Where tasks are. */
export interface TaskSource {
  /** Nothing where there is none, also for whom it does not exist. */
  find(id: string): Promise<Task | undefined>;
  /** Asks a task to end; of no effect on one that has ended. */
  cancel(id: string): Promise<void>;
  /** Takes answers to what a task has asked; what it has not asked is ignored. */
  answer(id: string, answers: Record<string, unknown>): Promise<void>;
}

/** Whether the client of this request takes a task in place of a result. */
export function takesTasks({ mcpReq: { envelope } }: ServerContext): boolean {
  const { [CLIENT_CAPABILITIES_META_KEY]: capabilities } = (envelope ?? {}) as Record<
    string,
    { extensions?: Record<string, unknown> } | undefined
  >;
  return capabilities?.extensions?.[TASKS_EXTENSION] !== undefined;
}

/** @throws MissingRequiredClientCapabilityError where the client does not take tasks */
export function requireTasks(ctx: ServerContext): void {
  if (takesTasks(ctx)) return;
  throw new MissingRequiredClientCapabilityError({
    requiredCapabilities: { extensions: { [TASKS_EXTENSION]: {} } },
  });
}

/**
 * A task in place of a tool's result. The SDK knows no such result: it is given one that it takes for
 * a tool's, and {@linkcode sendTasks} takes away what that needs.
 */
export function createdTask(task: TaskFields): CallToolResult {
  return { resultType: "task", ...task, content: [], structuredContent: {} };
}

/** Announces the extension and serves `tasks/get`, `tasks/update` and `tasks/cancel`. */
export function serveTasks(server: McpServer, source: TaskSource): void {
  server.server.registerCapabilities({ extensions: { [TASKS_EXTENSION]: {} } });
  sendTasks(server);
  const taskId = z.string();
  const result = z.looseObject({});

  server.server.setRequestHandler(
    "tasks/get",
    { params: z.looseObject({ taskId }), result },
    async ({ taskId }, ctx) => {
      requireTasks(ctx);
      return { ...await find(taskId) };
    },
  );
  server.server.setRequestHandler(
    "tasks/update",
    {
      params: z.looseObject({
        taskId,
        inputResponses: z.record(z.string(), z.unknown()).optional(),
      }),
      result,
    },
    async ({ taskId, inputResponses }, ctx) => {
      requireTasks(ctx);
      await find(taskId);
      // The SDK takes the answers out of the parameters where it knows their shape.
      const answers = inputResponses ?? ctx.mcpReq.inputResponses ?? {};
      await source.answer(taskId, answers as Record<string, unknown>);
      return {};
    },
  );
  server.server.setRequestHandler(
    "tasks/cancel",
    { params: z.looseObject({ taskId }), result },
    async ({ taskId }, ctx) => {
      requireTasks(ctx);
      await find(taskId);
      await source.cancel(taskId);
      return {};
    },
  );

  async function find(id: string): Promise<Task> {
    const task = await source.find(id);
    if (task) return task;
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, `No task "${id}"`, { taskId: id });
  }
}

function sendTasks(server: McpServer): void {
  tap(server, {
    sent(message) {
      if (!("result" in message) || message.result["resultType"] !== "task") return message;
      const { content: _, structuredContent: __, ...result } = message.result;
      return { ...message, result };
    },
  });
}
