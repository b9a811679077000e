/** The resources that tell how aimux is. */
import { type McpServer, ProtocolError, ProtocolErrorCode } from "@modelcontextprotocol/server";
import { AimuxError } from "../lib/errors.ts";
import { sentences } from "../lib/sentences.ts";

/** What they are called, in the order in which they are listed. */
const RESOURCES = [
  {
    name: "health",
    uri: "aimux://health",
    title: "Health",
    description:
      "Version, uptime, every CLI with path, version, state and circuit breaker, active and queued " +
      "jobs, database and log, and warnings with what to do about them",
  },
  {
    name: "metrics",
    uri: "aimux://metrics",
    title: "Metrics",
    description:
      "For each CLI and each role: requests, errors by class, latency (p50, p95, max), " +
      "tokens and cost; of all servers, kept across restarts",
  },
] as const;

/** Where their content comes from, by URI; whatever it is, it is shown as JSON. */
export type StateSources = Record<typeof RESOURCES[number]["uri"], () => Promise<object>>;

/** Registers `aimux://health` and `aimux://metrics`. */
export function registerStateResources(server: McpServer, sources: StateSources): void {
  for (const { name, uri, title, description } of RESOURCES) {
    const mimeType = "application/json";
    server.registerResource(name, uri, { title, description, mimeType }, async () => {
      const text = JSON.stringify(await sources[uri]().catch(refuse), null, 2);
      return { contents: [{ uri, mimeType, text }] };
    });
  }
}

/** A resource has no result to put an error in: it is told with its hint as one of the protocol. */
function refuse(error: unknown): never {
  if (!(error instanceof AimuxError)) throw error;
  const { code, message, hint } = error;
  throw new ProtocolError(ProtocolErrorCode.InternalError, sentences(message, hint), { code });
}
