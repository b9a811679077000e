/** What is wrong with a template, in plain words and with its place. */
import { didYouMean } from "../config/explain.ts";
import { ConfigError, type ConfigProblem, formatPlace, type Place } from "../config/problem.ts";
import { messageOf } from "../lib/errors.ts";

/** What the words of a message are found with. */
export interface TemplateNames {
  /** The file whose text this is. */
  pathOf(text: string): string;
  variables: string[];
  filters: string[];
  tags: string[];
}

/** Liquid's error, as far as it is read here. */
interface LiquidFailure extends Error {
  token?: { input: string; file?: string; getPosition(): number[] };
  originalError?: Error & { variableName?: string };
}

/** Explains what filling in a template has thrown. */
export function templateProblems(thrown: unknown, names: TemplateNames): ConfigProblem[] {
  const { token, originalError } = thrown as LiquidFailure;
  const cause = originalError ?? thrown;
  const place = placeOf(token, names);
  if (cause instanceof ConfigError) {
    // A file that could not be read: it is the one to mend.
    return cause.problems.map(({ message, ...at }) => ({
      ...at,
      message: token ? `${message} (included at ${formatPlace(place)})` : message,
    }));
  }
  return [{ ...place, message: oneLine(explanation(thrown as LiquidFailure, names)) }];
}

function placeOf(token: LiquidFailure["token"], { pathOf }: TemplateNames): Place {
  if (!token) return { path: pathOf("") };
  const [line, column] = token.getPosition();
  return {
    path: token.file ?? pathOf(token.input),
    ...line !== undefined && { line },
    ...column !== undefined && { column },
  };
}

function explanation(failure: LiquidFailure, names: TemplateNames): string {
  const { originalError } = failure;
  const cause = originalError ?? failure;
  const variable = originalError?.variableName;
  if (variable !== undefined) return unknownVariable(variable, names.variables);
  if (cause instanceof RangeError) return "The template is nested too deeply";
  // Liquid appends the place to the message of its own errors.
  const message = messageOf(cause).replace(/(, file:[^\n]*)?, line:\d+, col:\d+$/, "");
  const [, filter] = /^undefined filter: (.*)$/s.exec(message) ?? [];
  if (filter !== undefined) return `Unknown filter "${filter}"${didYouMean(filter, names.filters)}`;
  const [, tag] = /^tag "(.*)" not found$/s.exec(message) ?? [];
  if (tag !== undefined) return unknownTag(tag, names.tags);
  if (/^memory alloc limit/.test(message)) return "The template makes too much text";
  return /^[A-Z"]/.test(message) ? message : `Invalid template: ${message}`;
}

function unknownVariable(path: string, variables: string[]): string {
  const [root = ""] = path.split(".");
  if (variables.includes(root)) return `There is no "${path}": "${root}" is a single value`;
  const hint = didYouMean(root, variables) || `. Variables: ${variables.join(", ")}`;
  return `Unknown variable "${root}"${hint}`;
}

function unknownTag(tag: string, tags: string[]): string {
  if (/^(end|else$|elsif$|when$)/.test(tag)) return `"${tag}" stands without its beginning`;
  return `Unknown tag "${tag}"${didYouMean(tag, tags) || `. Tags: ${tags.sort().join(", ")}`}`;
}

function oneLine(message: string): string {
  const line = message.replace(/\s+/g, " ");
  return line.length > 500 ? `${line.slice(0, 497)}...` : line;
}
