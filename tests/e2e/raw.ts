/** Feeds the program bytes and reads what it prints, without a client between. */
import { denoEnv, PROGRAM } from "./program.ts";
import type { Workplace } from "./workplace.ts";

/** A JSON-RPC message as it was printed. */
// deno-lint-ignore no-explicit-any -- tests read fields whose presence is what they test
export type Message = Record<string, any>;

/** How the program ended. */
export interface RawEnd {
  code: number;
  messages: Message[];
  stderr: string;
}

/** A program that reads what a test writes. */
export interface RawProgram {
  pid: number;
  write(input: string | Uint8Array): Promise<void>;
  /** What was printed so far. */
  messages: readonly Message[];
  /** Resolves with the first message that fits, from the beginning of the output. */
  message(fits: (message: Message) => boolean): Promise<Message>;
  /** Ends the input. */
  end(): Promise<void>;
  /** Closes its output: what it prints from now on cannot be written. */
  deafen(): Promise<void>;
  ended: Promise<RawEnd>;
}

/** Starts the program on pipes. */
export function startRaw(
  workplace: Workplace,
  { args = [], env = {} }: { args?: string[]; env?: Record<string, string> } = {},
): RawProgram {
  const child = new Deno.Command(PROGRAM.command, {
    args: [...PROGRAM.args, ...args],
    cwd: workplace.project,
    clearEnv: true,
    env: { ...denoEnv(), ...workplace.env, ...env },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  return followRaw(child);
}

/** Talks to a program that was started with all three streams in pipes. */
export function followRaw(child: Deno.ChildProcess): RawProgram {
  const messages: Message[] = [];
  let waiting: (() => void)[] = [];
  let over = false;
  const wake = () => {
    for (const resolve of waiting) resolve();
    waiting = [];
  };
  const output = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const reading = (async () => {
    let rest = "";
    for (;;) {
      const { value: text, done } = await output.read();
      if (done) break;
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      // Whatever is not a message fails the test here: nothing else may reach standard output.
      for (const line of lines) messages.push(JSON.parse(line));
      wake();
    }
    if (rest !== "") throw new Error(`Output ends within a line: ${rest.slice(0, 200)}`);
  })();
  const errors = new Response(child.stderr).text();
  const ended = Promise.all([child.status, reading, errors]).then(([{ code }, , stderr]) => ({
    code,
    messages,
    stderr,
  })).finally(() => {
    over = true;
    wake();
  });
  const writer = child.stdin.getWriter();
  return {
    pid: child.pid,
    messages,
    ended,
    async write(input) {
      await writer.write(typeof input === "string" ? new TextEncoder().encode(input) : input);
    },
    end: () => writer.close(),
    deafen: () => output.cancel(),
    async message(fits) {
      for (;;) {
        const found = messages.findLast(fits);
        if (found) return found;
        if (over) throw new Error("The program ended without that message");
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
    },
  };
}

/** Feeds lines, ends the input and waits for the end. */
export async function runRaw(
  workplace: Workplace,
  input: string | Uint8Array,
  options: { args?: string[]; env?: Record<string, string> } = {},
): Promise<RawEnd> {
  const program = startRaw(workplace, options);
  await program.write(input);
  await program.end();
  return await program.ended;
}

/** One request as a line. */
export function requestLine(id: number, method: string, params: unknown = {}): string {
  return JSON.stringify({ jsonrpc: "2.0", id, method, params }) + "\n";
}

/** A tool call as a line. */
export function callLine(id: number, name: string, args: unknown): string {
  return requestLine(id, "tools/call", { name, arguments: args });
}
