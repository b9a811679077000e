/** Takes secrets out of what is logged, told as an error, or kept with a job. */
import { withoutAssigned } from "./assigned_secrets.ts";
import { isSecretName, isSecretVariable } from "./secret_names.ts";
import { REDACTED, withoutShapes } from "./secret_shapes.ts";

/** Redacts texts and JSON values. */
export interface Redactor {
  /** A text with `[redacted]` in place of each secret. */
  (text: string): string;
  /**
   * A copy of a value with the secrets taken out of its texts, and the texts of secret fields
   * replaced. Of any value it makes one that is JSON: an error becomes its message, a circle ends.
   */
  facts<Value>(value: Value): Value;
  /** Makes the secrets of more variables known. */
  learn(env: Record<string, string>): void;
}

/**
 * Makes a redactor that knows the secrets of an environment and, besides, what looks like one.
 *
 * @example
 * ```ts
 * import { createRedactor } from "./redact.ts";
 * import assert from "node:assert/strict";
 *
 * const redact = createRedactor({ MY_TOKEN: "correct-horse" });
 * assert.equal(redact("sent correct-horse"), "sent [redacted]");
 * assert.deepEqual(redact.facts({ api_key: "x", code: 401 }), { api_key: "[redacted]", code: 401 });
 * ```
 */
export function createRedactor(env: Record<string, string>): Redactor {
  const known = new Set<string>();
  /** Looked at only when there is something to redact, which is after the start. */
  let unread = [env];
  let longestFirst: readonly string[] = [];

  const redact: Redactor = Object.assign(function redact(text: string): string {
    if (unread.length > 0) read();
    let safe = text;
    for (const value of longestFirst) safe = safe.replaceAll(value, REDACTED);
    return withoutAssigned(withoutShapes(withoutBeginning(safe, longestFirst)));
  }, {
    facts: <Value>(value: Value) => factsOf(value, redact, []) as Value,
    learn: (more: Record<string, string>) => void unread.push(more),
  });
  return redact;

  function read(): void {
    for (const [name, value] of unread.flatMap((variables) => Object.entries(variables))) {
      for (const secret of secretsOf(name, value)) known.add(secret);
    }
    unread = [];
    // One may hold another.
    longestFirst = [...known].sort((a, b) => b.length - a.length);
  }
}

/** A shorter value stands in too many other words. */
const SHORTEST = 8;

/** What a variable holds that must not be seen, in the ways in which it may be written. */
function secretsOf(name: string, value: string): string[] {
  const text = value.trim();
  const [, password = ""] = /:\/\/[^\s/:@]*:([^\s/@]+)@/.exec(text) ?? [];
  return [isSecretVariable(name) && !isHarmless(name, text) ? text : "", password]
    .flatMap((secret) => [
      secret,
      JSON.stringify(secret).slice(1, -1),
      converted(encodeURIComponent, secret),
      converted(decodeURIComponent, secret),
    ])
    .filter((secret) => secret.length >= SHORTEST);
}

function converted(convert: (text: string) => string, text: string): string {
  try {
    return convert(text);
  } catch {
    return text;
  }
}

/** Switches, counts, paths, and the words that an `…_AUTH` is set to. */
function isHarmless(name: string, value: string): boolean {
  if (/^(?:true|false|enabled|disabled|required|optional)$/i.test(value)) return true;
  if (/^\d+$/.test(value)) return !/pass|pwd|secret/i.test(name);
  if (/^[a-z]+(?:[-_][a-z]+)*$/.test(value) && /auth$/i.test(name)) return true;
  return isPath(value);
}

/** A key in base64 may begin with a slash, too, but is long and has no dots, nor a second part. */
function isPath(value: string): boolean {
  return /^(?:~|\.{1,2}|[A-Za-z]:)?[/\\]\S*$/.test(value) &&
    !/^\/[A-Za-z0-9+/]{39,}=*$/.test(value);
}

/** Of a secret at which a text was cut off, the beginning is a secret, too. */
function withoutBeginning(text: string, known: readonly string[]): string {
  const [cut = ""] = /(?:…|\.\.\.)?\s*$/.exec(text.slice(-10)) ?? [];
  const body = text.slice(0, text.length - cut.length);
  for (const value of known) {
    for (let length = Math.min(value.length, body.length); length >= SHORTEST; length--) {
      if (body.endsWith(value.slice(0, length))) {
        return body.slice(0, -length) + REDACTED + cut;
      }
    }
  }
  return text;
}

/** @param secret Whether the value stands in a secret field. */
function factsOf(
  value: unknown,
  redact: Redactor,
  around: readonly object[],
  secret = false,
): unknown {
  switch (typeof value) {
    case "string":
      return secret && value !== "" ? REDACTED : redact(value);
    case "bigint":
    case "symbol":
      return String(value);
    case "object":
      return value === null ? null : ofObject(value, redact, around, secret);
    default:
      // A number of tokens is no secret, and neither is whether there is a password.
      return value;
  }
}

function ofObject(
  value: object,
  redact: Redactor,
  around: readonly object[],
  secret: boolean,
): unknown {
  if (around.includes(value)) return "[circular]";
  if (value instanceof Error) return redact(value.message);
  const inside = [...around, value];
  if ("toJSON" in value && typeof value.toJSON === "function") {
    return factsOf(value.toJSON(), redact, inside, secret);
  }
  if (Array.isArray(value)) return value.map((item) => factsOf(item, redact, inside, secret));
  return Object.fromEntries(
    Object.entries(value).map(([name, of]) => [
      name,
      factsOf(of, redact, inside, secret || isSecretName(name)),
    ]),
  );
}
