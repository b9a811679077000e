/** From the words on a command line to a command. */
import { Command as Commander, CommanderError, InvalidArgumentError, Option } from "commander";
import { messageOf } from "../lib/errors.ts";
import { printable } from "../lib/terminal/printable.ts";
import type { Command, CommandFlag, CommandGroup, Program } from "./command.ts";
import { commandLineProblem, namesOf, unknownCommand } from "./command_line_problem.ts";
import { EXIT } from "./exit_codes.ts";
import { paint } from "./paint.ts";

/** No help is wider, however wide the terminal. */
const HELP_COLUMNS = 100;

/** What the command line asks for, once it was understood. */
type Action = () => Promise<number>;

/**
 * Runs the command that the words ask for. Where they are wrong nothing is run, and standard error
 * says why.
 *
 * @returns The exit code.
 */
export async function runCommandLine(
  args: readonly string[],
  commands: readonly (Command | CommandGroup)[],
  program: Program,
): Promise<number> {
  const { stdout, stderr } = program;
  let action: Action = () => Promise.resolve(EXIT.done);
  let help = "";
  let problem = "";
  const root = commanderOf(commands, program, (chosen) => action = chosen).configureOutput({
    writeOut: (text) => help += text,
    writeErr: (text) => problem += text,
    getOutHelpWidth: () => Math.min(stdout.columns(), HELP_COLUMNS),
    getOutHasColors: () => stdout.styled,
  });
  inherit(root);
  const named = namedBy(args, root);
  try {
    checkName(args, root);
    // Parsed to its end before anything is done: a later word may be wrong.
    await root.parseAsync([...args], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) {
      const about = named.name() === "help" ? root : named;
      await stderr.write(printable(commandLineProblem(problem, about)));
      return EXIT.refused;
    }
  }
  if (help !== "") await stdout.write(help);
  return await action();
}

/** The command that the first words lead to. */
function namedBy(args: readonly string[], from: Commander): Commander {
  const named = from.commands.find((command) => command.name() === args[0]);
  return named ? namedBy(args.slice(1), named) : from;
}

/** Commander itself would take an unknown first word for an argument. */
function checkName([first, ...rest]: readonly string[], from: Commander): void {
  if (from.commands.length === 0 || first === undefined) return;
  const named = from.commands.find((command) => command.name() === first);
  if (named) checkName(rest, named);
  else if (!first.startsWith("-")) from.error(unknownCommand(first, from));
}

function inherit(from: Commander): void {
  for (const command of from.commands) inherit(command.copyInheritedSettings(from));
}

function commanderOf(
  commands: readonly (Command | CommandGroup)[],
  program: Program,
  choose: (action: Action) => void,
): Commander {
  const root: Commander = new Commander("aimux")
    .description("One interface for all your AI coding CLIs: an MCP server, and these commands")
    .usage("[command] [options]")
    .option("-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand(false)
    .exitOverride()
    .showSuggestionAfterError(false)
    .configureHelp({
      styleTitle: (title) => paint(title, "bold", program.stdout),
      minWidthToWrap: 20,
    })
    .hook("preSubcommand", () => {
      if (root.opts()["version"]) root.error("--version stands alone");
    })
    .action(({ version }: { version?: boolean }) => {
      if (!version) root.error("No command given");
      choose(() => program.stdout.write(`${program.version}\n`).then(() => EXIT.done));
    });

  for (const command of commands) {
    if ("run" in command) add(command, root);
    else {
      const group = addGroup(command, root);
      for (const inner of command.commands) add(inner, group);
    }
  }
  root.command("help [command...]").summary("print the help of a command")
    .description("Prints the help of a command, or of all of aimux.")
    .action((words: string[]) => {
      checkName(words, root);
      const about = namedBy(words, root);
      const stray = words[namesOf(about).length - 1];
      if (stray !== undefined) root.error(`Unexpected argument ${JSON.stringify(stray)}`);
      about.outputHelp();
    });
  return root;

  function add(command: Command, to: Commander): void {
    addCommand(command, to).action((...given: unknown[]) => {
      const flags = given.at(-2) as Record<string, unknown>;
      const [argument] = command.argument ? given as [string | undefined] : [];
      choose(() => command.run({ flags, ...argument !== undefined && { argument } }, program));
    });
  }
}

function addGroup({ name, summary, description }: CommandGroup, to: Commander): Commander {
  const group = to.command(name).summary(summary).description(description)
    .helpCommand(false)
    .action(() => group.error("No command given"));
  return group;
}

function addCommand(command: Command, to: Commander): Commander {
  const { name, summary, description, argument, flags, notes } = command;
  const added = to.command(name).summary(summary).description(description);
  if (argument) added.argument(`[${argument.name}]`, argument.description);
  for (const flag of flags) added.addOption(optionOf(flag));
  if (notes !== undefined) added.addHelpText("after", `\n${notes}`);
  return added;
}

function optionOf({ flag, description, parse }: CommandFlag): Option {
  const option = new Option(flag, description);
  if (parse === undefined) return option;
  return option.argParser((value) => {
    try {
      return parse(value);
    } catch (error) {
      throw new InvalidArgumentError(messageOf(error));
    }
  });
}
