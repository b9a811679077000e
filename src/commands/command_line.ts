/** The command line of a person; an MCP client starts the program without arguments. */
import { Command, CommanderError } from "commander";

/** What the commands do. */
export interface Commands {
  version: string;
  /** @returns The exit code. */
  startServer(): Promise<number>;
  print(text: string): Promise<void>;
}

const COMMANDS = ["serve", "help"];

/** @returns The exit code: 0 for success, 2 for a wrong command line. */
export async function runCommandLine(
  args: string[],
  { version, startServer, print }: Commands,
): Promise<number> {
  let exitCode = 0;
  const printed: string[] = [];
  const program = new Command("aimux")
    .description("One MCP server for all your AI coding CLIs")
    .version(version, "-V, --version", "print the version")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => printed.push(text),
      writeErr: (text) => console.error(text.trimEnd()),
    });
  const [first = ""] = args;
  if (!first.startsWith("-") && !COMMANDS.includes(first)) {
    console.error(`Unknown command "${first}". Commands: ${COMMANDS.join(", ")}; see --help`);
    return 2;
  }
  program.command("serve", { isDefault: true })
    .description("serve MCP on standard input and output (the default)")
    .action(async () => {
      exitCode = await startServer();
    });
  try {
    await program.parseAsync(args, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    exitCode = error.exitCode === 0 ? 0 : 2;
  }
  for (const text of printed) await print(text);
  return exitCode;
}
