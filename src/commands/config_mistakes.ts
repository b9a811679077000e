import type { ConfigError } from "../config/problem.ts";
import { createRedactor } from "../lib/redact.ts";
import { printable } from "../lib/terminal/printable.ts";

/** What any command says of a configuration with mistakes: each with its place, one a line. */
export function configMistakes(error: ConfigError, env: Record<string, string>): string {
  const told = `aimux cannot start: its configuration has mistakes\n${error.message}`;
  return printable(createRedactor(env)(told));
}
