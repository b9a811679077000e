/** A command is one value: everything about it in one place. */
import type { Machine } from "./machine.ts";
import type { Output } from "./output.ts";

/** One flag of a command. */
export interface CommandFlag {
  /** As the help shows it: `--cli <name>`; without a value it is a switch. */
  flag: string;
  description: string;
  /**
   * Reads the value.
   *
   * @throws Error that says what is expected.
   */
  parse?(value: string): unknown;
}

/** What the command line says: the flags by their names in camelCase. */
export interface Given<Flags> {
  argument?: string;
  flags: Flags;
}

/** All there is to say of a command. */
export interface CommandDefinition<Flags> {
  name: string;
  /** A few words for the list of commands. */
  summary: string;
  /** A sentence or two for its own help. */
  description: string;
  /** The one argument that it takes; it may always be left out. */
  argument?: { name: string; description: string };
  flags: readonly CommandFlag[];
  /** What the help says at its end. */
  notes?: string;
  /** @returns The exit code. */
  run(given: Given<Flags>, program: Program): Promise<number>;
}

/** A command of any flags, as the registry holds it. */
export type Command = CommandDefinition<Record<string, unknown>>;

/** A word with commands of its own: `config trust`. */
export interface CommandGroup {
  name: string;
  /** A few words for the list of commands. */
  summary: string;
  description: string;
  commands: readonly Command[];
}

/** What commands run on. */
export interface Program {
  machine: Machine;
  version: string;
  /** The folder of the embedded configuration. */
  embedded: URL;
  stdin: { terminal: boolean; readable: ReadableStream<Uint8Array> };
  stdout: Output;
  stderr: Output;
  /** @returns The exit code. */
  startServer(): Promise<number>;
}

/** Types a command's flags. */
export function defineCommand<Flags>(definition: CommandDefinition<Flags>): Command {
  return definition as unknown as Command;
}
