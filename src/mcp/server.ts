/** The MCP server: the same tools and resources for every client, transport and protocol era. */
import { McpServer } from "@modelcontextprotocol/server";
import { z } from "zod";
import type { Clock } from "../lib/clock.ts";
import type { Log } from "../lib/log.ts";
import type { Redactor } from "../lib/redact.ts";
import type { Health } from "../engine/health_shape.ts";
import type { Metrics } from "../engine/metrics_shape.ts";
import type { Store } from "../store/store.ts";
import { callTool } from "./call_tool.ts";
import { registerJobResources } from "./job_resources.ts";
import { progressSink } from "./progress_sink.ts";
import { registerStateResources } from "./state_resources.ts";
import { describeTool, type Tool, type ToolContext } from "./tools/define_tool.ts";
import { TOOLS } from "./tools/registry.ts";

/** What a server is built from. */
export interface ServerParts {
  version: string;
  /** The working parts; they may still be being built when the first client connects. */
  context(): Promise<Omit<ToolContext, "signal" | "principal" | "progress">>;
  /** How everything is; also where the parts cannot be built. */
  health(principal: string): Promise<Health>;
  /** What the CLIs did. @throws AimuxError */
  metrics(): Promise<Metrics>;
  principal: string;
  clock: Clock;
  log: Log;
  redact: Redactor;
}

const INSTRUCTIONS = [
  "aimux runs prompts on the AI coding CLIs of this machine.",
  "exec runs one prompt by role or CLI; status waits for a job that takes longer; sessions lists,",
  "cancels and cleans up. Every result says what can be done next, with calls that work as they",
  "stand. A job goes on when a call returns early: never start the same task twice.",
].join(" ");

/** Builds one server instance; the SDK asks for one for each connection. */
export function createMcpServer(parts: ServerParts): McpServer {
  const server = new McpServer(
    { name: "aimux", title: "aimux", version: parts.version },
    { capabilities: { tools: {}, resources: {} }, instructions: INSTRUCTIONS },
  );
  for (const tool of TOOLS) register(server, tool, parts);
  registerStateResources(server, {
    "aimux://health": () => parts.health(parts.principal),
    "aimux://metrics": () => parts.metrics(),
  });
  registerJobResources(server, {
    principal: parts.principal,
    store: async (): Promise<Store> => (await parts.context()).store,
  });
  return server;
}

function register(
  server: McpServer,
  tool: Tool,
  { context, principal, clock, log, redact }: ServerParts,
): void {
  server.registerTool(
    tool.name,
    {
      title: tool.title,
      description: describeTool(tool.description),
      inputSchema: unchecked(tool.input, "input"),
      outputSchema: unchecked(tool.output, "output"),
      annotations: tool.annotations,
    },
    (given, { mcpReq: { id, signal, _meta, notify } }) => {
      const progress = progressSink(_meta?.progressToken, clock, notify);
      return callTool(tool, given, {
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
      });
    },
  );
}

/**
 * A schema that is announced to clients but not enforced by the SDK: what it would refuse it
 * reports as bare text, while a refusal here has a code and a hint.
 */
function unchecked(schema: z.ZodType, io: "input" | "output") {
  let json: Record<string, unknown> | undefined;
  const announced = () =>
    json ??= z.toJSONSchema(schema, { io, unrepresentable: "any" }) as Record<string, unknown>;
  return {
    "~standard": {
      version: 1 as const,
      vendor: "aimux",
      validate: (value: unknown) => ({ value: value as Record<string, unknown> }),
      jsonSchema: { input: announced, output: announced },
    },
  };
}
