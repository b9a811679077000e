/** Serves MCP on standard input and output until the client goes or a signal comes. */
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import { systemClock } from "../lib/clock.ts";
import { messageOf } from "../lib/errors.ts";
import { within } from "../lib/within.ts";
import { LOCAL } from "../mcp/transports/principal.ts";
import { createStdioTransport, type StdioStreams } from "../mcp/transports/stdio.ts";
import { afterBursts } from "./after_bursts.ts";
import { ignoresHangup } from "./hangup.ts";
import { parentGone } from "./parent_gone.ts";
import type { Served } from "./serve.ts";
import { firstStopSignal } from "./stop_signals.ts";

/** The most time that ending a process takes out of the shutdown's grace. */
const LAST_KILL_GRACE_MS = 1000;
/** How long the last answers may take to be written. */
const LAST_WRITE_MS = 2000;

/** The two streams. */
export interface StdioOptions extends StdioStreams {
  /** Whether a person sits at the input. */
  terminal: boolean;
}

/** The start does not pay for it. */
async function giveBack(): Promise<void> {
  const { giveBackMemory } = await import("../process/give_back_memory.ts");
  giveBackMemory();
}

/** @returns The exit code. */
export async function serveOnStdio(
  { app, settings, serverFor }: Served,
  options: StdioOptions,
): Promise<number> {
  if (options.terminal) console.error("aimux speaks MCP on standard input; Ctrl+C ends it");
  const transport = createStdioTransport(options);
  const connection = serveStdio(
    ({ era }) => serverFor(LOCAL, { era, lasting: true, listening: transport.listening }),
    {
      transport,
      onerror: (error) => app.log.debug("Transport", { error: messageOf(error) }),
    },
  );
  const over = new AbortController();
  const orphaned = parentGone({
    served: transport.firstWritten,
    clock: systemClock,
    signal: over.signal,
    ...ignoresHangup() && { detached: true },
  });
  const signalled = firstStopSignal();
  void afterBursts(app.jobsTaken, giveBack, { clock: systemClock, signal: over.signal });
  // Only then, so that a client's first request does not wait for it. A failure is logged, and
  // told by each tool that needs what could not be built.
  void transport.firstWritten.then(() => app.parts()).catch(() => {});

  const why = await Promise.race([
    transport.inputEnded.then(() => "end of input" as const),
    orphaned.then(() => "parent gone" as const),
    signalled,
  ]);
  over.abort();
  app.log.info("Stopping", { why });

  const atMost = (milliseconds: number, promise: Promise<unknown>) =>
    within(milliseconds, promise, { clock: systemClock });
  const answered = async () => void await atMost(LAST_WRITE_MS, transport.answered());
  const graceMs = settings.shutdown_grace_seconds * 1000;
  const killGraceMs = settings.kill_grace_seconds * 1000;
  if (why !== "end of input" && why !== "parent gone") {
    await app.stop({ graceMs: Math.min(killGraceMs, graceMs), answered });
  } else {
    // Without a parent there is nobody to answer.
    const inFlight = why === "end of input" ? transport.answered() : Promise.resolve();
    const lingering = settings.on_disconnect === "finish"
      ? inFlight.then(() => app.idle())
      : atMost(graceMs, inFlight);
    await Promise.race([lingering, signalled]);
    await app.stop({ graceMs: Math.min(killGraceMs, LAST_KILL_GRACE_MS), answered });
  }
  await atMost(LAST_WRITE_MS, connection.close());
  return 0;
}
