/** What arrived at the model server, whatever API it came by. */

/** One message of the history that a CLI sent. */
export interface Message {
  role: "system" | "user" | "assistant" | "tool";
  text: string;
}

/** A tool that a CLI offers to the model. */
export interface Tool {
  name: string;
  /** Under which it is offered, where the API has such. */
  namespace?: string;
  /** Names of its arguments with their JSON schemas; absent for one that takes free text. */
  properties?: Readonly<Record<string, unknown>>;
  required?: readonly string[];
}

/** A request of a model's turn. */
export interface ModelRequest {
  api: "chat" | "responses" | "anthropic" | "gemini";
  path: string;
  model: string;
  /** The level of thinking that was asked for, as the API writes it. */
  effort?: string;
  stream: boolean;
  /** The history, instructions first. */
  messages: Message[];
  tools: Tool[];
  /** The key, as its header has it. */
  key?: string;
  /** All of it, as it came. */
  body?: unknown;
}

/** The user's messages. */
export function userMessages({ messages }: Pick<ModelRequest, "messages">): Message[] {
  return messages.filter(({ role }) => role === "user");
}

/** How often tools have answered; several answers in a row are those of one round. */
export function toolRounds({ messages }: Pick<ModelRequest, "messages">): number {
  return messages.filter(({ role }, at) => role === "tool" && messages[at - 1]?.role !== "tool")
    .length;
}
