/** How CLIs, database and log are, found out without a server. */
import { existsSync } from "node:fs";
import type { Surroundings } from "../../app.ts";
import type { Config } from "../../config/schema.ts";
import { describeHealth, type HealthParts } from "../../engine/health.ts";
import type { Health, LogHealth } from "../../engine/health_shape.ts";
import { systemClock } from "../../lib/clock.ts";
import { AimuxError, messageOf } from "../../lib/errors.ts";
import { sentences } from "../../lib/sentences.ts";
import { openStore, type Store } from "../../store/store.ts";
import { writeProblem } from "./files.ts";

/** Programs may take their time to tell their versions: somebody waits for this one answer. */
const VERSION_WAIT_MS = 11_000;

/** Why there is no store. */
type Unopened = Extract<HealthParts["store"], { problem: string } | { absent: true }>;

/**
 * Describes the health; what was opened for it is closed again.
 *
 * @param how.signal Ends the CLIs that are asked for their versions, which then are missing.
 * @param how.configured Whether it is known where database and log should be.
 */
export async function healthOf(
  { signals, ...around }: Surroundings,
  { version, signal, configured }: { version: string; signal: AbortSignal; configured: boolean },
): Promise<Health> {
  const clock = systemClock;
  signal.addEventListener("abort", () => void around.versions.close(), { once: true });
  const store: Store | Unopened = configured ? open(around.config) : { absent: true };
  try {
    return await describeHealth({
      ...around,
      version,
      clock,
      startedAt: clock.now(),
      store,
      log: logOf(around.config, configured),
      reach: signals.reach,
      principal: "local",
      versionWaitMs: VERSION_WAIT_MS,
    });
  } finally {
    if ("close" in store) store.close();
    await around.versions.close();
  }
}

/** Does not make a database: that is for who needs one. */
function open({ server: { db_path: path } }: Config): Store | Unopened {
  if (!existsSync(path)) {
    const reason = writeProblem(path);
    if (reason === undefined) return { absent: true };
    const problem = `Cannot make the database "${path}": ${reason}`;
    return { problem: sentences(problem, 'Check its folder, or set another "server.db_path"') };
  }
  try {
    return openStore(path);
  } catch (error) {
    const hint = error instanceof AimuxError ? error.hint : undefined;
    return { problem: sentences(messageOf(error), hint) };
  }
}

function logOf(
  { server: { log_file: path, log_level: level } }: Config,
  wanted: boolean,
): LogHealth {
  if (path === "" || !wanted) return { path: "", level, state: "off" };
  const reason = writeProblem(path);
  if (reason !== undefined) {
    return { path, level, state: "failing", problem: `Cannot write the log "${path}": ${reason}` };
  }
  const bytes = existsSync(path) ? Deno.statSync(path).size : undefined;
  return { path, level, state: "ok", ...bytes !== undefined && { bytes } };
}
