/** What the program's commands run on, when it is a real process. */
import type { Program } from "./command.ts";
import { thisMachine } from "./machine.ts";
import { createOutput } from "./output.ts";

/** What only the entry knows. */
export interface Entry extends Pick<Program, "version" | "embedded" | "startServer"> {
  writeStdout(bytes: Uint8Array): Promise<void>;
}

/** Brings together what commands run on. */
export function thisProgram({ writeStdout, ...entry }: Entry): Program {
  const machine = thisMachine();
  const { env } = machine;
  return {
    ...entry,
    machine,
    stdin: {
      terminal: Deno.stdin.isTerminal(),
      // Made at its first use: a stream that is there begins to read.
      get readable() {
        return Deno.stdin.readable;
      },
    },
    stdout: createOutput({ terminal: Deno.stdout.isTerminal(), env, write: writeStdout }),
    stderr: createOutput({ terminal: Deno.stderr.isTerminal(), env, write: writeStderr }),
  };
}

/** At once, so that what is written last is written; where nobody reads, it is nobody's loss. */
function writeStderr(bytes: Uint8Array): Promise<void> {
  try {
    for (let at = 0; at < bytes.length;) at += Deno.stderr.writeSync(bytes.subarray(at));
  } catch {
    // Also where a terminal has been closed.
  }
  return Promise.resolve();
}
