/** From the command line to a command. */
import { writeStdout } from "./src/lib/protect_stdout.ts";
import { serve } from "./src/commands/serve.ts";
import { thisMachine } from "./src/commands/machine.ts";
import { messageOf } from "./src/lib/errors.ts";
import { createRedactor } from "./src/lib/redact.ts";
import manifest from "./deno.json" with { type: "json" };

const embedded = new URL("./config/", import.meta.url);

async function main(args: string[]): Promise<number> {
  if (args.length === 0) return await startServer();
  const { runCommandLine } = await import("./src/commands/command_line.ts");
  const { COMMANDS } = await import("./src/commands/registry.ts");
  const { thisProgram } = await import("./src/commands/this_program.ts");
  return await runCommandLine(
    args,
    COMMANDS,
    thisProgram({ version: manifest.version, embedded, writeStdout, startServer }),
  );
}

async function startServer(): Promise<number> {
  return await serve({
    machine: thisMachine(),
    version: manifest.version,
    embedded,
    terminal: Deno.stdin.isTerminal(),
    input: Deno.stdin.readable,
    write: writeStdout,
  });
}

/** What no command has handled ends the program in words, not with a stack trace. */
function giveUp(error: unknown): number {
  console.error(createRedactor(Deno.env.toObject())(`aimux cannot go on: ${messageOf(error)}`));
  return 1;
}

Deno.exit(await main(Deno.args).catch(giveUp));
