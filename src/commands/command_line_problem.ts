/** Wrong command lines, as this program words all that is wrong. */
import type { Command as Commander } from "commander";
import { nearest } from "../lib/nearest.ts";

/**
 * What is wrong, in a sentence, and where to read on.
 *
 * @param problem Commander's complaint.
 * @param about The command that it is about, or the whole program.
 */
export function commandLineProblem(problem: string, about: Commander): string {
  return `${sentence(problem.replace(/^error: /, "").trimEnd(), about)}\n` +
    `See "${namesOf(about).join(" ")} --help"\n`;
}

/** The words that lead to a command, the program's own first. */
export function namesOf(command: Commander): string[] {
  return [...command.parent ? namesOf(command.parent) : [], command.name()];
}

/** The problem of a first word that is no command. */
export function unknownCommand(name: string, program: Commander): string {
  const names = program.commands.map((command) => command.name());
  const close = nearest(name, names);
  const hint = close ? `Did you mean "${close}"?` : `Commands: ${names.join(", ")}`;
  return `Unknown command ${JSON.stringify(name)}. ${hint}`;
}

function sentence(problem: string, about: Commander): string {
  const option = /^unknown option '([^]*)'$/.exec(problem)?.[1];
  if (option !== undefined) return unknownOption(option, about);

  const [, flags = "", value, expected] =
    /^option '(.*?)' argument '([^]*)' is invalid\. ([^]*)$/.exec(problem) ?? [];
  if (value !== undefined) {
    return `Invalid value ${JSON.stringify(value)} for "${longOf(flags)}". ${expected}`;
  }
  const missing = /^option '(.*)' argument missing$/.exec(problem)?.[1];
  if (missing !== undefined) return `"${longOf(missing)}" needs a value: ${missing}`;

  if (/^too many arguments/.test(problem)) return stray(about);
  return problem;
}

/** The flag that was meant; names that tools use for the same thing hold its name. */
function unknownOption(option: string, about: Commander): string {
  const word = option.replace(/^-+/, "").replace(/=[^]*/, "");
  const names = about.createHelp().visibleOptions(about).map(({ long }) => long!.slice(2));
  const close = nearest(word, names) ?? names.find((name) => word.includes(name));
  const hint = close === undefined ? "" : `. Did you mean "--${close}"?`;
  return `Unknown option ${JSON.stringify(option)}${hint}`;
}

function stray({ args, registeredArguments }: Commander): string {
  const [first = ""] = args.slice(registeredArguments.length);
  const hint = registeredArguments.length > 0
    ? `. Put quotes around a ${registeredArguments[0]!.name()} of several words`
    : "";
  return `Unexpected argument ${JSON.stringify(first)}${hint}`;
}

function longOf(flags: string): string {
  return /--[\w-]+/.exec(flags)?.[0] ?? flags;
}
