/** What the log says of a program call: the prompt by its length, variables by their names. */
import type { CliPlan } from "../clis/plan.ts";

/** The facts of a call. */
export function planFacts(
  { command, args, promptAt, cwd, env, stdin, file }: CliPlan,
): Record<string, unknown> {
  return {
    command,
    args: args.map((arg, at) => at === promptAt ? lengthOf(arg) : arg),
    ...stdin !== undefined && { stdin: lengthOf(stdin) },
    ...file && { file: file.path },
    cwd,
    variables: Object.keys(env).sort(),
  };
}

function lengthOf(prompt: string): string {
  return `<prompt, ${prompt.length} characters>`;
}
