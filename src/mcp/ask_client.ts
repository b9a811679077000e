/** Asks the user through the client. */
import {
  CLIENT_CAPABILITIES_META_KEY,
  type ClientCapabilities,
  inputRequired,
  inputResponse,
  type McpServer,
  SdkError,
  SdkErrorCode,
  type ServerContext,
} from "@modelcontextprotocol/server";
import type { Connection } from "./connection.ts";
import { type Answer, ANSWER_SECONDS, type Ask, InputNeeded } from "./consent.ts";

/** The way to ask the client of a request. */
export function asker(server: McpServer, { era }: Connection, { mcpReq }: ServerContext): Ask {
  const form = {
    // To accept is to allow: no field could say more.
    requestedSchema: { type: "object" as const, properties: {} },
  };
  return era === "modern" ? askByResult : askByRequest;

  function askByResult(message: string, key: string): Answer {
    const answer = inputResponse(mcpReq.inputResponses, key);
    if (answer.kind === "elicit") return ANSWERS[answer.action];
    const envelope = (mcpReq.envelope ?? {}) as Record<string, ClientCapabilities | undefined>;
    if (!takesForms(envelope[CLIENT_CAPABILITIES_META_KEY])) return "unable";
    const question = inputRequired.elicit({ message, ...form });
    throw new InputNeeded(inputRequired({ inputRequests: { [key]: question } }));
  }

  async function askByRequest(message: string): Promise<Answer> {
    if (!takesForms(server.server.getClientCapabilities())) return "unable";
    try {
      const { action } = await mcpReq.send(
        { method: "elicitation/create", params: { message, ...form } },
        { timeout: ANSWER_SECONDS * 1000, signal: mcpReq.signal },
      );
      return ANSWERS[action];
    } catch (error) {
      // No answer is no consent, whatever the reason.
      if (mcpReq.signal.aborted) return "cancelled";
      const late = error instanceof SdkError && error.code === SdkErrorCode.RequestTimeout;
      return late ? "unanswered" : "failed";
    }
  }
}

const ANSWERS = { accept: "accepted", decline: "declined", cancel: "cancelled" } as const;

/** Clients of before the modes declare an empty object. */
function takesForms(capabilities: ClientCapabilities | undefined): boolean {
  const elicitation = capabilities?.elicitation;
  return elicitation !== undefined && (elicitation.form !== undefined || !("url" in elicitation));
}
