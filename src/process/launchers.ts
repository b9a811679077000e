/** The launcher for each way to run a program. */
import type { Clock } from "../lib/clock.ts";
import type { Launcher } from "./launcher.ts";
import type { Signals } from "./signals.ts";

/** What a program's output is connected to. */
export type Executor = "pipe" | "pty";

/** Finds the launcher of an executor. */
export type LauncherFor = (executor: Executor) => Promise<Launcher>;

/** What there is to launch with. */
export interface LaunchersParts {
  clock: Clock;
  signals: Signals;
  /** The launcher that connects by pipes. */
  pipes: Launcher;
}

/** Makes the choice; the launcher of pseudo-terminals is loaded when it is first asked for. */
export function createLaunchers(parts: LaunchersParts): LauncherFor {
  let terminals: Promise<Launcher> | undefined;
  return function launcherFor(executor) {
    if (executor === "pipe") return Promise.resolve(parts.pipes);
    terminals ??= loadTerminals(parts);
    return terminals;
  };
}

async function loadTerminals(parts: LaunchersParts): Promise<Launcher> {
  if (Deno.build.os !== "windows") {
    return (await import("./pty_launcher.ts")).createPtyLauncher(parts);
  }
  return (await import("./conpty_launcher.ts")).createConptyLauncher(parts);
}
