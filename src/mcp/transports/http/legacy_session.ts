/**
 * The session ids of clients of the old era.
 *
 * Nothing is kept under one: it says itself what the client told in its handshake, so that any
 * server, also a restarted one, can go on with it. It names the client, so that what it sends about
 * a call of its own, a cancellation or an answer, cannot reach a call of another.
 */
import { Buffer } from "node:buffer";

/** What a client tells of itself with `initialize`. */
export interface Handshake {
  protocolVersion: string;
  capabilities: Record<string, unknown>;
}

/** A longer one is not remembered; then the client counts as one that can do nothing special. */
const LONGEST_HANDSHAKE = 2000;

/** The handshake in the parameters of `initialize`; undefined where there is none. */
export function handshakeIn(params: unknown): Handshake | undefined {
  const { protocolVersion, capabilities } = (params ?? {}) as Partial<Handshake>;
  const sound = typeof protocolVersion === "string" && typeof capabilities === "object" &&
    capabilities !== null && !Array.isArray(capabilities);
  return sound ? { protocolVersion, capabilities } : undefined;
}

/** A new id for the client that sent this handshake. */
export function sessionIdFor({ protocolVersion, capabilities }: Handshake): string {
  const handshake = Buffer.from(JSON.stringify({ protocolVersion, capabilities })).toString(
    "base64url",
  );
  const name = crypto.randomUUID();
  return handshake.length <= LONGEST_HANDSHAKE ? `${name}.${handshake}` : name;
}

/** What the id says of its client; undefined where it says nothing, or is not one of aimux's. */
export function handshakeOf(sessionId: string): Handshake | undefined {
  const [, encoded] = /^[\da-f-]{36}\.([\w-]+)$/.exec(sessionId) ?? [];
  if (encoded === undefined || encoded.length > LONGEST_HANDSHAKE) return undefined;
  try {
    return handshakeIn(JSON.parse(Buffer.from(encoded, "base64url").toString()));
  } catch {
    return undefined;
  }
}
