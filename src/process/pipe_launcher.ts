/** Starts a process on pipes, as the leader of a session and group of its own. */
import type { Clock } from "../lib/clock.ts";
import { atMost, DRAIN_MS, LEFTOVER_GRACE_MS } from "./end_times.ts";
import { treeEnder } from "./end_tree.ts";
import type { Launcher, ProcessEnd, RunningProcess } from "./launcher.ts";
import { startTimeOf } from "./start_time.ts";
import type { EndSignal, Signals } from "./signals.ts";

/** What the launcher needs. */
export interface PipeLauncherParts {
  clock: Clock;
  signals: Signals;
}

/** Makes a launcher that connects the child by pipes. */
export function createPipeLauncher({ clock, signals }: PipeLauncherParts): Launcher {
  return { launch, reach: signals.reach };

  function launch(
    plan: Parameters<Launcher["launch"]>[0],
    options: Parameters<Launcher["launch"]>[1],
  ): RunningProcess {
    const child = new Deno.Command(plan.command, {
      args: plan.args,
      cwd: plan.cwd,
      env: plan.env,
      clearEnv: true,
      stdin: plan.stdin === undefined ? "null" : "piped",
      stdout: "piped",
      stderr: "piped",
      // On POSIX this is setsid: the child leads a group that can be ended as a whole.
      detached: Deno.build.os !== "windows",
    }).spawn();
    const startTime = startTimeOf(child.pid, true);
    if (plan.stdin !== undefined) void feed(child.stdin, plan.stdin);

    const readers = [
      child.stdout.getReader({ mode: "byob" }),
      child.stderr.getReader({ mode: "byob" }),
    ];
    const drained = Promise.all([
      drain(readers[0]!, (chunk) => {
        options.stdout.write(chunk);
        options.onOutput?.(chunk);
      }),
      drain(readers[1]!, (chunk) => {
        options.stderr.write(chunk);
        options.onErrors?.(chunk);
      }),
    ]);

    const leader = { ended: child.status, kill: (signal: EndSignal) => child.kill(signal) };
    const end = treeEnder(plan, { pid: child.pid, startTime, child: leader }, { clock, signals });
    const ended = settle();
    return { pid: child.pid, startTime, ended, end };

    async function settle(): Promise<ProcessEnd> {
      const status = await child.status;
      await atMost(DRAIN_MS, drained, clock);
      // Whatever the process left in its group ends with it, also what still holds a pipe open.
      const left = await end(LEFTOVER_GRACE_MS);
      await atMost(DRAIN_MS, drained, clock);
      for (const reader of readers) await reader.cancel().catch(() => {});
      options.stdout.close();
      options.stderr.close();
      return { code: status.code, signal: status.signal, ...left.length > 0 && { left } };
    }
  }
}

/** Always into the same memory: that of a chunk for each read would pile up in a flood of output. */
async function drain(
  reader: ReadableStreamBYOBReader,
  write: (chunk: Uint8Array) => void,
): Promise<void> {
  try {
    let memory = new Uint8Array(CHUNK_BYTES);
    for (;;) {
      const { value, done } = await reader.read(memory);
      if (done) return;
      write(value);
      memory = new Uint8Array(value.buffer);
    }
  } catch {
    // The pipe broke because the process ended; what came before is recorded.
  }
}

/** As much as a pipe holds. */
const CHUNK_BYTES = 64 * 1024;

/** Writes the input and closes it; a child that does not read it to the end is free not to. */
async function feed(stdin: WritableStream<Uint8Array>, text: string): Promise<void> {
  const writer = stdin.getWriter();
  try {
    await writer.write(new TextEncoder().encode(text));
    await writer.close();
  } catch {
    await writer.abort().catch(() => {});
  }
}
