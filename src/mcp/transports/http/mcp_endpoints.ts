/** The endpoints that a server has, by their paths. */
import type { Endpoint } from "./endpoint.ts";
import { createSseEndpoints, type SseParts } from "./sse_endpoints.ts";
import { createStreamableEndpoint, type StreamableParts } from "./streamable_endpoint.ts";

/** What they are built from, and which there are. */
export interface McpEndpointParts extends StreamableParts, SseParts {
  /** Whether there is `/mcp`. */
  streamable: boolean;
  /** Whether there are `/sse` and `/messages`. */
  sse: boolean;
}

/** All of them. */
export interface McpEndpoints {
  endpoints: ReadonlyMap<string, Endpoint>;
  /** Where clients begin. */
  paths: string[];
  /** Resolves when no request that came by `/messages` is unanswered. */
  answered(): Promise<void>;
  /** Ends what is open. */
  close(): Promise<void>;
}

/** Makes them. */
export function createMcpEndpoints(
  { streamable, sse, ...parts }: McpEndpointParts,
): McpEndpoints {
  const http = streamable ? createStreamableEndpoint(parts) : undefined;
  const events = sse ? createSseEndpoints("/messages", parts) : undefined;
  return {
    endpoints: new Map([
      ...http ? [["/mcp", http.answer] as const] : [],
      ...events ? [["/sse", events.stream] as const, ["/messages", events.messages] as const] : [],
    ]),
    paths: [...http ? ["/mcp"] : [], ...events ? ["/sse"] : []],
    answered: async () => await events?.answered(),
    async close() {
      await Promise.all([http?.close(), events?.close()]);
    },
  };
}
