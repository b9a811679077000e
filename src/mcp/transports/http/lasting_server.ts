/** A server that goes on where its runtime gives up. */
import { aborted } from "../../../lib/aborted.ts";
import type { Clock } from "../../../lib/clock.ts";
import { messageOf } from "../../../lib/errors.ts";

/** Before it listens again, and between two tries to. */
const PAUSE_MS = 100;

/** Of a server of the runtime, what is needed here. */
export type EndingServer = Pick<Deno.HttpServer<Deno.NetAddr>, "addr" | "finished" | "shutdown">;

/** What such a server needs. */
export interface LastingParts {
  /** Listens at a port. */
  start(port: number): EndingServer;
  /** Of the first start; 0 for any that is free. */
  port: number;
  clock: Clock;
  onError(error: unknown): void;
}

/** A server at one address. */
export interface LastingServer {
  addr: Deno.NetAddr;
  /** Takes nothing new, and resolves when nothing is open. */
  shutdown(): Promise<void>;
}

/**
 * Listens until it is shut down.
 *
 * `Deno.serve` ends for good when it cannot take a connection, as when no descriptor is free: who
 * can open many connections could end it. What is in flight then is answered, idle connections are
 * closed, which frees descriptors, and it listens again.
 *
 * @throws {Deno.errors.AddrInUse} and others, where it cannot listen at first
 */
export function lastingServer({ start, port, clock, onError }: LastingParts): LastingServer {
  const over = new AbortController();
  const ending = new Set<Promise<void>>();
  let server = start(port);
  const { addr } = server;
  const watching = watch();
  return {
    addr,
    async shutdown() {
      over.abort();
      await watching;
      await Promise.all([server.shutdown(), ...ending]);
    },
  };

  async function watch(): Promise<void> {
    while (!over.signal.aborted) {
      const lost = await Promise.race([ended(server), aborted(over.signal)]);
      if (!lost) return;
      onError(
        new Error(`Cannot take connections, listening again: ${messageOf(lost.error)}`, {
          cause: lost.error,
        }),
      );
      endGently(server);
      await listenAgain();
    }
  }

  function endGently(given: EndingServer): void {
    const end = given.shutdown().catch(onError).then(() => void ending.delete(end));
    ending.add(end);
  }

  async function listenAgain(): Promise<void> {
    for (;;) {
      await clock.delay(PAUSE_MS, over.signal);
      if (over.signal.aborted) return;
      try {
        server = start(addr.port);
        return;
      } catch (error) {
        onError(error);
      }
    }
  }
}

/** Why it has ended by itself; nothing where it was ended. */
function ended({ finished }: EndingServer): Promise<{ error: unknown } | undefined> {
  return finished.then(() => undefined, (error) => ({ error }));
}
