/** What of the configuration has to be right before a server listens. */
import type { Config } from "../config/schema.ts";
import { messageOf } from "../lib/errors.ts";
import type { ListenAddress } from "../mcp/transports/http/listen_address.ts";

type ServerSettings = Config["server"];

/** Why a server cannot be started as it is configured, in words for a person. */
export class CannotServe extends Error {}

/**
 * The bearer tokens by the names of their principals.
 *
 * @throws {CannotServe} where there is none at an address that others can reach, or two that clash
 */
export function tokensOf(
  { auth_token, auth_tokens, transport }: ServerSettings,
  { loopback }: ListenAddress,
): Record<string, string> {
  if (auth_token !== "" && (auth_tokens.default ?? auth_token) !== auth_token) {
    throw new CannotServe(
      "Both server.auth_token (or AIMUX_AUTH_TOKEN) and server.auth_tokens.default are set, and " +
        "they differ. Keep one of them",
    );
  }
  const tokens = { ...auth_tokens, ...auth_token !== "" && { default: auth_token } };
  const names = new Map<string, string>();
  for (const [name, token] of Object.entries(tokens)) {
    const other = names.get(token);
    if (other !== undefined) {
      throw new CannotServe(
        `The principals "${other}" and "${name}" have the same token. Give each its own`,
      );
    }
    names.set(token, name);
  }
  if (names.size === 0 && !loopback) {
    throw new CannotServe(
      `Other machines can reach "${transport.port}" (PORT, or server.transport.port), and no ` +
        "bearer token is set. Set AIMUX_AUTH_TOKEN or server.auth_tokens, or listen on this " +
        'machine only: a port without a host, such as ":8080"',
    );
  }
  return tokens;
}

/**
 * The certificate and its key, where TLS is configured.
 *
 * @throws {CannotServe} where one is missing or cannot be read
 */
export function readTls(
  { tls_cert, tls_key }: ServerSettings["transport"],
): { cert: string; key: string } | undefined {
  if (tls_cert === "" && tls_key === "") return undefined;
  if (tls_cert === "" || tls_key === "") {
    const [set, missing] = tls_cert === "" ? ["tls_key", "tls_cert"] : ["tls_cert", "tls_key"];
    throw new CannotServe(
      `server.transport.${set} is set, but server.transport.${missing} is not. Set both, or none`,
    );
  }
  return { cert: pem("tls_cert", tls_cert), key: pem("tls_key", tls_key) };
}

function pem(key: string, path: string): string {
  let text;
  try {
    text = Deno.readTextFileSync(path);
  } catch (error) {
    throw new CannotServe(`Cannot read "${path}" (server.transport.${key}): ${messageOf(error)}`);
  }
  if (!text.includes("-----BEGIN ")) {
    throw new CannotServe(`"${path}" (server.transport.${key}) is not a PEM file`);
  }
  return text;
}
