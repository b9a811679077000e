import { z } from "zod";
import { nearest } from "../lib/nearest.ts";
import { isSecretName } from "../lib/secret_names.ts";
import { type ConfigProblem, formatProblem, type Place } from "./problem.ts";
import { isMap } from "./merge.ts";
import type { Keys } from "./yaml.ts";

/** Tells where a key or its value stands. */
export type Locate = (keys: Keys, at: "key" | "value") => Place;

/**
 * How schemas are applied here: the input stays with each issue, and no code is generated, which
 * pays only for schemas that are used often.
 */
export const PARSING = { reportInput: true, jitless: true } as const;

type Issue = z.core.$ZodIssue;

/** Says in plain words what zod found, each with its place and, where it helps, the nearest name. */
export function explain(issues: Issue[], schema: z.ZodType, locate: Locate): ConfigProblem[] {
  return issues.flatMap((issue) => explainIssue(issue, schema, locate)).sort(byPlace)
    .filter((problem, at, all) =>
      at === 0 || formatProblem(problem) !== formatProblem(all[at - 1]!)
    );
}

function explainIssue(issue: Issue, schema: z.ZodType, locate: Locate): ConfigProblem[] {
  if (issue.code === "unrecognized_keys") {
    const names = keysOf(schema, issue.path);
    return issue.keys.map((key) => ({
      ...locate([...issue.path, key], "key"),
      message: unknownKey(issue.path, key, names),
    }));
  }
  const at = issue.code === "invalid_key" ? "key" : "value";
  return [{ ...locate(issue.path, at), message: sentence(issue) }];
}

/** Within one file from top to bottom. */
function byPlace(a: Place, b: Place): number {
  if (a.path !== b.path) return 0;
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}

/** `Did you mean "x"?` with a space before it, or nothing. */
export function didYouMean(word: string, names: Iterable<string>): string {
  const name = nearest(word, names);
  return name === undefined ? "" : `. Did you mean "${name}"?`;
}

/** A value as an error message shows it. */
export function shown(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (isMap(value)) return "a map";
  if (typeof value !== "string") return String(value);
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value);
}

function unknownKey(path: Keys, key: string, names: string[]): string {
  const hint = didYouMean(key, names) ||
    (names.length > 0 ? `. Keys here: ${names.join(", ")}` : "");
  return `Unknown key "${dotted([...path, key])}"${hint}`;
}

function sentence(issue: Issue): string {
  const name = dotted(issue.path);
  const found = issue.path.some((key) => isSecretName(String(key)))
    ? "something else"
    : shown(issue.input);
  const expect = (what: string) => `Expected ${what} for "${name}", found ${found}`;

  if (issue.message.startsWith("Expected ")) {
    return `${issue.message} for "${name}", found ${found}`;
  }
  switch (issue.code) {
    case "invalid_union":
    case "invalid_type":
      if (issue.input === undefined) return `Missing key "${name}"`;
      if (name === "") return `Expected a map at the top, found ${found}`;
      break;
    case "invalid_value":
      if (issue.input === undefined) return `Missing key "${name}": ${expectation(issue)}`;
      return `${expect(expectation(issue)!)}${nearestValue(issue)}`;
    case "invalid_format":
      return `Invalid value${
        found.startsWith('"') ? ` ${found}` : ""
      } for "${name}". ${issue.message}`;
    case "invalid_key":
      return `Invalid name "${name}". ${issue.issues[0]?.message ?? issue.message}`;
  }
  const what = expectation(issue);
  return what === undefined ? issue.message : expect(what);
}

/** What should stand in place of a value; undefined where only the issue's own message tells. */
export function expectation(issue: Issue): string | undefined {
  switch (issue.code) {
    case "invalid_type":
      return kind(issue.expected);
    case "invalid_value":
      return `one of ${issue.values.map(String).join(", ")}`;
    case "invalid_union":
      return eitherOf(issue.errors);
    case "too_small":
      if (issue.origin === "string") return "a text that is not empty";
      if (issue.origin === "array") return "a list that is not empty";
      return `a number ${issue.inclusive ? "of at least" : "above"} ${issue.minimum}`;
    case "too_big":
      return `a number ${issue.inclusive ? "of at most" : "below"} ${issue.maximum}`;
    default:
      return undefined;
  }
}

/** What one of several shapes wants of the value itself; nothing where its parts are at fault. */
function eitherOf(shapes: Issue[][]): string | undefined {
  const own = shapes.map(([issue]) => issue?.path.length === 0 ? expectation(issue) : undefined);
  return own.every((each) => each !== undefined) ? own.join(" or ") : undefined;
}

/** `Did you mean "x"?` as {@linkcode didYouMean} tells it, where one of several words is expected. */
export function nearestValue(issue: Issue): string {
  if (issue.code !== "invalid_value" || typeof issue.input !== "string") return "";
  return didYouMean(issue.input, issue.values.map(String));
}

function kind(expected: string): string {
  switch (expected) {
    case "int":
      return "a whole number";
    case "number":
      return "a number";
    case "string":
      return "a text";
    case "boolean":
      return "true or false";
    case "array":
      return "a list";
    case "object":
    case "record":
      return "a map";
    default:
      return expected;
  }
}

function dotted(keys: Keys): string {
  return keys.map(String).join(".");
}

/** The names that a map of the schema knows. */
function keysOf(schema: z.ZodType, path: Keys): string[] {
  let at: unknown = schema;
  for (const key of path) {
    at = inner(at);
    if (at instanceof z.ZodObject) at = at.shape[key as string];
    else if (at instanceof z.ZodRecord) at = at.valueType;
    else if (at instanceof z.ZodArray) at = at.element;
    else return [];
  }
  at = inner(at);
  if (at instanceof z.ZodObject) return Object.keys(at.shape);
  const names = at instanceof z.ZodRecord ? at.keyType : undefined;
  return names instanceof z.ZodEnum ? names.options.map(String) : [];
}

function inner(schema: unknown): unknown {
  const wrapped = schema instanceof z.ZodOptional || schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault;
  return wrapped ? inner(schema.unwrap()) : schema;
}
