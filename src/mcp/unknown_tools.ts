/** Calls of tools that there are not. */
import { INVALID_PARAMS, type McpServer } from "@modelcontextprotocol/server";
import { nearest } from "../lib/nearest.ts";
import { sentences } from "../lib/sentences.ts";
import { tap } from "./tap.ts";

/** Answers them with the nearest name and all that there are; the SDK tells neither. */
export function refuseUnknownTools(server: McpServer, names: readonly string[]): void {
  tap(server, {
    refused(message) {
      if (!("method" in message && "id" in message) || message.method !== "tools/call") return;
      const name = message.params?.["name"];
      if (typeof name !== "string" || names.includes(name)) return;
      const close = nearest(name, names);
      const told = sentences(
        `Unknown tool ${JSON.stringify(name)}`,
        close && `Did you mean "${close}"?`,
        `Tools: ${names.join(", ")}`,
      );
      const error = { code: INVALID_PARAMS, message: told, data: { tool: name, valid: names } };
      return { jsonrpc: "2.0", id: message.id, error };
    },
  });
}
