/** Serves MCP on standard input and output until the client goes or a signal comes. */
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import { createApp } from "../app.ts";
import { loadConfig } from "../config/load.ts";
import { ConfigError } from "../config/problem.ts";
import { systemClock } from "../lib/clock.ts";
import { messageOf } from "../lib/errors.ts";
import { createMcpServer } from "../mcp/server.ts";
import { createStdioTransport } from "../mcp/transports/stdio.ts";
import { configMistakes } from "./config_mistakes.ts";
import type { Machine } from "./machine.ts";
import { firstStopSignal } from "./stop_signals.ts";
import { tellCrash } from "./tell_crash.ts";

/** The most time that ending a process takes out of the shutdown's grace. */
const LAST_KILL_GRACE_MS = 1000;
/** How long the last answers may take to be written. */
const LAST_WRITE_MS = 2000;

/** What the server runs on. */
export interface ServeOptions {
  machine: Machine;
  version: string;
  /** The folder of the embedded configuration. */
  embedded: URL;
  input: ReadableStream<Uint8Array>;
  write(bytes: Uint8Array): Promise<void>;
}

/** @returns The exit code. */
export async function serve(options: ServeOptions): Promise<number> {
  const { machine, version, embedded } = options;
  let loaded;
  try {
    loaded = loadConfig({ ...machine, embedded });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(configMistakes(error, machine.env));
    return 1;
  }
  const { server: settings } = loaded.config;
  if (settings.transport.type !== "stdio") {
    console.error(
      `aimux cannot start: this version serves "stdio" only, not "${settings.transport.type}" ` +
        "(MCP_TRANSPORT, or server.transport.type)",
    );
    return 1;
  }

  const app = createApp({ version, loaded, ...machine });
  tellCrash(app);
  const transport = createStdioTransport(options);
  const connection = serveStdio(
    ({ era }) =>
      createMcpServer({
        version,
        principal: "local",
        connection: { era, lasting: true, listening: transport.listening },
        context: app.parts,
        clock: systemClock,
        health: app.health,
        metrics: app.metrics,
        log: app.log,
        redact: app.redact,
      }),
    {
      transport,
      onerror: (error) => app.log.debug("Transport", { error: messageOf(error) }),
    },
  );
  const signalled = firstStopSignal();
  // Only then, so that a client's first request does not wait for it. A failure is logged, and
  // told by each tool that needs what could not be built.
  void transport.firstWritten.then(() => app.parts()).catch(() => {});

  const why = await Promise.race([
    transport.inputEnded.then(() => "end of input" as const),
    signalled,
  ]);
  app.log.info("Stopping", { why });

  const answered = () => within(LAST_WRITE_MS, transport.answered());
  const graceMs = settings.shutdown_grace_seconds * 1000;
  const killGraceMs = settings.kill_grace_seconds * 1000;
  if (why !== "end of input") {
    await app.stop({ graceMs: Math.min(killGraceMs, graceMs), answered });
  } else {
    const inFlight = transport.answered();
    if (settings.on_disconnect === "finish") {
      await Promise.race([inFlight.then(() => app.idle()), signalled]);
    } else {
      await within(graceMs, inFlight);
    }
    await app.stop({ graceMs: Math.min(killGraceMs, LAST_KILL_GRACE_MS), answered });
  }
  await within(LAST_WRITE_MS, connection.close());
  return 0;
}

async function within(milliseconds: number, promise: Promise<unknown>): Promise<void> {
  const over = new AbortController();
  await Promise.race([promise, systemClock.delay(milliseconds, over.signal)]);
  over.abort();
}
