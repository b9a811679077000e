/** The part of a profile that says where a CLI's answer stands in its JSON. */
import { z } from "zod";
import { parseSelector, SelectorError } from "../lib/selector.ts";

/** One selector, or several of which the first counts that finds something. */
const selectors = z.union([z.string(), z.array(z.string()).min(1)]).check(({ value, issues }) => {
  for (const text of listOf(value)) {
    const problem = problemOf(text);
    if (problem === undefined) continue;
    issues.push({
      code: "custom",
      message: `Invalid selector "${text}": ${problem}`,
      input: value,
    });
  }
});

/** The selectors of a key. */
export function listOf(selectors: string | readonly string[] | undefined): readonly string[] {
  return typeof selectors === "string" ? [selectors] : selectors ?? [];
}

function problemOf(text: string): string | undefined {
  try {
    const [first] = parseSelector(text).steps;
    if (first && !("index" in first)) return undefined;
    return 'Begin it with a name, such as "$.result", or with a filter: "$" is one event after the other';
  } catch (error) {
    if (error instanceof SelectorError) return error.message;
    throw error;
  }
}

/** The shape of `output` in a profile. */
export const outputSchema = z.strictObject({
  text: selectors.describe("The answer; of several events the last that has one"),
  pieces: z.boolean().default(false)
    .describe("The answer comes in pieces: what text finds is put together"),
  session_id: selectors.optional().describe("The CLI's id of its conversation"),
  usage: z.strictObject({
    of: z.enum(["run", "step", "session"]).default("run")
      .describe("What the numbers count; those of steps are added up"),
    input_tokens: selectors.optional(),
    output_tokens: selectors.optional(),
    cached_tokens: selectors.optional(),
    cost_usd: selectors.optional().describe("In US dollars"),
  }).optional(),
  error: z.strictObject({
    when: selectors.describe(
      "It finds something other than false, null, 0 and an empty text, list or map",
    ),
    message: selectors.optional().describe("Without it, or where it finds none, what text finds"),
    status: selectors.optional().describe("An HTTP status, which tells what kind of failure it is"),
  }).optional().describe("An event that tells of a failure; an answer after it makes it a warning"),
  progress: selectors.optional()
    .describe("What an event says to a person while the run goes on; without it the usual fields"),
  warnings: selectors.optional().describe("What the CLI complains about in a run that may be good"),
});

/** Where a CLI's answer stands. */
export type OutputSelectors = z.output<typeof outputSchema>;
