/** The exact program call of an attempt. */
import { deeper } from "../clis/depth.ts";
import { type CliPlan, planRun } from "../clis/plan.ts";
import type { Continuation } from "./conversation.ts";
import { JOB_MARKER, OWNER_MARKER } from "./marks.ts";
import type { Route } from "./routing.ts";

/** What an attempt asks of its CLI. */
export interface PlannedAttempt {
  jobId: string;
  cwd: string;
  route: Route;
  continuation: Continuation;
}

/** What is around an attempt. */
export interface AttemptSurroundings {
  /** The environment of aimux. */
  env: Record<string, string>;
  /** The id of the server that starts the CLI. */
  owner: string;
  /** The folder for what aimux keeps for CLIs. */
  stateDir: string;
}

/**
 * Plans an attempt. Pure: starts nothing, writes nothing.
 *
 * @throws AimuxError as {@linkcode planRun}
 */
export function planAttempt(
  { jobId, cwd, route, continuation }: PlannedAttempt,
  { env, owner, stateDir }: AttemptSurroundings,
): CliPlan & { marker: string } {
  const { profile, path, model, effort, permission } = route;
  const plan = planRun(profile, {
    prompt: continuation.prompt,
    cwd,
    permission,
    ...model !== undefined && { model },
    ...effort !== undefined && { effort },
    ...continuation.conversation && { conversation: continuation.conversation },
  }, {
    path,
    env,
    ownEnv: {
      ...deeper(env),
      [JOB_MARKER]: jobId,
      [OWNER_MARKER]: owner,
    },
    stateDir,
    promptFile: `${jobId}.prompt`,
  });
  return { ...plan, marker: JOB_MARKER };
}
