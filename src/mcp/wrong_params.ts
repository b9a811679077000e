/** Parameters of the protocol's own methods that are wrong. */
import {
  INTERNAL_ERROR,
  INVALID_PARAMS,
  type JSONRPCMessage,
  type McpServer,
} from "@modelcontextprotocol/server";
import { tap } from "./tap.ts";

/** Sees to it that wrong parameters are told as such: the SDK tells an internal error, in JSON. */
export function tellWrongParams(server: McpServer): void {
  tap(server, {
    sent(message) {
      const problems = "error" in message && message.error.code === INTERNAL_ERROR
        ? problemsIn(message.error.message)
        : undefined;
      if (!problems) return message;
      const error = { code: INVALID_PARAMS, message: `Invalid parameters: ${problems.join("; ")}` };
      return { ...message, error } as JSONRPCMessage;
    },
  });
}

/** What zod found, where a message is its list of issues. */
function problemsIn(message: string): string[] | undefined {
  if (!message.startsWith("[")) return undefined;
  try {
    const issues = JSON.parse(message) as { path: PropertyKey[]; message: string }[];
    return issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  } catch {
    return undefined; // It only looked like one.
  }
}
