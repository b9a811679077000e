/** Processes for tests. */
import { type Clock, systemClock } from "../lib/clock.ts";
import { captureTo } from "./capture.ts";
import type { Launcher, RunningProcess, SpawnPlan } from "./launcher.ts";
import { createPipeLauncher } from "./pipe_launcher.ts";
import type { Libc } from "./posix/libc.ts";
import { createPtyLauncher } from "./pty_launcher.ts";
import { chooseSignals, type Signals } from "./signals.ts";
import { processTable } from "./process_table.ts";

/** Starts shell scripts through a launcher; what still runs at the end of its scope is killed. */
export interface TestLauncher extends AsyncDisposable {
  folder: string;
  start(script: string, plan?: Partial<SpawnPlan>): StartedProcess;
}

/** What a test can vary. */
export interface TestLauncherOptions {
  signals?: Signals;
  create?: (parts: { clock: Clock; signals: Signals }) => Launcher;
}

/** Pseudo-terminals, with pipes where there are none. */
export function createTestPtyLauncher(
  parts: { clock: Clock; signals: Signals; openLibc?: () => Libc },
): Launcher {
  return createPtyLauncher({ ...parts, pipes: createPipeLauncher(parts) });
}

/** A started process with what it has printed so far. */
export interface StartedProcess extends RunningProcess {
  stdout(): string;
  stderr(): string;
  /** Resolves when standard output fits. */
  prints(pattern: RegExp): Promise<string>;
}

/** Makes a launcher in a folder of its own; pipes and the system's best signals by default. */
export function testLauncher(
  { signals = chooseSignals(), create = createPipeLauncher }: TestLauncherOptions = {},
): TestLauncher {
  const folder = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "launcher_" }));
  const launcher = create({ clock: systemClock, signals });
  const started: StartedProcess[] = [];
  return {
    folder,
    start(script, plan = {}) {
      const stdout = captureTo(`${folder}/${started.length}.stdout`);
      const stderr = captureTo(`${folder}/${started.length}.stderr`);
      let wake = Promise.withResolvers<void>();
      const running = launcher.launch({
        command: "/bin/sh",
        args: ["-c", script],
        cwd: folder,
        env: { PATH: "/usr/bin:/bin" },
        ...plan,
      }, {
        stdout,
        stderr,
        onOutput() {
          wake.resolve();
          wake = Promise.withResolvers();
        },
      });
      const process = {
        ...running,
        stdout: () => stdout.text().text(),
        stderr: () => stderr.text().text(),
        async prints(pattern: RegExp) {
          while (!pattern.test(stdout.tail())) await wake.promise;
          return stdout.tail();
        },
      };
      started.push(process);
      return process;
    },
    async [Symbol.asyncDispose]() {
      for (const process of started) await process.end(0);
      for (const process of started) await process.ended;
      Deno.removeSync(folder, { recursive: true });
    },
  };
}

/** The pids of a group that still run, or undefined where it cannot be told. */
export function runningMembers(group: number): number[] | undefined {
  return processTable()?.filter((entry) => entry.group === group).map(({ pid }) => pid);
}

/** The command lines of running processes in which some words stand. */
export function commandLinesWith(words: string): string[] {
  return (processTable() ?? []).map(({ pid }) => {
    try {
      return Deno.readTextFileSync(`/proc/${pid}/cmdline`).replaceAll("\0", " ");
    } catch {
      return "";
    }
  }).filter((line) => line.includes(words));
}
