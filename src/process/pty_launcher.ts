/** Starts a process on a pseudo-terminal, as the leader of a session and group of its own. */
import type { Clock } from "../lib/clock.ts";
import { messageOf } from "../lib/errors.ts";
import { atMost, DRAIN_MS, LEFTOVER_GRACE_MS } from "./end_times.ts";
import { treeEnder } from "./end_tree.ts";
import type { Launcher, ProcessEnd, RunningProcess, SpawnOptions, SpawnPlan } from "./launcher.ts";
import { openPipe } from "./posix/descriptors.ts";
import { feed } from "./posix/feed.ts";
import { type Libc, openLibc } from "./posix/libc.ts";
import { createPoller, type Poller } from "./posix/poller.ts";
import { createReaper, type Reaper } from "./posix/reaper.ts";
import { posixSpawn } from "./posix/spawn.ts";
import { openTerminal, type Terminal } from "./posix/terminal.ts";
import { readTerminal } from "./posix/terminal_reader.ts";
import { startTimeOf } from "./start_time.ts";
import { assertMayRun } from "./run_permission.ts";
import { type EndSignal, SIGNAL_NUMBERS, type Signals } from "./signals.ts";

/** What the launcher needs. */
export interface PtyLauncherParts {
  clock: Clock;
  signals: Signals;
  /** Takes over where there is no pseudo-terminal. */
  pipes: Launcher;
  /** The C library; by default the system's. */
  openLibc?: () => Libc;
}

/**
 * Makes a launcher that gives the child a terminal for standard output and standard error, which
 * come as one stream. Standard input is a pipe where there is text for it, else empty: what reads
 * it must not wait for a person.
 */
export function createPtyLauncher(parts: PtyLauncherParts): Launcher {
  const { clock, signals, pipes } = parts;
  let system: { libc: Libc; poller: Poller; reaper: Reaper } | undefined;
  return { launch, reach: signals.reach };

  function launch(plan: SpawnPlan, options: SpawnOptions): RunningProcess {
    assertMayRun(plan);
    let terminal: Terminal;
    try {
      system ??= open();
      terminal = openTerminal(system.libc);
    } catch (error) {
      const warning = `There is no pseudo-terminal, pipes were used instead: ${messageOf(error)}`;
      return { ...pipes.launch(plan, options), warning };
    }
    return follow(plan, options, { ...system, ...start(plan, terminal, system.libc) });
  }

  function open() {
    const libc = (parts.openLibc ?? openLibc)();
    return { libc, poller: createPoller(libc), reaper: createReaper(libc) };
  }

  function follow(
    plan: SpawnPlan,
    { stdout, stderr, onOutput }: SpawnOptions,
    { libc, poller, reaper, pid, terminal, writer }: ReturnType<typeof open> & Started,
  ): RunningProcess {
    let running = true;
    // Before anything waits for it: then its pid may already be another's.
    const startTime = startTimeOf(pid, true);
    const status = reaper.ended(pid).finally(() => running = false);
    const input = writer === undefined
      ? undefined
      : feed({ libc, poller, writer, text: plan.stdin ?? "" });
    const output = readTerminal({
      libc,
      poller,
      master: terminal.master,
      onChunk(chunk) {
        stdout.write(chunk);
        onOutput?.(chunk);
      },
    });
    const child = {
      ended: status,
      kill(signal: EndSignal) {
        if (running) libc.kill(pid, SIGNAL_NUMBERS[signal]);
      },
    };
    const end = treeEnder(plan, { pid, startTime, child }, { clock, signals });
    return { pid, startTime, ended: settle(), end, terminal: true };

    async function settle(): Promise<ProcessEnd> {
      const ended = await status;
      // Held until here, so that a program which closes its terminal can open it again.
      libc.close(terminal.slave);
      await atMost(DRAIN_MS, output.drained, clock);
      // Whatever the process left in its group ends with it, also what still holds the terminal.
      const left = await end(LEFTOVER_GRACE_MS);
      await atMost(DRAIN_MS, output.drained, clock);
      await Promise.all([output.close(), input?.close()]);
      stdout.close();
      stderr.close();
      return { ...ended, ...left.length > 0 && { left } };
    }
  }
}

/** A process that runs, with the descriptors of this process that lead to it. */
interface Started {
  pid: number;
  terminal: Terminal;
  /** Where its standard input is written. */
  writer: number | undefined;
}

function start(plan: SpawnPlan, terminal: Terminal, libc: Libc): Started {
  let reader: number | undefined;
  let writer: number | undefined;
  try {
    if (plan.stdin !== undefined) [reader, writer] = openPipe(libc);
    const pid = posixSpawn(libc, {
      ...plan,
      descriptors: [
        reader === undefined ? { open: "/dev/null", mode: "read" } : { from: reader },
        // The first terminal that a session's leader opens becomes the session's.
        { open: terminal.path, mode: "read_write" },
        { from: 1 },
      ],
    });
    return { pid, terminal, writer };
  } catch (error) {
    for (const each of [terminal.master, terminal.slave, writer]) {
      if (each !== undefined) libc.close(each);
    }
    throw error;
  } finally {
    if (reader !== undefined) libc.close(reader);
  }
}
