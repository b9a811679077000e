/** The built-in hook that takes secrets out of a prompt. */
import type { Redactor } from "../../lib/redact.ts";
import { REDACTED } from "../../lib/secret_shapes.ts";
import type { BeforeAnswer } from "./documents.ts";

/** Its answer; of the secrets it tells how many there were. */
export function withoutSecrets(prompt: string, redact: Redactor): BeforeAnswer {
  const clean = redact(prompt);
  if (clean === prompt) return { verdict: "proceed" };
  const count = Math.max(1, countOf(clean) - countOf(prompt));
  const reason = `took ${count} ${count === 1 ? "secret" : "secrets"} out of the prompt`;
  return { verdict: "modify", prompt: clean, reason };
}

function countOf(text: string): number {
  return text.split(REDACTED).length - 1;
}
