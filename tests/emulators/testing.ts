/** A home and a folder of programs for the emulators' own tests. */
import {
  callsOf,
  childrenOf,
  CLI_NAMES,
  type CliName,
  type Emulators,
  installEmulators,
} from "./mod.ts";
import { binaryOf } from "./cli.ts";

/** What a program has printed, and how it ended. */
export interface Ran {
  code: number;
  signal: Deno.Signal | null;
  stdout: string;
  stderr: string;
}

/** Makes a home with these programs; it goes away with whatever still runs in it. */
export async function sandbox(emulators: Emulators) {
  const root = await Deno.realPath(await Deno.makeTempDir({ prefix: "emulators-" }));
  const bin = `${root}/bin`;
  const home = `${root}/home`;
  const cwd = `${root}/home/project`;
  await Deno.mkdir(cwd, { recursive: true });
  await installEmulators(bin, emulators);
  return { home, cwd, start, run, left, [Symbol.asyncDispose]: dispose };

  /** Starts a program with nothing in its environment but a HOME and a PATH. */
  function start(cli: CliName, args: string[], options: StartOptions = {}): Deno.ChildProcess {
    return new Deno.Command(`${bin}/${binaryOf(cli)}`, {
      args,
      cwd,
      clearEnv: true,
      env: { ...options.env, HOME: home, PATH: "/usr/local/bin:/usr/bin:/bin" },
      stdin: options.stdin === undefined ? "null" : "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  }

  async function run(cli: CliName, args: string[], options: StartOptions = {}): Promise<Ran> {
    const child = start(cli, args, options);
    const output = child.output();
    if (options.stdin !== undefined) await feed(child.stdin, options.stdin);
    const { code, signal, stdout, stderr } = await output;
    const decoder = new TextDecoder();
    return { code, signal, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
  }

  /** The pids of calls and grandchildren that still run. */
  async function left(): Promise<number[]> {
    const pids = await Promise.all(CLI_NAMES.map(async (cli) => {
      const records = [...await callsOf(home, cli), ...await childrenOf(home, cli)];
      return records.map((record) => record.pid);
    }));
    return pids.flat().filter(isRunning);
  }

  async function dispose(): Promise<void> {
    for (const pid of await left()) Deno.kill(pid, "SIGKILL");
    await Deno.remove(root, { recursive: true });
  }
}

interface StartOptions {
  /** What comes through a pipe; without it standard input is the null device. */
  stdin?: string;
  env?: Record<string, string>;
}

/** Reads a stream piece by piece; to be cancelled in the end. */
export function reading(stream: ReadableStream<Uint8Array>) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let sofar = "";
  return {
    /** All that has come, once it holds `text`. */
    async until(text: string): Promise<string> {
      while (!sofar.includes(text)) {
        const { value, done } = await reader.read();
        if (done) throw new Error(`The output ended before ${JSON.stringify(text)}: ${sofar}`);
        sofar += value;
      }
      return sofar;
    },
    cancel: () => reader.cancel(),
  };
}

/** Whether a process runs; a zombie does not. */
export function isRunning(pid: number): boolean {
  const state = Deno.build.os === "linux" ? stateInProc(pid) : stateByPs(pid);
  return state !== "" && !"ZX".includes(state);
}

function stateInProc(pid: number): string {
  try {
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
    return stat.charAt(stat.lastIndexOf(")") + 2);
  } catch {
    return "";
  }
}

function stateByPs(pid: number): string {
  const { stdout } = new Deno.Command("ps", { args: ["-o", "stat=", "-p", `${pid}`] }).outputSync();
  return new TextDecoder().decode(stdout).trim().charAt(0);
}

async function feed(stdin: WritableStream<Uint8Array>, text: string): Promise<void> {
  const writer = stdin.getWriter();
  try {
    await writer.write(new TextEncoder().encode(text));
    await writer.close();
  } catch (error) {
    // The program may end without having read it.
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}
