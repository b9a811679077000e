/** Where each role would go now. */
import type { Surroundings } from "../../app.ts";
import type { Config } from "../../config/schema.ts";
import { preambleOf } from "../../engine/prepare.ts";
import { route } from "../../engine/routing.ts";
import { createStanding, type Standing, unblemished } from "../../engine/standing.ts";
import { systemClock } from "../../lib/clock.ts";
import { AimuxError, messageOf } from "../../lib/errors.ts";
import { sentences } from "../../lib/sentences.ts";
import { openReadOnly } from "../../store/read_only.ts";
import type { DoctorReport } from "./report.ts";

type Role = DoctorReport["roles"][number];

/** Routes a prompt by each role, as far as the database knows of failures; starts nothing. */
export async function describeRoles(config: Config, around: Surroundings): Promise<Role[]> {
  const stored = attempt(() => openReadOnly(config.server.db_path));
  try {
    const breakers = stored?.breakers;
    const standing = breakers
      ? createStanding({ breakers, config, clock: systemClock })
      : unblemished;
    return await routeAll(config.roles, { ...around, standing });
  } finally {
    stored?.[Symbol.dispose]();
  }
}

/** A database that cannot be read is told by its own section. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof AimuxError) return undefined;
    throw error;
  }
}

function routeAll(
  roles: Config["roles"],
  around: Surroundings & { standing: Standing },
): Promise<Role[]> {
  const parts = { ...around, roles };
  return Promise.all(
    Object.entries(roles).map(async ([name, role]): Promise<Role> => {
      const { advisory = false, ...wanted } = role;
      const known = { name, advisory, wanted: present(wanted) };
      try {
        const request = { prompt: "", principal: "local", role: name };
        const chosen = await route(request, undefined, parts);
        // A role whose own prompt is broken cannot be used either.
        await preambleOf(chosen, around.cwd, around);
        const { profile, model, effort, attempts, warnings } = chosen;
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
