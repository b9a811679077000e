/** Answers to requests that no MCP server gets to see. */

import { INVALID_REQUEST } from "@modelcontextprotocol/server";
import { NOT_A_MESSAGE } from "../not_a_message.ts";

/** What the protocol leaves to servers. */
const SERVER_ERROR = -32000;

/** What a refusal says besides its status and message. */
export interface RefusalOptions {
  headers?: Record<string, string>;
  /** Of JSON-RPC. */
  code?: number;
  /** Of the request that is refused, where it is known. */
  id?: string | number | null;
}

/** A refusal, as a status and as an error of JSON-RPC. */
export function refusal(
  status: number,
  message: string,
  { headers = {}, code = SERVER_ERROR, id = null }: RefusalOptions = {},
): Response {
  return Response.json({ jsonrpc: "2.0", id, error: { code, message } }, {
    status,
    headers: { "cache-control": "no-store", ...headers },
  });
}

/** 405, with what is allowed. */
export function wrongMethod(...allowed: string[]): Response {
  return refusal(405, `Method not allowed: use ${allowed.join(" or ")}`, {
    headers: { allow: allowed.join(", ") },
  });
}

/** 400, with the id of what was meant for a request, where it has one. */
export function badMessage(message: unknown): Response {
  const id = (message as { id?: unknown } | null)?.id;
  return refusal(400, NOT_A_MESSAGE, {
    code: INVALID_REQUEST,
    id: typeof id === "string" || typeof id === "number" ? id : null,
  });
}
