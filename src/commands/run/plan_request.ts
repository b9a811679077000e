/** What `aimux run --dry-run` finds out. */
import { type AppOptions, lookAround } from "../../app.ts";
import { type DryRun, dryRun, type DryRunParts } from "../../engine/dry_run.ts";
import type { RunRequest } from "../../engine/request.ts";
import { createStanding, unblemished } from "../../engine/standing.ts";
import { systemClock } from "../../lib/clock.ts";
import { createIds } from "../../lib/ids.ts";
import { openReadOnly } from "../../store/read_only.ts";
import { placeOf } from "../../store/space.ts";

/**
 * Plans a request. The database is read, where there is one, and never changed.
 *
 * @throws AimuxError where a run of it would be refused.
 */
export async function planRequest(
  request: RunRequest,
  options: Omit<AppOptions, "version">,
): Promise<DryRun> {
  const around = lookAround(options);
  const path = options.loaded.config.server.db_path;
  using stored = openReadOnly(path);
  const store: DryRunParts["store"] = { ...stored ?? EMPTY, stateDir: placeOf(path).stateDir };
  const { config } = around;
  const { breakers } = stored ?? {};
  const standing = breakers
    ? createStanding({ breakers, config, clock: systemClock })
    : unblemished;
  return await dryRun(request, { ...around, standing, store, ids: createIds() });
}

/** What a database that does not exist yet would say. */
const EMPTY = {
  jobs: { newest: () => undefined, bySession: () => [] },
  sessions: { find: () => undefined },
};
