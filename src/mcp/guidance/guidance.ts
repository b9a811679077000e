/** What every answer says about what to do next. */
import { z } from "zod";
import type { ErrorCode } from "../../lib/errors.ts";
import { JOB_STATUSES } from "../../store/job.ts";

/** Every state that a result can tell; docs/results.md says what each means. */
export const STATES = [
  ...JOB_STATUSES,
  "refused",
  "missing",
  "unavailable",
  "listed",
  "empty",
  "cancelling",
  "killed",
  "collected",
  "idle",
  "busy",
  "full",
  "queueing",
  "unusable",
] as const;

/** Where the work stands. */
export type State = (typeof STATES)[number];

/** A call of a tool that works as it stands. */
export interface NextCall {
  tool: string;
  arguments: Record<string, unknown>;
}

/** One way to go on. */
export interface Path {
  /** When to choose it. */
  when: string;
  /** Where the way is a call. */
  next_call?: NextCall;
  /** What to expect after it; where there is no call, what to do. */
  then: string;
}

/** The guidance fields of a result. */
export interface Guidance {
  /** Where the work stands, as one word. */
  state: State;
  you_are_here: string;
  /** What the answer does not cover. */
  coverage_gaps: string[];
  choose_your_path: Record<string, Path>;
  stop_conditions: string[];
  do_not: string[];
}

/** The arguments of a call as its caller gave them; only where it was refused may they be wrong. */
export type Call = Readonly<Record<string, unknown>>;

/** An error as the caller is told it. */
export interface ToldError {
  code: ErrorCode;
  message: string;
  hint?: string;
  details?: Record<string, unknown>;
}

/** What came of a call that was told as an error. */
export interface Refusal {
  error: ToldError;
  /** The arguments as they were probably meant, where they were wrong and that is plain. */
  corrected?: Call;
  payload?: undefined;
}

/** What came of a call. */
export type Outcome<Payload> = { payload: Payload; error?: undefined } | Refusal;

/** What a tool says about what to do next. Pure. */
export type Policy<Payload> = (call: Call, outcome: Outcome<Payload>) => Guidance;

/** The guidance fields in an output schema. */
export const guidanceShape = {
  state: z.string().optional().describe("Where the work stands, as one word"),
  you_are_here: z.string().optional().describe("The same as a sentence"),
  coverage_gaps: z.array(z.string()).optional().describe("What the answer does not cover"),
  choose_your_path: z.record(
    z.string(),
    z.object({
      when: z.string().describe("When to choose it"),
      next_call: z.object({
        tool: z.string().describe("Its name"),
        arguments: z.record(z.string(), z.unknown()).describe("To be passed as they are"),
      }).optional().describe("A call that works as it stands, where the way is a call"),
      then: z.string().describe("What to expect after it, or what to do"),
    }),
  ).optional().describe("Ways to go on, by name"),
  stop_conditions: z.array(z.string()).optional().describe("When to stop"),
  do_not: z.array(z.string()).optional().describe("What would make it worse"),
};

/** Guidance with empty lists filled in. */
export function guidance(
  { state, you_are_here, ...given }:
    & Pick<Guidance, "state" | "you_are_here">
    & Partial<Guidance>,
): Guidance {
  return {
    state,
    you_are_here,
    coverage_gaps: [],
    choose_your_path: {},
    stop_conditions: [],
    do_not: [],
    ...given,
  };
}
