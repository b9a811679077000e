/** What a request would run, to the letter, without running it. */
import type { CliPlan } from "../clis/plan.ts";
import type { Ids } from "../lib/ids.ts";
import type { JobTable } from "../store/jobs.ts";
import type { Session } from "../store/sessions.ts";
import { type Continuation, continuation } from "./conversation.ts";
import { hooksFor } from "./hooks/applies.ts";
import { planAttempt } from "./plan_attempt.ts";
import { type PreparationParts, prepare, type Prepared } from "./prepare.ts";
import type { RunRequest } from "./request.ts";

/** A run that did not take place. */
export interface DryRun extends Prepared {
  /** The job and, where none is continued, the session as a run would name them. */
  jobId: string;
  sessionId: string;
  continuation: Continuation;
  plan: CliPlan;
  /** The names of the hooks that a run would ask. */
  hooks: ReturnType<typeof hooksFor>;
}

/** What a dry run looks at; it changes nothing. */
export interface DryRunParts extends PreparationParts {
  store: PreparationParts["store"] & {
    jobs: Pick<JobTable, "newest" | "bySession">;
    stateDir: string;
  };
  ids: Ids;
}

/**
 * Prepares and plans a request as a run of it would be. Records and starts nothing, and asks no hook.
 *
 * @throws AimuxError where the run would be refused.
 */
export async function dryRun(given: RunRequest, parts: DryRunParts): Promise<DryRun> {
  const prepared = await prepare(given, parts);
  const { request, cwd, route } = prepared;
  const session = prepared.session ?? unrecorded(request, cwd, route.profile.name, parts.ids);
  const jobId = parts.ids.job();
  const how = continuation(
    route.profile,
    session,
    {
      all: () => parts.store.jobs.bySession(session.id),
      last: () => parts.store.jobs.newest(session.id),
    },
    { prompt: request.prompt, preamble: prepared.preamble || undefined },
    jobId,
  );
  const plan = planAttempt({ jobId, cwd, route, continuation: how }, {
    env: parts.env,
    owner: parts.ids.owner(),
    stateDir: parts.store.stateDir,
  });
  const hooks = hooksFor(parts.config.hooks, { cli: route.profile.name, role: route.role });
  return { ...prepared, jobId, sessionId: session.id, continuation: how, plan, hooks };
}

/** A session that a run would begin. */
function unrecorded({ principal }: RunRequest, cwd: string, cli: string, ids: Ids): Session {
  return {
    id: ids.session(),
    principal,
    cli,
    cwd,
    cliSessionId: undefined,
    threadUsage: undefined,
    turns: 0,
    createdAt: 0,
    lastActiveAt: 0,
  };
}
