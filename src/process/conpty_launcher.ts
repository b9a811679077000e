/**
 * Starts a process on Windows' pseudo console. Its parts are tested wherever the tests run, the
 * whole only with a stand-in for Windows: it has not been run there.
 */
import type { Clock } from "../lib/clock.ts";
import { messageOf } from "../lib/errors.ts";
import { atMost, DRAIN_MS, LEFTOVER_GRACE_MS } from "./end_times.ts";
import { treeEnder } from "./end_tree.ts";
import type { Launcher, ProcessEnd, RunningProcess, SpawnOptions, SpawnPlan } from "./launcher.ts";
import { startTimeOf } from "./start_time.ts";
import { assertMayRun } from "./run_permission.ts";
import type { EndSignal, Signals } from "./signals.ts";
import { isBatchFile } from "./windows/command_line.ts";
import { createProcess } from "./windows/create_process.ts";
import { type Kernel32, openKernel32 } from "./windows/kernel32.ts";
import { openPipe, readPipe, writePipe } from "./windows/pipe.ts";
import { openPseudoConsole, type PseudoConsole } from "./windows/pseudo_console.ts";
import type { ProcessInformation } from "./windows/structs.ts";

/** What the launcher needs. */
export interface ConptyLauncherParts {
  clock: Clock;
  signals: Signals;
  /** Takes over where there is no pseudo console. */
  pipes: Launcher;
  /** The system; by default the real one. */
  openKernel32?: () => Kernel32;
}

const FOREVER = 0xffffffff;

/**
 * Makes a launcher that gives the child a pseudo console for standard output and standard error;
 * standard input is a pipe. A batch file is run on pipes: `cmd.exe` would read its arguments as
 * commands, which Deno's own way to start one takes care of.
 */
export function createConptyLauncher(parts: ConptyLauncherParts): Launcher {
  const { clock, signals, pipes } = parts;
  let kernel: Kernel32 | undefined;
  return { launch, reach: signals.reach };

  function launch(plan: SpawnPlan, options: SpawnOptions): RunningProcess {
    assertMayRun(plan);
    let console: PseudoConsole;
    try {
      if (isBatchFile(plan.command)) throw new Error(`"${plan.command}" is a batch file`);
      kernel ??= (parts.openKernel32 ?? openKernel32)();
      console = openPseudoConsole(kernel);
    } catch (error) {
      const warning = `There is no pseudo-terminal, pipes were used instead: ${messageOf(error)}`;
      return { ...pipes.launch(plan, options), warning };
    }
    return follow(kernel, console, start(kernel, console, plan), plan, options);
  }

  function follow(
    kernel: Kernel32,
    console: PseudoConsole,
    { process, pid }: ProcessInformation,
    plan: SpawnPlan,
    { stdout, stderr, onOutput }: SpawnOptions,
  ): RunningProcess {
    let running = true;
    let closing: Promise<void> | undefined;
    const status = ended();
    const drained = readPipe(kernel, console.output, (chunk) => {
      stdout.write(chunk);
      onOutput?.(chunk);
    });
    const child = {
      ended: status,
      kill(signal: EndSignal) {
        if (!running) return;
        // Every process on the console is told that it closes.
        if (signal === "SIGTERM") void close();
        else kernel.TerminateProcess(process, 1);
      },
    };
    const startTime = startTimeOf(pid);
    const endAll = treeEnder(plan, { pid, startTime, child }, { clock, signals });
    return { pid, startTime, ended: settle(), end: endAll, terminal: true };

    async function ended(): Promise<ProcessEnd> {
      await kernel.waitAside(process, FOREVER);
      running = false;
      const code = new Int32Array(1);
      kernel.GetExitCodeProcess(process, new Uint8Array(code.buffer));
      kernel.CloseHandle(process);
      return { code: code[0]!, signal: null };
    }

    /** Ends what is left on the console, shows what was not shown yet, and ends the output. */
    function close(): Promise<void> {
      closing ??= kernel.closeConsoleAside(console.handle)
        .then(() => void kernel.CloseHandle(console.keys));
      return closing;
    }

    async function settle(): Promise<ProcessEnd> {
      const end = await status;
      await atMost(DRAIN_MS, Promise.all([close(), drained]), clock);
      const left = await endAll(LEFTOVER_GRACE_MS);
      stdout.close();
      stderr.close();
      return { ...end, ...left.length > 0 && { left } };
    }
  }
}

function start(kernel: Kernel32, console: PseudoConsole, plan: SpawnPlan): ProcessInformation {
  let input: [reader: bigint, writer: bigint] | undefined;
  try {
    input = openPipe(kernel);
    const [standardInput, writer] = input;
    const started = createProcess(kernel, { ...plan, console: console.handle, standardInput });
    kernel.CloseHandle(standardInput);
    void writePipe(kernel, writer, plan.stdin ?? "");
    return started;
  } catch (error) {
    for (const handle of input ?? []) kernel.CloseHandle(handle);
    // The console only ends when nobody waits for its output.
    kernel.CloseHandle(console.output);
    void kernel.closeConsoleAside(console.handle)
      .then(() => void kernel.CloseHandle(console.keys));
    throw error;
  }
}
