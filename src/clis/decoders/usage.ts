/** Reads and adds up what runs used. */
import type { Usage } from "../decoder.ts";
import { fill, numberField } from "./fields.ts";

/** Where a CLI writes each number: a key, or a path of keys with dots. */
export type UsageKeys = { readonly [K in keyof Usage]?: string };

/** The names most CLIs took over from the Anthropic API. */
export const ANTHROPIC_KEYS: UsageKeys = {
  input_tokens: "input_tokens",
  output_tokens: "output_tokens",
  cached_tokens: "cache_read_input_tokens",
};

/** What a CLI told of its usage, as it told it; undefined where it told nothing. */
export function readUsage(source: unknown, keys: UsageKeys): Usage | undefined {
  const usage: Usage = {};
  for (const [name, path] of Object.entries(keys)) {
    fill(usage, { [name]: numberField(source, ...path.split(".")) });
  }
  return Object.keys(usage).length > 0 ? usage : undefined;
}

/** The sum of what several requests used; a field that neither tells stays absent. */
export function addUsage(a: Usage | undefined, b: Usage | undefined): Usage | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const sum: Usage = { ...a };
  for (const [name, value] of Object.entries(b)) {
    fill(sum, { [name]: (a[name as keyof Usage] ?? 0) + value });
  }
  return sum;
}
