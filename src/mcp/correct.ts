/** Arguments as they were probably meant. */
import type { z } from "zod";
import { nearest } from "../lib/nearest.ts";

type Arguments = Record<string, unknown>;

/** A value can only be looked at once its name is right. */
const ROUNDS = 2;

/**
 * Corrects what is plainly a slip: a mistyped name or word, a number or a truth value as text, a
 * number beyond its bounds. Nothing is left out: it may have been meant to hold something back.
 *
 * @returns Nothing where a mistake cannot be corrected.
 */
export function correct(schema: z.ZodObject, given: unknown): Arguments | undefined {
  if (typeof given !== "object" || given === null || Array.isArray(given)) return undefined;
  let corrected: Arguments = { ...given };
  for (let round = 1; round <= ROUNDS; round++) {
    const { error } = schema.safeParse(corrected, { reportInput: true });
    if (!error) return corrected;
    for (const issue of error.issues) corrected = withoutIssue(corrected, issue, schema);
  }
  return schema.safeParse(corrected).success ? corrected : undefined;
}

function withoutIssue(
  given: Arguments,
  issue: z.core.$ZodIssue,
  { shape }: z.ZodObject,
): Arguments {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.reduce((all, key) => renamed(all, key, Object.keys(shape)), given);
  }
  const [name, ...deeper] = issue.path.map(String);
  if (name === undefined || deeper.length > 0 || !Object.hasOwn(given, name)) return given;
  return { ...given, [name]: correctedValue(issue, given[name]) };
}

/** A parameter under its right name, in its place. */
function renamed(given: Arguments, key: string, known: string[]): Arguments {
  const close = nearest(key, known.filter((name) => !Object.hasOwn(given, name)));
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name === key ? close ?? name : name, value]),
  );
}

function correctedValue(issue: z.core.$ZodIssue, value: unknown): unknown {
  switch (issue.code) {
    case "invalid_value":
      return nearest(String(value), issue.values.map(String)) ?? value;
    case "invalid_type":
      return ofType(issue.expected, value);
    case "too_big":
      return issue.inclusive ? Number(issue.maximum) : value;
    case "too_small":
      return issue.inclusive ? Number(issue.minimum) : value;
    default:
      return value;
  }
}

function ofType(expected: string, value: unknown): unknown {
  if (typeof value !== "string") return value;
  if (expected === "boolean" && /^(?:true|false)$/i.test(value)) {
    return value.toLowerCase() === "true";
  }
  if ((expected === "number" || expected === "int") && value.trim() !== "") return Number(value);
  return value;
}
