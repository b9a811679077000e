/** Where a server listens, read from `host:port`. */

/** An address to listen at. */
export interface ListenAddress {
  /** To bind, one listener each: both loopback addresses where no host is named. */
  hostnames: string[];
  /** 0 for any that is free. */
  port: number;
  /** Whether only programs of this machine can reach it. */
  loopback: boolean;
  /** Whether it is every address of the machine. */
  wildcard: boolean;
}

/**
 * Reads an address as the configuration has it: `:8080`, `localhost:8080`, `127.0.0.1:8080`,
 * `[::1]:8080`, `0.0.0.0:8080`. What is not known to be loopback counts as open to others.
 *
 * @example
 * ```ts
 * import { listenAddress } from "./listen_address.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(listenAddress(":8080").hostnames, ["127.0.0.1", "::1"]);
 * assert.equal(listenAddress("[::]:8080").loopback, false);
 * ```
 */
export function listenAddress(address: string): ListenAddress {
  const colon = address.lastIndexOf(":");
  const host = address.slice(0, colon).replace(/^\[|\]$/g, "").toLowerCase();
  const port = Number(address.slice(colon + 1));
  if (host === "" || host === "localhost") {
    return { hostnames: ["127.0.0.1", "::1"], port, loopback: true, wildcard: false };
  }
  const canonical = canonicalHost(host);
  return {
    hostnames: [host],
    port,
    loopback: isLoopback(canonical),
    wildcard: /^(?:0\.0\.0\.0|\[::\]|\[::ffff:0:0\])$/.test(canonical),
  };
}

/** Whether a host name, as URLs have it, is this machine to itself. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** A host as URLs write it: `0` is `0.0.0.0`, `0:0:0:0:0:0:0:1` is `[::1]`. */
function canonicalHost(host: string): string {
  const literal = host.includes(":") ? `[${host}]` : host;
  return URL.parse(`http://${literal}/`)?.hostname ?? literal;
}
