/** Processes for tests. */
import { systemClock } from "../lib/clock.ts";
import { captureTo } from "./capture.ts";
import type { RunningProcess, SpawnPlan } from "./launcher.ts";
import { createPipeLauncher } from "./pipe_launcher.ts";
import { chooseSignals, type Signals } from "./signals.ts";

/** Starts shell scripts through the pipe launcher; what still runs at the end of its scope is killed. */
export interface TestLauncher extends AsyncDisposable {
  folder: string;
  start(script: string, plan?: Partial<SpawnPlan>): StartedProcess;
}

/** A started process with what it has printed so far. */
export interface StartedProcess extends RunningProcess {
  stdout(): string;
  stderr(): string;
  /** Resolves when standard output fits. */
  prints(pattern: RegExp): Promise<string>;
}

/** Makes a launcher in a folder of its own. */
export function testLauncher(signals: Signals = chooseSignals()): TestLauncher {
  const folder = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "launcher_" }));
  const launcher = createPipeLauncher({ clock: systemClock, signals });
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
