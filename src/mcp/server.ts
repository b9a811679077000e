/** The MCP server: the same tools and resources for every client, transport and protocol era. */
import { type CallToolResult, McpServer } from "@modelcontextprotocol/server";
import { z } from "zod";
import type { Clock } from "../lib/clock.ts";
import type { Redactor } from "../lib/redact.ts";
import type { TappedLog } from "../lib/tapped_log.ts";
import type { Health } from "../engine/health_shape.ts";
import type { Metrics } from "../engine/metrics_shape.ts";
import { asker } from "./ask_client.ts";
import { callTool } from "./call_tool.ts";
import { registerCatalogResources } from "./catalog_resources.ts";
import type { Connection } from "./connection.ts";
import { InputNeeded } from "./consent.ts";
import { serveJobMessages } from "./job_messages.ts";
import { registerJobResources } from "./job_resources.ts";
import type { News } from "./news.ts";
import { jobTasks, taskOf } from "./job_tasks.ts";
import { progressSink } from "./progress_sink.ts";
import { registerStateResources } from "./state_resources.ts";
import { refuseOtherRevisions } from "./served_revision.ts";
import { serveSubscriptions } from "./subscriptions.ts";
import { describeTool, type Tool, type ToolContext } from "./tools/define_tool.ts";
import { createdTask, serveTasks, takesTasks, type TaskSource } from "./tasks.ts";
import { TOOLS } from "./tools/registry.ts";
import { status } from "./tools/status.ts";
import { refuseUnknownTools } from "./unknown_tools.ts";
import { tellWrongParams } from "./wrong_params.ts";

/** What a server is built from. */
export interface ServerParts {
  version: string;
  /** The working parts; they may still be being built when the first client connects. */
  context(): Promise<Omit<ToolContext, "signal" | "principal" | "progress">>;
  /** How everything is; also where the parts cannot be built. */
  health(principal: string): Promise<Health>;
  /** What this client should know, whatever it asks for. */
  news: News;
  /** What the CLIs did. @throws AimuxError */
  metrics(): Promise<Metrics>;
  principal: string;
  connection: Connection;
  clock: Clock;
  log: TappedLog;
  redact: Redactor;
}

const INSTRUCTIONS = [
  "aimux runs prompts on the AI coding CLIs of this machine.",
  "exec runs one prompt by role or CLI; status waits for a job that takes longer; sessions lists,",
  "cancels and cleans up. Every result says what can be done next, with calls that work as they",
  "stand. A job goes on when a call returns early: never start the same task twice.",
].join(" ");

/** The lists only change with the program, and are the same for everybody. */
const LIST_HINT = { ttlMs: 300_000, cacheScope: "public" as const };
const CACHE_HINTS = {
  "server/discover": LIST_HINT,
  "tools/list": LIST_HINT,
  "resources/list": LIST_HINT,
  "resources/templates/list": LIST_HINT,
};

/** Builds one server instance; the SDK asks for one for each connection. */
export function createMcpServer(parts: ServerParts): McpServer {
  const { era, lasting } = parts.connection;
  const capabilities = {
    // The lists are the same for as long as the program runs.
    tools: { listChanged: false },
    resources: { listChanged: false, subscribe: lasting || era === "modern" },
    ...tellsMessages(parts.connection) && { logging: {} },
  };
  const server = new McpServer(
    { name: "aimux", title: "aimux", version: parts.version },
    { capabilities, instructions: INSTRUCTIONS, cacheHints: CACHE_HINTS },
  );
  const gone = new AbortController();
  server.server.onclose = () => gone.abort();
  for (const tool of TOOLS) register(server, tool, parts);
  registerStateResources(server, {
    "aimux://health": () => parts.health(parts.principal),
    "aimux://metrics": () => parts.metrics(),
  });
  registerJobResources(server, parts);
  registerCatalogResources(server, parts);
  tellWrongParams(server);
  refuseUnknownTools(server, TOOLS.map(({ name }) => name));
  if (era === "modern") {
    refuseOtherRevisions(server);
    serveTasks(server, tasksOf(parts));
  }
  serveSubscriptions(server, { ...parts, closed: gone.signal });
  if (tellsMessages(parts.connection)) serveJobMessages(server, { ...parts, closed: gone.signal });
  return server;
}

/** The jobs of the caller as tasks. */
function tasksOf(parts: ServerParts): TaskSource {
  const { principal, context } = parts;
  return jobTasks({
    principal,
    context,
    resultOf: (jobId) =>
      callTool(status, { job_id: jobId }, {
        ...parts,
        request: jobId,
        ask: () => Promise.resolve("unable"),
        context: async () => ({
          ...await context(),
          principal,
          signal: new AbortController().signal,
        }),
      }),
  });
}

/** The new era has no messages but those that belong to a request. */
function tellsMessages({ era, lasting }: Connection): boolean {
  return era === "legacy" && lasting;
}

/** A result that comes so soon needs no task. */
const TASK_WAIT_SECONDS = 1;

function register(
  server: McpServer,
  tool: Tool,
  { context, principal, connection, clock, log, redact, news }: ServerParts,
): void {
  /** A task where the work goes on after the call. */
  async function taskFor(
    result: CallToolResult,
    jobOf: NonNullable<Tool["task"]>,
  ): Promise<CallToolResult> {
    const id = jobOf(result.structuredContent as Record<string, unknown>);
    const parts = await context();
    const job = id === undefined ? undefined : parts.store.jobs.find(id, principal);
    return job ? createdTask(taskOf(job, parts)) : result;
  }

  server.registerTool(
    tool.name,
    {
      title: tool.title,
      description: describeTool(tool.description),
      inputSchema: unchecked(tool.input, "input"),
      outputSchema: unchecked(tool.output, "output"),
      annotations: tool.annotations,
    },
    async (given, ctx) => {
      const { id, signal, _meta, notify } = ctx.mcpReq;
      const progress = progressSink(_meta?.progressToken, clock, notify);
      const jobOf = takesTasks(ctx) ? tool.task : undefined;
      try {
        const result = await callTool(tool, given, {
          context: async () => ({
            ...await context(),
            principal,
            signal,
            ...progress && { progress },
          }),
          clock,
          log,
          redact,
          request: id,
          news,
          ask: asker(server, connection, ctx),
          ...jobOf && {
            longestWaitSeconds: TASK_WAIT_SECONDS,
            asTask: (payload) => jobOf(payload) !== undefined,
          },
        });
        return jobOf ? await taskFor(result, jobOf) : result;
      } catch (error) {
        if (error instanceof InputNeeded) return error.result;
        throw error;
      }
    },
  );
}

/**
 * A schema that is announced to clients but not enforced by the SDK: what it would refuse it
 * reports as bare text, while a refusal here has a code and a hint.
 */
function unchecked(schema: z.ZodType, io: "input" | "output") {
  const announced = () => announcedSchema(schema, io);
  return {
    "~standard": {
      version: 1 as const,
      vendor: "aimux",
      validate: (value: unknown) => ({ value: value as Record<string, unknown> }),
      jsonSchema: { input: announced, output: announced },
    },
  };
}

/** Made once for all server instances: over HTTP there is one for each request. */
const announcedSchemas = new WeakMap<z.ZodType, Record<string, unknown>>();

function announcedSchema(schema: z.ZodType, io: "input" | "output"): Record<string, unknown> {
  let json = announcedSchemas.get(schema);
  if (!json) {
    json = z.toJSONSchema(schema, { io, unrepresentable: "any" }) as Record<string, unknown>;
    announcedSchemas.set(schema, json);
  }
  return json;
}
