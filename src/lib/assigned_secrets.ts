/**
 * Secrets that are known by what they are assigned to: `password=…`, `"api_key": "…"`,
 * `Authorization: …`, `--token …`.
 *
 * Each pattern takes time that grows with the text's length only; what repeats is bounded, or ends
 * in a match.
 */
import { REDACTED } from "./secret_shapes.ts";

const NAME =
  String.raw`(?:api|access|secret|private|auth|account|master|signing|encryption)[_ -]?keys?|` +
  String.raw`(?:access|api|auth|bot|id|refresh|security|session)[_ -]?token|token|secret|` +
  String.raw`passw(?:or)?d|passphrase|_pass|pwd|credentials?`;

/** Between a name and its value: `=`, `": "`, ` provided: `, `\":\"`. */
const TO = String.raw`[_-]?\d{0,3}(?: (?:provided|given|used|supplied|is))?\\{0,3}["'\]]?` +
  String.raw`(\s{0,3}(?::=|=>|[:=](?!=))\s{0,3})`;

/** A literal in quotes, also in quotes that are escaped themselves; the last may be missing. */
const QUOTED = new RegExp(
  String.raw`(${NAME})${TO}(\\{0,3}["'\x60])((?<=\\["'\x60])[^"'\x60\\\r\n]{3,4000}|` +
    String.raw`(?<!\\["'\x60])(?:[^"'\x60\\\r\n]|\\.){3,4000})`,
  "gi",
);

const BARE = new RegExp(
  String.raw`(${NAME})${TO}([^\s"'\x60,;&|<>(){}[\]\\$%*]{3,4000})([([]?)`,
  "gi",
);

/** An `Authorization`, with or without a scheme. */
const AUTHORIZATION = new RegExp(
  String.raw`(authorization\\?["']?\s{0,3}[:=]\s{0,3}\\?["'\x60]?)([a-z]{3,12}\s{1,3})?` +
    String.raw`([^\s"'\x60,;<>(){}[\]$\\]{6,4000})([([]?)`,
  "gi",
);

/** `X-Api-Key: …`, `Private-Token: …`. */
const HEADER = new RegExp(
  String.raw`(\b(?:x-[a-z-]{0,40}|private-|api-|auth-)(?:key|token|secret|auth)\\?["']?\s{0,3}:` +
    String.raw`\s{0,3}\\?["']?)([^\s"'\x60,;<>(){}[\]$\\]{6,4000})([([]?)`,
  "gi",
);

const COOKIE = /(cookie\\?["']?\s{0,3}:\s{0,3}\\?["']?)[\w.-]{1,100}=[^\r\n"'\\]{4,4000}/gi;

const QUERY =
  /([?&](?:[\w-]{0,30}(?:key|token|secret)|sig|signature|code|auth)=)[^\s&#"'<>\\]{8,4000}/gi;

const FLAG = new RegExp(
  String.raw`(?<![\w-])(--?[\w-]{0,30}(?:api-?key|token|secret|passw(?:or)?d)\s{1,3})` +
    String.raw`([^\s"'\x60,;<>(){}$\\-][^\s"'\x60,;<>(){}$\\]{5,4000})`,
  "gi",
);

/**
 * Takes the assigned secrets out of a text; code and prose that only speak of such things stay.
 *
 * @example
 * ```ts
 * import { withoutAssigned } from "./assigned_secrets.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(withoutAssigned("password=hunter2 port=1"), "password=[redacted] port=1");
 * assert.equal(withoutAssigned("password = user.password"), "password = user.password");
 * ```
 */
export function withoutAssigned(text: string): string {
  return text
    .replace(
      QUOTED,
      (all, name, _to, _quote, value) =>
        isLiteral(name, value) ? all.slice(0, -value.length) + REDACTED : all,
    )
    .replace(
      BARE,
      (all, name, to, value, call) =>
        call === "" && isGiven(name, to, value) ? all.slice(0, -value.length) + REDACTED : all,
    )
    .replace(
      AUTHORIZATION,
      (all, head, scheme, value, call) =>
        call === "" && isAuthorization(scheme, value) ? head + (scheme ?? "") + REDACTED : all,
    )
    .replace(
      HEADER,
      (all, head, value, call) =>
        call !== "" || isPlaceholder(value) || isReference(value) ? all : head + REDACTED,
    )
    .replace(COOKIE, `$1${REDACTED}`)
    .replace(QUERY, `$1${REDACTED}`)
    .replace(
      FLAG,
      (all, flag, value) => isWord(value) || isReference(value) ? all : flag + REDACTED,
    );
}

/** Whether what stands in quotes is a secret, and not a label or the name of a variable. */
function isLiteral(name: string, value: string): boolean {
  if (isPlaceholder(value) || /^[A-Z][A-Z\d_]*$/.test(value)) return false;
  if (/^passphrase$/i.test(name)) return true;
  if (/\s/.test(value) || bare(value) === bare(name)) return false;
  // Grammars and forms have tokens such as "keyword".
  if (/^token$/i.test(name)) return /[^A-Za-z_]/.test(value) || value.length >= 16;
  return true;
}

/** Whether what stands without quotes is a secret, and not code, a type or prose. */
function isGiven(name: string, to: string, value: string): boolean {
  if (isPlaceholder(value) || isReference(value) || bare(value) === bare(name)) return false;
  const password = /^(?:_?pass|pwd)/i.test(name);
  if (!password && /^[\d.,:]+$/.test(value)) return false;
  if (to === "=") return password || value.length >= 8 || /[^A-Za-z_.]/.test(value);
  if (!/\d/.test(value)) return value.length >= 20 && /[a-z][A-Z]|[^A-Za-z_.]/.test(value);
  return password || value.length >= 10;
}

function isAuthorization(scheme: string | undefined, value: string): boolean {
  if (isPlaceholder(value)) return false;
  return scheme !== undefined && /^(?:bearer|basic|token|bot|apikey|key)\s/i.test(scheme)
    ? !/^(?:(?:api|access|auth|your|my)?[_-]?(?:tokens?|key)|auth\w*|credentials?)$/i.test(value)
    : !isWord(value) && !isReference(value);
}

/** What is written where a secret would stand. */
function isPlaceholder(value: string): boolean {
  return /^[$<{%*]|\.\.\.$|…$|^(?:x+|\.{3,}|…|your[\W_].*|\[redacted\].*)$|^(?:process|os|env|import)\./i
    .test(value) ||
    /^(?:string|str|bytes|number|boolean|any|unknown|object|null|none|nil|undefined|true|false)\b/i
      .test(value) ||
    /^(?:required|optional|missing|invalid|expired|empty|unset|not|u?int\d+\w*|sha\d+\w*|oauth2?)$/i
      .test(value);
}

/** A name as code has it: `user.password`, `my_token`, `nextToken`. */
function isReference(value: string): boolean {
  const name = value.replace(/[.:!?]+$/, "");
  return /^[A-Za-z_]+(?:\??\.[A-Za-z_]+\d{0,2})+$/.test(name) ||
    /^[A-Za-z_]*_(?:key|token|secret|passw(?:or)?d|passphrase|pwd|credential)s?\d{0,2}$/i.test(
      name,
    ) ||
    /^[A-Za-z]*[a-z](?:Key|Token|Secret|Passw(?:or)?d|Passphrase|Credential)s?\d{0,2}$/.test(name);
}

/** A short word of prose. */
function isWord(value: string): boolean {
  return /^[A-Za-z]+[.:!?]?$/.test(value) && value.length < 16;
}

/** A name without what people write it with. */
function bare(name: string): string {
  return name.replace(/[ _-]/g, "").toLowerCase();
}
