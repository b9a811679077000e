import { ConfigError } from "../../config/problem.ts";
import { createRedactor } from "../../lib/redact.ts";
import { printable } from "../../lib/terminal/printable.ts";
import { toldError } from "../../mcp/told_error.ts";
import type { Program } from "../command.ts";
import { EXIT, exitCodeOf } from "../exit_codes.ts";

/**
 * Tells on standard error why a command has changed nothing.
 *
 * @returns The exit code.
 */
export async function complain(
  error: unknown,
  { stderr, machine }: Pick<Program, "stderr" | "machine">,
): Promise<number> {
  const { code, message, hint = "" } = toldError(error, createRedactor(machine.env));
  await stderr.write(`${printable(`${message}\n${hint}`.trim())}\n`);
  return error instanceof ConfigError ? EXIT.failed : exitCodeOf({ code });
}
