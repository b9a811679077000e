/** Which names say that their value is a secret. */

/** Words that say it wherever they stand: `GITHUB_TOKEN`, `PGPASSWORD`, `clientSecretValue`. */
const ANYWHERE = /passw(?:or)?d|passphrase|secret|credential|token(?!i[sz])|api-?key/;

/** Words that say it at the end: `MYSQL_PWD`, `proxy-authorization`. */
const LAST = new Set(["authorization", "cookie", "jwt", "pass", "pat", "pwd"]);

/** What comes before `key` where it is one to keep: a `key` alone may be any. */
const KEY = new RegExp(
  "(?:^|-)(?:access|account|admin|auth|client|encryption|gpg|license|master|private|service|" +
    "signing|ssh|ssl|tls)-?keys?(?:-|$)",
);

/** The last words of names that speak of a secret but hold none: `TOKEN_URL`, `AUTH_METHOD`. */
const ABOUT = new Set([
  ...["algorithm", "backend", "chain", "count", "dir", "directory", "enabled", "endpoint"],
  ...["expiration", "expires", "expiry", "file", "format", "header", "helper", "host", "issuer"],
  ...["length", "level", "limit", "max", "method", "mode", "name", "parallelism", "path", "port"],
  ...["provider", "region", "required", "scope", "scopes", "size", "sock", "socket", "source"],
  ...["store", "timeout", "ttl", "type", "uri", "url", "usage", "used", "version"],
]);

/**
 * Whether a field of this name holds a secret: `api_key`, `accessToken`, `X-Api-Key`,
 * `Authorization`. A `key`, an `author` and a `token_count` are none.
 */
export function isSecretName(name: string): boolean {
  const words = wordsOf(name);
  const last = words.at(-1);
  if (last === undefined || ABOUT.has(last)) return false;
  const text = words.join("-");
  return ANYWHERE.test(text) || LAST.has(last) || KEY.test(text);
}

/** Whether a variable of this name holds a secret; there `KEY` and `AUTH` say it, too. */
export function isSecretVariable(name: string): boolean {
  const words = wordsOf(name);
  if (ABOUT.has(words.at(-1) ?? "")) return false;
  if (isSecretName(name)) return true;
  return !words.includes("public") && words.some((word) => /^(?:keys?|auth)$/.test(word));
}

/** `ANTHROPIC_API_KEY`, `apiKey` and `x-api-key` by their words, in lower case. */
function wordsOf(name: string): string[] {
  return name.replace(/([a-z\d])([A-Z])/g, "$1_$2").toLowerCase().split(/[^\p{L}]+/u)
    .filter(Boolean);
}
