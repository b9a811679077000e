/** A tool is one value: everything about it in one place. */
import type { z } from "zod";
import type { Engine } from "../../engine/engine.ts";
import type { Store } from "../../store/store.ts";
import type { Clock } from "../../lib/clock.ts";
import type { Config } from "../../config/schema.ts";
import type { Guidance } from "../guidance/guidance.ts";
import type { ProgressSink } from "../progress_sink.ts";

/**
 * How long a tool may hold its caller: `sync_ok` answers from memory or the database,
 * `async_mandatory` returns a handle when the work takes long, `unknown` is not classified yet.
 */
export type Classification = "sync_ok" | "async_mandatory" | "unknown";

/** What a tool works with. */
export interface ToolContext {
  engine: Engine;
  store: Store;
  config: Config;
  clock: Clock;
  /** Whose jobs and sessions the caller sees. */
  principal: string;
  /** Aborts when the caller takes the call back. */
  signal: AbortSignal;
  /** Where the call's progress goes; absent where the caller did not ask for any. */
  progress?: ProgressSink;
}

/** The sections of a description, by which a model chooses between tools. */
export interface Description {
  what: string;
  when: string;
  why: string;
  how: string;
  not: string;
  choose: string;
}

/** All there is to say of a tool. */
export interface ToolDefinition<Input extends z.ZodType, Payload extends object> {
  name: string;
  title: string;
  classification: Classification;
  description: Description;
  input: Input;
  /** The schema of the payload and the guidance fields. */
  output: z.ZodType;
  annotations: {
    readOnlyHint: boolean;
    destructiveHint: boolean;
    idempotentHint: boolean;
    openWorldHint: boolean;
  };
  /** What to do next. Pure. */
  guidance(payload: Payload, input: z.output<Input>): Guidance;
  /** The payload for a reader; a finished answer stands first. */
  text(payload: Payload): string;
  /** Whether the payload tells of a failure. */
  failed?(payload: Payload): boolean;
  /** @throws AimuxError */
  handle(input: z.output<Input>, context: ToolContext): Promise<Payload> | Payload;
}

/** A tool of any input, as the registry holds it. */
export type Tool = ToolDefinition<z.ZodType, Record<string, unknown>>;

/** Types a tool's parts against each other. */
export function defineTool<Input extends z.ZodType, Payload extends object>(
  definition: ToolDefinition<Input, Payload>,
): Tool {
  return definition as unknown as Tool;
}

/** The description as clients get it. */
export function describeTool({ what, when, why, how, not, choose }: Description): string {
  return [
    `WHAT: ${what}`,
    `WHEN: ${when}`,
    `WHY: ${why}`,
    `HOW: ${how}`,
    `NOT: ${not}`,
    `CHOOSE: ${choose}`,
  ].join("\n\n");
}
