/** The revision of the protocol that each request of the new era names. */
import {
  type McpServer,
  PROTOCOL_VERSION_META_KEY,
  UnsupportedProtocolVersionError,
} from "@modelcontextprotocol/server";
import { tap } from "./tap.ts";

const SERVED = "2026-07-28";

/**
 * Refuses requests of another revision. The SDK looks at the first request of a connection only,
 * though in the new era each stands for itself.
 */
export function refuseOtherRevisions(server: McpServer): void {
  tap(server, {
    refused(message) {
      if (!("method" in message && "id" in message)) return undefined;
      const requested = message.params?._meta?.[PROTOCOL_VERSION_META_KEY];
      if (typeof requested !== "string" || requested === SERVED) return undefined;
      const { code, message: told, data } = new UnsupportedProtocolVersionError({
        supported: [SERVED],
        requested,
      });
      return { jsonrpc: "2.0", id: message.id, error: { code, message: told, data } };
    },
  });
}
