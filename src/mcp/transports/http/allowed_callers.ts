/**
 * Which Host and Origin a request may have.
 *
 * A page in a browser can send requests to loopback, and by a name that it lets point there also
 * read the answers. Its requests tell on it: by the name in Host, and by its own name in Origin.
 */
import { isLoopback, type ListenAddress } from "./listen_address.ts";

/** What is allowed besides what always is. */
export interface AllowedCallers {
  address: ListenAddress;
  /** Host names without ports. */
  hosts: readonly string[];
  /** Whole origins. */
  origins: readonly string[];
}

/**
 * Whether a server may be addressed as `host`, which is a Host header, with any port: ports are
 * mapped by containers and tunnels.
 *
 * Loopback names are always allowed, and the name that the server listens at. A server that listens
 * everywhere may be addressed by any IP address: a page cannot make one point elsewhere.
 */
export function isAllowedHost(
  host: string | null,
  { address, hosts }: Omit<AllowedCallers, "origins">,
): boolean {
  if (host === null || !/^[\w.:[\]-]+$/.test(host)) return false;
  const name = URL.parse(`http://${host}/`)?.hostname.replace(/\.$/, "");
  if (!name) return false;
  if (isLoopback(name) || has(hosts, name)) return true;
  if (address.wildcard) return /^(?:\[.*\]|\d+\.\d+\.\d+\.\d+)$/.test(name);
  return address.hostnames.some((own) => name === own.toLowerCase() || name === `[${own}]`);
}

/**
 * Whether a page of this origin may call; `null` is a request that is not a page's. The origin that
 * browsers call "null" never may.
 */
export function isAllowedOrigin(
  origin: string | null,
  callers: Pick<AllowedCallers, "origins">,
): boolean {
  if (origin === null || isListedOrigin(origin, callers)) return true;
  const url = URL.parse(origin);
  return url !== null && /^https?:$/.test(url.protocol) && isLoopback(url.hostname);
}

/** Whether the configuration names the origin. */
export function isListedOrigin(
  origin: string | null,
  { origins }: Pick<AllowedCallers, "origins">,
): boolean {
  return origin !== null && has(origins, origin);
}

function has(names: readonly string[], name: string): boolean {
  return names.some((each) => each.toLowerCase() === name.toLowerCase());
}
