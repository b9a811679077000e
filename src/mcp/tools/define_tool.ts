/** A tool is one value: everything about it in one place. */
import type { z } from "zod";
import type { Engine } from "../../engine/engine.ts";
import type { Health } from "../../engine/health_shape.ts";
import type { Store } from "../../store/store.ts";
import type { Clock } from "../../lib/clock.ts";
import type { Config } from "../../config/schema.ts";
import type { Ask } from "../consent.ts";
import type { Policy } from "../guidance/guidance.ts";
import type { ProgressSink } from "../progress_sink.ts";
import type { TrustQuestions } from "../trust_questions.ts";

/** The classes of principle P26: a long call must never trap its caller. */
export const CLASSIFICATIONS = ["sync_ok", "async_mandatory", "unknown"] as const;

/**
 * How long a call may hold its caller: `sync_ok` answers from memory or the database,
 * `async_mandatory` hands back a job when the work takes long, `unknown` is not classified yet.
 */
export type Classification = (typeof CLASSIFICATIONS)[number];

/** What a tool works with. */
export interface ToolContext {
  engine: Engine;
  store: Store;
  config: Config;
  clock: Clock;
  /** What the user is asked of projects. */
  trust: TrustQuestions;
  /** How everything is, told without starting anything. */
  health(principal: string): Promise<Health>;
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

/** Work that was started and goes on by itself. */
export interface Started<Payload> {
  /** How long this call may wait for it, 0 for not at all; `server.sync_wait_seconds` caps it. */
  waitSeconds: number;
  /** Settles when the work has ended. */
  ended: Promise<unknown>;
  /** Tells the caller, until the signal aborts, how the work goes on. */
  follow?(over: AbortSignal): Promise<void>;
  /** The result, or how far the work has come. It does not wait. */
  payload(): Payload;
  /** Ends the work, because its caller has taken the call back. */
  cancel(): Promise<unknown>;
}

/** What a call does. Work that may take long is only started here; the caller does the waiting. */
export type Work<Given, Payload> =
  | {
    classification: "sync_ok" | "unknown";
    /** @throws AimuxError */
    handle(given: Given, context: ToolContext): Promise<Payload> | Payload;
  }
  | {
    classification: "async_mandatory";
    /** @throws AimuxError where the call is refused; then nothing was started. */
    start(given: Given, context: ToolContext): Promise<Started<Payload>>;
  };

/** One value of a tool's parameter `action`. */
export type Action<Given, Payload> = Work<Given, Payload> & {
  /** What it does, as one sentence. */
  what: string;
  /** The parameters that it must be given. */
  needs?: readonly Exclude<keyof Given, "action">[];
  /** The parameters that it may be given; any other has no effect here and is refused. */
  takes?: readonly Exclude<keyof Given, "action">[];
};

/** The whole tool is one work, or each of its actions is one: none can be left out or be stale. */
type Works<Given, Payload> = Given extends { action: infer Name extends string }
  ? { actions: { [Each in Name]: Action<Given, Payload> } }
  : Work<Given, Payload>;

/** What there is to say of a tool besides its work. */
interface Face<Input extends z.ZodType, Payload> {
  name: string;
  title: string;
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
  /**
   * Asks for what the user has to allow before the work is started.
   *
   * @throws AimuxError `blocked`, or where the call would be refused anyway
   * @throws InputNeeded
   */
  consent?(given: z.output<Input>, context: ToolContext, ask: Ask): Promise<void>;
  /** What to do next, after a result as after an error. */
  guidance: Policy<Payload>;
  /** The payload for a reader; a finished answer stands first. */
  text(payload: Payload): string;
  /**
   * The payload, shortened where its text and its JSON together would take more than so many
   * tokens.
   */
  fit(payload: Payload, tokens: number): Payload;
  /** Where what was left out of the payload can be read. */
  rest?(payload: Payload): { uri: string; title: string } | undefined;
  /** The job that goes on after the call; a client that takes tasks is given one for it. */
  task?(payload: Payload): string | undefined;
  /** Whether the payload tells of a failure. */
  failed?(payload: Payload): boolean;
}

/** All there is to say of a tool. */
export type ToolDefinition<Input extends z.ZodType, Payload extends object> =
  & Face<Input, Payload>
  & Works<z.output<Input>, Payload>;

type Anything = Record<string, unknown>;

/** A tool of any input, as the registry holds it. */
export type Tool =
  & Face<z.ZodObject, Anything>
  & (Work<Anything, Anything> | { actions: Record<string, Action<Anything, Anything>> });

/** Types a tool's parts against each other. */
export function defineTool<Input extends z.ZodObject, Payload extends object>(
  definition: ToolDefinition<Input, Payload>,
): Tool {
  return definition as unknown as Tool;
}

/** What a call with these arguments does. */
export function workOf(tool: Tool, given: Anything): Work<Anything, Anything> {
  return "actions" in tool ? tool.actions[String(given["action"])]! : tool;
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
