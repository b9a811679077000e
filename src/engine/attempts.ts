/** Tries CLIs and models until one of them has answered. */
import type { Clock } from "../lib/clock.ts";
import { AimuxError } from "../lib/errors.ts";
import { type Fallback, nextAttempt } from "./next_attempt.ts";
import type { Route } from "./routing.ts";
import type { AttemptEnd } from "./run_job.ts";
import type { Stop } from "./wait_for_end.ts";

/** How long to wait before the same is tried once more. */
const PAUSE_MS = 1000;

/** What the attempts of one job are made of. */
export interface Attempts {
  route: Route;
  fallback: Fallback;
  /** How long all of them may take together. */
  timeoutSeconds: number;
  /** Aborted when the job is to end. */
  stop: AbortSignal;
  clock: Clock;
  /** One attempt, of so many seconds. */
  once(route: Route, seconds: number): Promise<AttemptEnd>;
  /** Called after each attempt, before the next. */
  onEnd(end: AttemptEnd, route: Route): Promise<void>;
  /** Models of a route's CLI to fall back to, other than those that were tried. */
  modelsLeft(route: Route, tried: readonly (string | undefined)[]): readonly string[];
  /**
   * The next CLI, other than those that were tried.
   *
   * @throws AimuxError where there is none
   */
  elsewhere(route: Route, except: readonly string[]): Promise<Route>;
}

/** Tries until there is an answer, or nothing is left to try; the last end tells of all attempts. */
export async function untilAnswered(attempts: Attempts): Promise<AttemptEnd> {
  const { clock, stop, fallback, timeoutSeconds } = attempts;
  const deadline = clock.now() + timeoutSeconds * 1000;
  const tried: { cli: string; model: string | undefined }[] = [];
  let { route } = attempts;
  for (;;) {
    const cli = route.profile.name;
    tried.push({ cli, model: route.model });
    const end = await attempts.once(route, Math.max(0.001, (deadline - clock.now()) / 1000));
    await attempts.onEnd(end, route);
    const next = await following(end, cli);
    if (next === "stopped") return stoppedAfter(end, stop.reason as Stop);
    if (!next) return end;
    route = { ...next, attempts: [...end.result.attempts, ...next.attempts] };
  }

  async function following(end: AttemptEnd, cli: string): Promise<Route | "stopped" | undefined> {
    const code = end.result.error?.code;
    if (code === undefined || end.status !== "failed") return undefined;
    const models = tried.filter((each) => each.cli === cli).map(({ model }) => model);
    const next = nextAttempt({
      code,
      changedFiles: end.changedFiles(),
      permission: route.permission,
      fallback,
      tries: models.filter((model) => model === route.model).length,
      models: attempts.modelsLeft(route, models),
    });
    if (next === "same") await clock.delay(PAUSE_MS, stop);
    if (next === "none" || clock.now() >= deadline) return undefined;
    if (stop.aborted) return "stopped";
    if (next === "same") return { ...route, attempts: [] };
    if (next !== "cli") return { ...route, model: next.model, attempts: [] };
    try {
      return await attempts.elsewhere(route, [...new Set(tried.map((each) => each.cli))]);
    } catch (error) {
      if (error instanceof AimuxError) return undefined; // the failure that led here is told
      throw error;
    }
  }
}

/** The end of a job that was stopped before it could be tried again. */
function stoppedAfter(end: AttemptEnd, { status, message }: Stop): AttemptEnd {
  const error = { code: status, message: `${message} (it was about to be tried again)` };
  return { ...end, status, result: { ...end.result, error } };
}
