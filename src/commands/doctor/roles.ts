/** Where each role would go now. */
import type { Surroundings } from "../../app.ts";
import type { Config } from "../../config/schema.ts";
import { preambleOf } from "../../engine/prepare.ts";
import { route } from "../../engine/routing.ts";
import { AimuxError, messageOf } from "../../lib/errors.ts";
import { sentences } from "../../lib/sentences.ts";
import type { DoctorReport } from "./report.ts";

type Role = DoctorReport["roles"][number];

/** Routes a prompt by each role; starts nothing. */
export function describeRoles(roles: Config["roles"], around: Surroundings): Promise<Role[]> {
  const { profiles, broken, discovery } = around;
  const parts = { roles, profiles, broken, discovery };
  return Promise.all(
    Object.entries(roles).map(async ([name, role]): Promise<Role> => {
      const { advisory = false, ...wanted } = role;
      const known = { name, advisory, wanted: present(wanted) };
      try {
        const request = { prompt: "", principal: "local", role: name };
        const chosen = await route(request, undefined, parts);
        // A role whose own prompt is broken cannot be used either.
        await preambleOf(chosen, around.cwd, around);
        const { profile, model = profile.default_model, effort, attempts, warnings } = chosen;
        return {
          ...known,
          cli: profile.name,
          ...present({ model, reasoning_effort: effort }),
          passed_over: attempts.map(({ cli, code, message }) => ({ cli, code, message })),
          warnings,
        };
      } catch (error) {
        const hint = error instanceof AimuxError ? error.hint : undefined;
        const problem = sentences(messageOf(error), hint);
        return { ...known, passed_over: [], warnings: [], problem };
      }
    }),
  );
}

/** What of it is there. */
function present<T extends Record<string, string | undefined>>(
  given: T,
): { [K in keyof T]?: string } {
  return Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  ) as { [K in keyof T]?: string };
}
