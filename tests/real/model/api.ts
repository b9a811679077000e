/** One way in which a CLI can talk to a model. */
import type { Behaviour } from "./behaviour.ts";
import type { Reply } from "./reply.ts";
import type { ModelRequest } from "./request.ts";

/** JSON as it came. */
// deno-lint-ignore no-explicit-any -- the bodies of four APIs, whose shapes are what is read
export type Body = any;

/** What a request of this API is, and how its answers look. */
export interface Api {
  /** Reads a request; undefined where the path is none of a model's turn. */
  read(path: string, body: Body): ModelRequest | undefined;
  /** The whole answer as a JSON document. */
  whole(reply: Reply, request: ModelRequest): unknown;
  /** The answer as server-sent events: the text of each, pieces of the answer one by one. */
  events(reply: Reply, request: ModelRequest): SentEvent[];
  /** The body of a failure. */
  error(status: NonNullable<Behaviour["status"]>, message: string): unknown;
}

/** A server-sent event. */
export interface SentEvent {
  /** Its name, where the API gives it one. */
  event?: string;
  data: unknown;
}

/** The tokens that every answer says it took, as in the recordings. */
export const TOKENS = { input: 11, output: 7 } as const;

/** The text in about four pieces. */
export function pieces(text: string): string[] {
  const size = Math.max(1, Math.ceil(text.length / 4));
  const found = text.match(new RegExp(`[^]{1,${size}}`, "gu"));
  return found ?? [];
}

/** The text of a content: a string, or a list of parts of which those with text count. */
export function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((part) => part?.text ?? "").filter(Boolean).join("\n");
}
