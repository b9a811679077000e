/** Looks at each hook: can it be asked, and what went wrong with it? */
import { isoTime } from "../../lib/clock.ts";
import type { Discovery } from "../../clis/discovery.ts";
import type { AfterHook, BeforeHook, HooksConfig } from "../../config/hooks.ts";
import type { HookHealth } from "../health_shape.ts";
import type { HookEvent, HookFailures } from "./failures.ts";
import { findProgram } from "./find_program.ts";
import { telemetryPath } from "./telemetry_path.ts";

/** What a look at the hooks needs. */
export interface HookHealthParts {
  discovery: Pick<Discovery, "find">;
  /** The user's home folder. */
  home: string;
  hookFailures?: HookFailures;
}

/** The state of every hook, those before a run first. Starts nothing. */
export async function hookHealth(
  { before, after }: HooksConfig,
  { discovery, home, hookFailures }: HookHealthParts,
): Promise<HookHealth[]> {
  return await Promise.all([
    ...before.map((hook) => look("before", hook)),
    ...after.map((hook) => look("after", hook)),
  ]);

  async function look(event: HookEvent, hook: BeforeHook | AfterHook): Promise<HookHealth> {
    const { name, command, builtin, on_failure, clis, roles } = hook;
    const failure = hookFailures?.of(event, name);
    return {
      name,
      event,
      ...builtin !== undefined && { builtin },
      ...builtin === "telemetry" && { path: telemetryPath(hook, home) },
      ...command && { command, ...await findProgram(command, discovery) },
      on_failure,
      ...clis && { clis },
      ...roles && { roles },
      failing: failure?.failing ?? false,
      failures: failure?.count ?? 0,
      ...failure && {
        last_failure: { at: isoTime(failure.at), message: failure.message },
      },
    };
  }
}
