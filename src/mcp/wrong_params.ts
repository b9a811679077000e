/** Parameters of the protocol's own methods that are wrong. */
import {
  INTERNAL_ERROR,
  INVALID_PARAMS,
  type JSONRPCMessage,
  type McpServer,
} from "@modelcontextprotocol/server";
import { tap } from "./tap.ts";

/**
 * Sees to it that wrong parameters are told as such, in words: the SDK tells them in JSON, for most
 * methods as an internal error.
 */
export function tellWrongParams(server: McpServer): void {
  tap(server, {
    sent(message) {
      const problems = "error" in message && TOLD_AS.includes(message.error.code)
        ? problemsIn(message.error.message)
        : undefined;
      if (!problems) return message;
      const error = { code: INVALID_PARAMS, message: `Invalid parameters: ${problems.join("; ")}` };
      return { ...message, error } as JSONRPCMessage;
    },
  });
}

/** The codes with which the SDK tells them. */
const TOLD_AS: readonly number[] = [INTERNAL_ERROR, INVALID_PARAMS];

/** What zod found, where a message is its list of issues. */
function problemsIn(message: string): string[] | undefined {
  const [, list] = /^(?:Invalid \S+ request: )?(\[[^]*\])$/.exec(message) ?? [];
  if (list === undefined) return undefined;
  try {
    const issues = JSON.parse(list) as { path: PropertyKey[]; message: string }[];
    return issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  } catch {
    return undefined; // It only looked like one.
  }
}
