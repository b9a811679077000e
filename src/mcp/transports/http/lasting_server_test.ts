import assert from "node:assert/strict";
import { systemClock } from "../../../lib/clock.ts";
import { type EndingServer, lastingServer } from "./lasting_server.ts";

/** Starts servers that a test can break. */
function breakable({ refuses = 0 } = {}) {
  const ports: number[] = [];
  const started: { give(error?: Error): void; shutdowns: number }[] = [];
  let arrived = Promise.withResolvers<void>();
  return {
    ports,
    started,
    next: () => arrived.promise,
    start(port: number): EndingServer {
      ports.push(port);
      if (started.length > 0 && refuses-- > 0) throw new Deno.errors.AddrInUse("not yet");
      const { promise: finished, resolve, reject } = Promise.withResolvers<void>();
      const own = {
        shutdowns: 0,
        give: (error?: Error) => error ? reject(error) : resolve(),
      };
      started.push(own);
      arrived.resolve();
      arrived = Promise.withResolvers<void>();
      return {
        addr: { transport: "tcp", hostname: "127.0.0.1", port: port || 4711 },
        finished,
        shutdown() {
          own.shutdowns++;
          resolve();
          return Promise.resolve();
        },
      };
    },
  };
}

Deno.test("a server that cannot take a connection is begun anew at its port, and the old one ends gently", async () => {
  const servers = breakable({ refuses: 1 });
  const errors: string[] = [];
  const server = lastingServer({
    start: servers.start,
    port: 0,
    clock: systemClock,
    onError: (error) => void errors.push((error as Error).message),
  });
  const again = servers.next();
  servers.started[0]!.give(new Error("Too many open files"));
  await again;

  assert.deepEqual(servers.ports, [0, 4711, 4711]);
  assert.equal(servers.started[0]!.shutdowns, 1);
  assert.deepEqual(errors, [
    "Cannot take connections, listening again: Too many open files",
    "not yet",
  ]);
  await server.shutdown();
  assert.equal(servers.started[1]!.shutdowns, 1);
});

Deno.test("a server that is shut down, or aborted, is not begun anew", async () => {
  for (const how of ["shutdown", "abort"]) {
    const servers = breakable();
    const server = lastingServer({
      start: servers.start,
      port: 8080,
      clock: systemClock,
      onError: assert.fail,
    });
    if (how === "abort") servers.started[0]!.give();
    await server.shutdown();
    assert.deepEqual(servers.ports, [8080], how);
  }
});
