/** Whose request it is, by its bearer token. */
import { createHash, timingSafeEqual } from "node:crypto";
import { LOCAL } from "../principal.ts";

/** Finds the principal of an `Authorization` header; undefined where it names none. */
export type PrincipalOf = (authorization: string | null) => string | undefined;

/**
 * Knows the tokens by the names of their principals. Where there are none, everybody is
 * {@linkcode LOCAL}.
 *
 * Digests are compared, each with each and in constant time, so that how long it takes tells
 * nothing of a token, not even its length.
 */
export function createPrincipals(tokens: Readonly<Record<string, string>>): PrincipalOf {
  const digests = Object.entries(tokens).map(([name, token]) => ({
    name,
    digest: digestOf(token),
  }));
  return function principalOf(authorization) {
    if (digests.length === 0) return LOCAL;
    const [, token] = /^bearer +(\S+) *$/i.exec(authorization ?? "") ?? [];
    if (token === undefined) return undefined;
    const given = digestOf(token);
    let found: string | undefined;
    for (const { name, digest } of digests) {
      if (timingSafeEqual(digest, given)) found = name;
    }
    return found;
  };
}

function digestOf(token: string): Uint8Array {
  return createHash("sha256").update(token).digest();
}
