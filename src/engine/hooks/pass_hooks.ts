/** How a request passes the hooks before a run, and how a job passes those of another CLI. */
import { effortFor } from "../../clis/effort.ts";
import { assertRunnable } from "../../clis/plan.ts";
import { withPreamble } from "../preamble.ts";
import type { Prepared } from "../prepare.ts";
import { checkRequest, type RunRequest } from "../request.ts";
import type { Route } from "../routing.ts";
import type { AskBefore, Change } from "./before.ts";
import type { BeforeRun } from "./documents.ts";

/** A request that its hooks have let pass. */
export interface PassedRequest {
  prepared: Prepared;
  /** The hooks that were asked. */
  asked: Set<string>;
  /** Whether the caller, or a hook, has named the model. */
  modelNamed: boolean;
}

/** What passing needs. */
export interface PassingParts {
  /** @throws AimuxError where a request is refused */
  prepare(request: RunRequest): Promise<Prepared>;
  before: AskBefore;
  signal: AbortSignal;
}

/**
 * Prepares a request and asks its hooks; what they change is prepared anew, by the same rules.
 *
 * @throws AimuxError where it is refused, or blocked.
 */
export async function passHooks(
  given: RunRequest,
  { prepare, before, signal }: PassingParts,
): Promise<PassedRequest> {
  const asked = new Set<string>();
  const { state, warnings } = await before({
    state: { request: given, prepared: await prepare(given) },
    asked,
    facts: ({ prepared }) => factsOf(prepared, prepared.route, prepared.request.prompt),
    async change({ request }, change) {
      const changed = changeOf(request, change);
      return { request: changed, prepared: await prepare(changed) };
    },
  }, signal);
  state.prepared.route.warnings.push(...warnings);
  return { prepared: state.prepared, asked, modelNamed: state.request.model !== undefined };
}

/**
 * Asks the hooks that another CLI concerns and that were not asked before the job began.
 *
 * @throws AimuxError `blocked`, or what the signal aborts with
 */
export type PassOn = (
  route: Route,
  prompt: string,
  signal: AbortSignal,
) => Promise<{ route: Route; prompt: string }>;

/** Makes it for one job. */
export function passOn(prepared: Prepared, asked: Set<string>, before: AskBefore): PassOn {
  return async function passOn(route, prompt, signal) {
    const { state, warnings } = await before({
      state: { route, prompt },
      asked,
      facts: ({ route, prompt }) => factsOf(prepared, route, prompt),
      change({ route, prompt }, change) {
        const request = changeOf({ ...prepared.request, prompt }, change);
        checkRequest(request, prepared.server.max_prompt_bytes);
        const { profile, preamble, permission } = route;
        assertRunnable(profile, { prompt: withPreamble(preamble, request.prompt), permission });
        const { model = route.model, reasoning_effort: effort = route.effort } = change;
        return Promise.resolve({ route: { ...route, model, effort }, prompt: request.prompt });
      },
    }, signal);
    const { warnings: earlier } = state.route;
    return { ...state, route: { ...state.route, warnings: [...earlier, ...warnings] } };
  };
}

function changeOf(
  request: RunRequest,
  { prompt = request.prompt, model, reasoning_effort: effort }: Change,
): RunRequest {
  return {
    ...request,
    prompt,
    ...model !== undefined && { model },
    ...effort !== undefined && { effort },
  };
}

function factsOf(
  { session, cwd, request, timeoutSeconds }: Prepared,
  { profile, role, style, model, effort, permission }: Route,
  prompt: string,
): BeforeRun {
  const level = effort && effortFor(profile, effort);
  return {
    principal: request.principal,
    cli: profile.name,
    role,
    ...style !== undefined && { style },
    ...model !== undefined && { model },
    ...level !== undefined && { reasoning_effort: level },
    permission,
    cwd,
    ...session && { session_id: session.id },
    timeout_seconds: timeoutSeconds,
    prompt,
  };
}
