/** Checks the arguments of a call, and tells what is wrong with them by name. */
import type { z } from "zod";
import { expectation, nearestValue, shown } from "../config/explain.ts";
import { AimuxError, type ErrorDetails } from "../lib/errors.ts";
import { nearest } from "../lib/nearest.ts";
import { correct } from "./correct.ts";
import type { Call } from "./guidance/guidance.ts";
import type { Tool } from "./tools/define_tool.ts";

/** Arguments that are refused, with what they were probably meant to be. */
export class WrongArguments extends AimuxError {
  readonly corrected: Call | undefined;

  constructor(message: string, options: ErrorDetails, corrected?: Call) {
    super("invalid_input", message, options);
    this.corrected = corrected;
  }
}

/**
 * The arguments with defaults filled in.
 *
 * @throws WrongArguments where the tool, or the action that is asked for, does not take them.
 */
export function checkArguments(tool: Tool, given: unknown): Record<string, unknown> {
  const parsed = tool.input.safeParse(given ?? {}, { reportInput: true });
  if (parsed.success) {
    checkAction(tool, parsed.data);
    return parsed.data;
  }
  const { issues } = parsed.error;
  const problems = issues.map((issue) => problemOf(issue, tool));
  throw new WrongArguments(`Invalid arguments for ${tool.name}: ${problems.join("; ")}`, {
    hint: "Correct the arguments; the tool's input schema lists them all",
    details: { problems },
  }, correct(tool.input, given));
}

/** A parameter that an action does not take would have no effect, so it is refused. */
function checkAction(tool: Tool, { action, ...given }: Record<string, unknown>): void {
  if (!("actions" in tool)) return;
  const { needs = [], takes = [] } = tool.actions[String(action)]!;
  const missing = needs.find((name) => given[name] === undefined);
  if (missing !== undefined) {
    throw new WrongArguments(`Action "${action}" needs ${missing}`, {
      hint: `Pass ${missing} from an earlier result or from action "list"`,
      details: { action, missing },
    });
  }
  const all = [...needs, ...takes];
  const stray = Object.keys(given).find((name) => given[name] !== undefined && !all.includes(name));
  if (stray !== undefined) {
    const kept = Object.entries(given).filter(([name]) => all.includes(name));
    throw new WrongArguments(`Action "${action}" takes no ${stray}`, {
      hint: all.length === 0 ? "It takes no parameters" : `It takes: ${all.join(", ")}`,
      details: { action, stray },
    }, { action, ...Object.fromEntries(kept) });
  }
}

function problemOf(issue: z.core.$ZodIssue, tool: Tool): string {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => unknownKey(key, tool)).join("; ");
  }
  const name = issue.path.join(".") || "arguments";
  const wanted = expectation(issue);
  if (issue.input === undefined) {
    return `${name} is required${issue.code === "invalid_value" ? `: ${wanted}` : ""}`;
  }
  if (wanted === undefined) return `${name}: ${issue.message}`;
  return `${name}: expected ${wanted}, found ${shown(issue.input)}${nearestValue(issue)}`;
}

function unknownKey(key: string, tool: Tool): string {
  const known = Object.keys(tool.input.shape);
  const close = nearest(key, known);
  return `there is no parameter ${JSON.stringify(key)}` +
    (close ? `, did you mean "${close}"?` : ` (there are: ${known.join(", ")})`);
}
