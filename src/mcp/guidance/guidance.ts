/** What every answer says about what to do next. */
import { z } from "zod";

/** One way to go on. */
export interface Path {
  /** When to choose it. */
  when: string;
  /** A call that works as it stands, where the way is a call. */
  next_call?: { tool: string; arguments: Record<string, unknown> };
  /** What to expect after it. */
  then: string;
}

/** The guidance fields of a result. */
export interface Guidance {
  /** Where the work stands, as one word. */
  state: string;
  you_are_here: string;
  /** What the answer does not cover. */
  coverage_gaps: string[];
  choose_your_path: Record<string, Path>;
  stop_conditions: string[];
  do_not: string[];
}

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
  given: Pick<Guidance, "state" | "you_are_here"> & Partial<Guidance>,
): Guidance {
  return { coverage_gaps: [], choose_your_path: {}, stop_conditions: [], do_not: [], ...given };
}
