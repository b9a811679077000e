/** Runs a command of the program as a shell would, in a pipe or on a terminal. */
import { fileURLToPath } from "node:url";
import { denoEnv, PROGRAM } from "./program.ts";
import type { Workplace } from "./workplace.ts";

/** How a command ended, and what it left. */
export interface CommandEnd {
  code: number;
  stdout: string;
  stderr: string;
}

/** A command that runs. */
export interface RunningCommand {
  pid: number;
  /** Waits until what was printed so far fits. */
  printed(pattern: RegExp, to?: "stdout" | "stderr"): Promise<void>;
  type(text: string): Promise<void>;
  kill(signal: Deno.Signal): void;
  ended: Promise<CommandEnd>;
}

/** What a test can vary. */
export interface CommandOptions {
  /** Standard input; without it there is none, with `open` it never ends. */
  input?: string | { open: true };
  env?: Record<string, string>;
}

/** The words that start the program, for a shell to put into its own line. */
export function programWords(): string {
  return [PROGRAM.command, ...PROGRAM.args].map((word) => `'${word}'`).join(" ");
}

/** Starts the program with its output in pipes. */
export function startCommand(
  workplace: Workplace,
  args: readonly string[],
  options: CommandOptions = {},
): RunningCommand {
  return start(workplace, [PROGRAM.command, ...PROGRAM.args, ...args], options);
}

/** Runs the program to its end. */
export async function runCommand(
  workplace: Workplace,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandEnd> {
  return await startCommand(workplace, args, options).ended;
}

/** Runs a line of bash, in which `$AIMUX` starts the program. */
export async function runShell(
  workplace: Workplace,
  line: string,
  options: CommandOptions = {},
): Promise<CommandEnd> {
  const text = `aimux() { ${programWords()} "$@"; }; ${line}`;
  return await start(workplace, ["/bin/bash", "-c", text], options).ended;
}

/** Starts the program, or a line of bash, on a pseudo-terminal; its output is one stream there. */
export function startOnTerminal(
  workplace: Workplace,
  args: readonly string[] | { line: string },
  { columns = 80, env = {} }: { columns?: number; env?: Record<string, string> } = {},
): RunningCommand {
  const words = "line" in args
    ? ["/bin/bash", "-c", `aimux() { ${programWords()} "$@"; }; ${args.line}`]
    : [PROGRAM.command, ...PROGRAM.args, ...args];
  const helper = fileURLToPath(new URL("./terminal.py", import.meta.url));
  return start(workplace, [PYTHON!, helper, String(columns), ...words], {
    input: { open: true },
    env: { TERM: "xterm", LANG: "C.UTF-8", ...env },
  });
}

/** Python makes the terminals; without it these tests cannot be run. */
export const PYTHON: string | undefined = findPython();

function findPython(): string | undefined {
  try {
    const { success, stdout } = new Deno.Command("python3", {
      args: ["-c", "import pty, sys; print(sys.executable)"],
    }).outputSync();
    if (success) return new TextDecoder().decode(stdout).trim();
  } catch {
    // Said below.
  }
  console.error("There is no python3 with pty here: THE TESTS ON A TERMINAL ARE NOT RUN");
  return undefined;
}

function start(
  workplace: Workplace,
  [command = "", ...args]: string[],
  { input, env = {} }: CommandOptions,
): RunningCommand {
  const child = new Deno.Command(command, {
    args,
    cwd: workplace.project,
    clearEnv: true,
    env: { ...denoEnv(), ...workplace.env, ...env },
    stdin: input === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const seen = { stdout: "", stderr: "" };
  let wake = Promise.withResolvers<void>();
  let over = false;
  const read = async (stream: ReadableStream<Uint8Array>, to: keyof typeof seen) => {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      seen[to] += text;
      wake.resolve();
      wake = Promise.withResolvers();
    }
  };
  const writer = input === undefined ? undefined : child.stdin.getWriter();
  const fed = typeof input === "string" ? feed(writer!, input) : undefined;
  const ended = (async () => {
    const streams = [read(child.stdout, "stdout"), read(child.stderr, "stderr")];
    const [{ code }] = await Promise.all([child.status, ...streams, fed]);
    over = true;
    wake.resolve();
    if (typeof input === "object") await writer!.close().catch(() => {});
    return { code, ...seen };
  })();
  return {
    pid: child.pid,
    ended,
    kill: (signal) => child.kill(signal),
    type: (text) => writer!.write(new TextEncoder().encode(text)),
    async printed(pattern, to = "stderr") {
      while (!pattern.test(seen[to])) {
        if (over) throw new Error(`It ended without ${pattern}: ${seen.stdout}${seen.stderr}`);
        await wake.promise;
      }
    },
  };
}

/** A program that does not read all of its input is free not to. */
async function feed(writer: WritableStreamDefaultWriter<Uint8Array>, text: string): Promise<void> {
  try {
    await writer.write(new TextEncoder().encode(text));
    await writer.close();
  } catch {
    await writer.abort().catch(() => {});
  }
}
