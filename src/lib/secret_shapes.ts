/**
 * Secrets that are known by their looks.
 *
 * Each pattern takes time that grows with the text's length only: what repeats in it ends in a
 * match, is bounded, or is tried at the beginning of a word alone.
 */

/** What stands in place of a secret. */
export const REDACTED = "[redacted]";

/** Keys and tokens with a beginning of their own. */
const TOKENS = new RegExp(
  "(?<![A-Za-z0-9])(?:" + [
    String.raw`sk-(?:ant|proj|svcacct|admin|or|live|test)-[\w*-]{6,}`, // Anthropic, OpenAI, …
    String.raw`sk-[A-Za-z0-9]{20,}`,
    String.raw`sk-(?=[\w*-]{0,60}[\d*])[\w*-]{16,}`,
    String.raw`(?:sk|rk)_(?:live_|test_)?[A-Za-z0-9]{16,}`, // Stripe
    String.raw`whsec_[A-Za-z0-9+/]{16,}`,
    String.raw`AIza[\w-]{30,}`, // Google
    String.raw`AQ\.[\w-]{30,}`,
    String.raw`ya29\.[\w-]{16,}`,
    String.raw`GOCSPX-[\w-]{16,}`,
    String.raw`1//0[\w-]{24,}`,
    String.raw`gh[pousr]_[A-Za-z0-9]{16,}`, // GitHub
    String.raw`github_pat_\w{20,}`,
    String.raw`gl(?:pat|dt|rt|oas|ptt|cbt)-[\w-]{16,}`, // GitLab
    String.raw`xox[a-z]-[\w-]{10,}`, // Slack
    String.raw`xapp-\d-[\w-]{10,}`,
    String.raw`(?<=hooks\.slack\.com\/services\/)[\w/-]{16,}`,
    String.raw`(?<=discord(?:app)?\.com\/api\/webhooks\/)\d{5,25}\/[\w-]{16,}`,
    String.raw`(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])`, // AWS
    String.raw`(?:hf|gsk|npm|r8|sbp)_[A-Za-z0-9]{20,}`, // Hugging Face, Groq, npm, Replicate, …
    String.raw`(?:xai|pplx|tvly)-[\w-]{20,}`, // xAI, Perplexity, Tavily
    String.raw`fk-(?=[\w-]{0,60}[A-Z])(?=[\w-]{0,60}\d)[\w-]{20,}`, // Factory
    String.raw`pypi-AgE[\w-]{20,}`,
    String.raw`dop_v1_[a-f0-9]{32,}`, // DigitalOcean
    String.raw`SG\.[\w-]{16,64}\.[\w-]{16,}`, // SendGrid
    String.raw`hvs\.[\w-]{20,}`, // Vault
    String.raw`AGE-SECRET-KEY-1[A-Z0-9]{20,}`,
  ].join("|") + ")",
  "g",
);

/** A JSON object in base64, a dot, and more of the kind. */
const JWT = /(?<![\w-])eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*){0,3}/g;

/** The first line of a key, and behind it some of the key itself. */
const PRIVATE_KEY =
  /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY[A-Z ]{0,10}-----(?=(?:\s|\\[nr]){0,8}[A-Za-z0-9+/:-]{8})/g;

/** User and password of a URL. */
const LOGIN = /(?<=[a-z0-9]:\/\/)[^\s/:@?#"'<>]{0,200}:[^\s/?#"'<>]{1,500}@/gi;

/** A long user of a URL without a password is a token. */
const TOKEN_AS_USER = /(?<=[a-z0-9]:\/\/)[^\s/:@?#"'<>.]{20,500}@/gi;

const SCHEME = /\b(bearer|basic)(\s{1,3})([\w.~+/-]{8,}={0,2})/gi;

/**
 * Takes the secrets out of a text.
 *
 * @example
 * ```ts
 * import { withoutShapes } from "./secret_shapes.ts";
 * import assert from "node:assert/strict";
 *
 * const text = "git clone https://me:hunter2@example.org/x failed";
 * assert.equal(withoutShapes(text), "git clone https://[redacted]@example.org/x failed");
 * ```
 */
export function withoutShapes(text: string): string {
  return withoutPrivateKeys(text)
    .replace(LOGIN, `${REDACTED}@`)
    .replace(TOKEN_AS_USER, `${REDACTED}@`)
    .replace(TOKENS, REDACTED)
    .replace(JWT, REDACTED)
    .replace(
      SCHEME,
      (all, scheme, space, value) => isCredential(scheme, value) ? scheme + space + REDACTED : all,
    );
}

/** The longest key block that is looked for. */
const KEY_CHARS = 20_000;

function withoutPrivateKeys(text: string): string {
  let kept = "";
  let at = 0;
  let end = 0;
  for (const begin of text.matchAll(PRIVATE_KEY)) {
    if (begin.index < at) continue;
    kept += text.slice(at, begin.index) + REDACTED;
    at = begin.index + begin[0].length;
    // Looked for once for all that begin before it.
    if (end >= 0 && end < at) end = text.indexOf("-----END ", at);
    at = end < 0 || end - at > KEY_CHARS
      ? behind(/[A-Za-z0-9+/=\s\\]*/y, text, at) // it was cut off: all that looks like a part of it
      : behind(/-----END [A-Z0-9 ]{0,60}-{0,5}/y, text, end);
  }
  return kept + text.slice(at);
}

/** Where a match that begins at a place ends. */
function behind(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  pattern.exec(text);
  return pattern.lastIndex;
}

/** "Basic authentication" and "bearer token-based" are prose. */
function isCredential(scheme: string, value: string): boolean {
  if (scheme.toLowerCase() === "basic") return isLogin(value);
  return /\d|[a-z][A-Z]/.test(value) || (value.length >= 16 && !/^(?:auth|token)/i.test(value));
}

function isLogin(base64: string): boolean {
  try {
    return atob(base64.slice(0, 4000)).includes(":");
  } catch {
    return false;
  }
}
