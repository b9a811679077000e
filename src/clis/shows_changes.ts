/** Whether a CLI's output shows that it has changed files. */
import type { CliProfile } from "../config/profile.ts";
import { plainText } from "../lib/terminal/plain_text.ts";
import type { CliOutput } from "./decoder.ts";

/** Looks for a line that fits one of the profile's patterns, colours and the like left out. */
export function showsChanges(
  { change_patterns }: Pick<CliProfile, "change_patterns">,
  { stdout, stderr }: CliOutput,
): boolean {
  if (change_patterns.length === 0) return false;
  const patterns = change_patterns.map((pattern) => new RegExp(pattern));
  for (const stream of [stdout, stderr]) {
    for (const line of stream.lines()) {
      const plain = line.includes("\x1b") ? plainText(line) : line;
      if (patterns.some((pattern) => pattern.test(plain))) return true;
    }
  }
  return false;
}
