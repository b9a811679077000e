/** From what a hook's program printed to its answer. */
import type { z } from "zod";
import { cut } from "../../lib/cut.ts";

/** How much of an output that is no answer is shown. */
const SHOWN_CHARS = 80;

/** The answer, or what is wrong with it. */
export type Understood<Answer> = { answer: Answer } | { failure: string };

/** Reads the one JSON document that a hook prints. */
export function understand<Schema extends z.ZodDiscriminatedUnion>(
  said: string,
  schema: Schema,
): Understood<z.output<Schema>> {
  if (said.trim() === "") return { failure: "it printed no answer" };
  let value: unknown;
  try {
    value = JSON.parse(said);
  } catch {
    return { failure: `it printed no JSON: ${shown(said)}` };
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return { answer: parsed.data };
  return { failure: problemOf(value, parsed.error.issues[0], schema) };
}

function problemOf(
  value: unknown,
  issue: z.core.$ZodIssue | undefined,
  schema: z.ZodDiscriminatedUnion,
): string {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return `it answered no object: ${shown(JSON.stringify(value))}`;
  }
  const { verdict } = value as { verdict?: unknown };
  if (issue?.code === "invalid_union" && issue.path.join() === "verdict") {
    const known = [...schema._zod.propValues["verdict"] ?? []].join(", ");
    return verdict === undefined
      ? `its answer has no verdict; verdicts: ${known}`
      : `its verdict ${shown(JSON.stringify(verdict))} is none of ${known}`;
  }
  const where = `its answer with the verdict "${verdict}"`;
  if (issue?.code === "unrecognized_keys") return `${where} has an unknown key "${issue.keys[0]}"`;
  return `${where} has no right "${issue?.path.join(".")}"`;
}

function shown(text: string): string {
  return cut(text.trim().replace(/\s+/g, " "), SHOWN_CHARS);
}
