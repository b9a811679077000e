/** All commands, in the order of the help. */
import type { Command, CommandGroup } from "./command.ts";
import { config } from "./config.ts";
import { doctor } from "./doctor.ts";
import { run } from "./run.ts";
import { serveCommand } from "./serve_command.ts";
import { version } from "./version.ts";

/** A command that is listed works. */
export const COMMANDS: readonly (Command | CommandGroup)[] = [
  serveCommand,
  run,
  doctor,
  config,
  version,
];
