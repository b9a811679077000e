/** The hooks of a server: asked before each run is taken, and before its end is recorded. */
import type { Config } from "../../config/schema.ts";
import type { Log } from "../../lib/log.ts";
import type { Redactor } from "../../lib/redact.ts";
import { type AskAfter, createAskAfter } from "./after.ts";
import type { AskingParts } from "./ask_program.ts";
import { type AskBefore, createAskBefore } from "./before.ts";
import type { HookFailures } from "./failures.ts";

/** What hooks need. */
export interface HookParts extends AskingParts {
  config: Pick<Config, "hooks" | "server">;
  failures: HookFailures;
  log: Log;
  redact: Redactor;
}

/** Both kinds of hooks. */
export interface Hooks extends AskAfter {
  before: AskBefore;
}

/** Makes them from the configuration. */
export function createHooks(parts: HookParts): Hooks {
  return { before: createAskBefore(parts), ...createAskAfter(parts) };
}
