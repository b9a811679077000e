/** What a request comes down to: checked and routed, before anything is recorded or started. */
import { resolve } from "node:path";
import { effortFor } from "../clis/effort.ts";
import { assertRunnable } from "../clis/plan.ts";
import type { AppliedProject } from "../config/project.ts";
import { AimuxError } from "../lib/errors.ts";
import { sentences } from "../lib/sentences.ts";
import type { JobTable } from "../store/jobs.ts";
import type { Session, SessionTable } from "../store/sessions.ts";
import type { EngineParts } from "./engine.ts";
import { withPreamble } from "./preamble.ts";
import { asBefore, checkRequest, type RunRequest, timeoutSeconds } from "./request.ts";
import type { Fallback } from "./next_attempt.ts";
import { type Route, route, takeCapable } from "./routing.ts";
import type { Standing } from "./standing.ts";

/** A request that may run. */
export interface Prepared {
  /** With what its session adds. */
  request: RunRequest;
  /** The session that it continues. */
  session: Session | undefined;
  cwd: string;
  route: Route;
  /** What stands before the prompt, where anything does. */
  preamble: string;
  /** How long the run may take. */
  timeoutSeconds: number;
  /** How long it may print nothing; undefined for as long as it likes. */
  stallSeconds: number | undefined;
  /** How far the job may go for an answer. */
  fallback: Fallback;
  /**
   * The next CLI that could take the request.
   *
   * @throws AimuxError where there is none
   */
  elsewhere(route: Route, except: readonly string[]): Promise<Route>;
  /**
   * Writes what stands before the prompt for another route.
   *
   * @throws AimuxError where its files cannot be taken any more
   */
  introduce(route: Route): Promise<string>;
  /** The limits that hold in its folder. */
  server: AppliedProject["config"]["server"];
}

/** What preparing looks at. */
export type PreparationParts =
  & Pick<
    EngineParts,
    | "config"
    | "profiles"
    | "broken"
    | "project"
    | "preamble"
    | "discovery"
    | "fitVersion"
    | "env"
    | "cwd"
  >
  & {
    store: { sessions: Pick<SessionTable, "find">; jobs: Pick<JobTable, "newest"> };
    standing: Standing;
  };

/**
 * Checks and routes a request. Records and starts nothing.
 *
 * @throws AimuxError where it is refused.
 */
export async function prepare(given: RunRequest, parts: PreparationParts): Promise<Prepared> {
  checkDepth(parts);
  const session = sessionOf(given, parts);
  const cwd = await folderOf(given, session, parts);
  const project = parts.project(cwd);
  const { roles, server } = project.config;
  const here = { ...parts, roles, profiles: project.profiles ?? parts.profiles };
  const last = session && parts.store.jobs.newest(session.id);
  const request = asBefore(given, last, roles);
  checkRequest(request, server.max_prompt_bytes);
  const chosen = await route(request, session, here).catch((error) => {
    throw orForWantOfTrust(error, project);
  });
  chosen.warnings.unshift(...project.warnings);
  if (last?.permission === "full" && given.permission === undefined) {
    chosen.warnings.push(
      `The run before had permission "full"; this one has "${chosen.permission}": ` +
        "full is for calls that ask for it",
    );
  }
  const preamble = await preambleOf(chosen, cwd, parts);
  const { profile, permission } = chosen;
  assertRunnable(profile, { prompt: withPreamble(preamble, request.prompt), permission });
  // A conversation that knows its preamble is given the prompt alone.
  if (session) assertRunnable(profile, { prompt: request.prompt, permission });
  return {
    request,
    session,
    cwd,
    route: chosen,
    preamble,
    timeoutSeconds: timeoutSeconds({
      call: request.timeoutSeconds,
      configured: project.projectTimeout ?? chosen.profile.timeout_seconds ??
        parts.config.server.default_timeout_seconds,
      effort: chosen.effort,
    }),
    stallSeconds: timeoutSeconds({
      call: request.stallTimeoutSeconds,
      configured: chosen.profile.stall_timeout_seconds,
      effort: chosen.effort,
    }),
    fallback: fallbackOf(request, session, chosen),
    async elsewhere(from, except) {
      const modelOf = () => undefined;
      const taken = await takeCapable({ permission: from.permission, modelOf, except }, here);
      const model = taken.model ?? taken.profile.default_model;
      const warnings = [...from.warnings, ...taken.warnings];
      const next = { ...from, ...taken, model, warnings };
      const preamble = await preambleOf(next, cwd, parts);
      const prompt = withPreamble(preamble, request.prompt);
      assertRunnable(next.profile, { prompt, permission: from.permission });
      return { ...next, preamble };
    },
    introduce: (other) => preambleOf(other, cwd, parts),
    server,
  };
}

/** What is refused may be there, but for what the project may not set. */
function orForWantOfTrust(error: unknown, { trust }: AppliedProject): unknown {
  if (!(error instanceof AimuxError) || trust?.warning === undefined) return error;
  const { code, message, hint, details } = error;
  return new AimuxError(code, message, {
    hint: sentences(hint, trust.warning),
    ...details && { details },
    cause: error,
  });
}

/**
 * The project that a request would run in.
 *
 * @throws AimuxError where the request would be refused for its session or its folder, or the
 * project's files are wrong
 */
export async function projectOf(
  request: RunRequest,
  parts: Pick<PreparationParts, "project" | "cwd" | "store">,
): Promise<AppliedProject> {
  return parts.project(await folderOf(request, sessionOf(request, parts), parts));
}

/** What the CLI of a route is told before the prompt. */
export function preambleOf(
  { profile, role, style, model, effort, permission }: Route,
  cwd: string,
  { preamble }: Pick<PreparationParts, "preamble">,
): Promise<string> {
  return preamble({
    role,
    style,
    cli: profile.name,
    model,
    effort: effort && effortFor(profile, effort),
    cwd,
    readOnly: permission === "read_only",
  });
}

/** A session stays with its CLI; a CLI that the call names is not replaced unless it says so. */
function fallbackOf(
  { fallback, cli }: RunRequest,
  session: Session | undefined,
  { warnings }: Route,
): Fallback {
  if (session && fallback === "cli") {
    warnings.push("A session stays with its CLI; only its models were fallen back to");
  }
  if (session) return fallback === "none" ? "none" : "model";
  return fallback ?? (cli === undefined ? "cli" : "none");
}

function checkDepth({ env, config }: PreparationParts): void {
  const { AIMUX_DEPTH: depth = "0" } = env;
  // What is no number was tampered with, and is no way around the limit.
  if (Number(depth) <= config.server.max_depth) return;
  throw new AimuxError(
    "depth_exceeded",
    `aimux was called by a CLI that aimux runs (AIMUX_DEPTH is ${JSON.stringify(depth)}); ` +
      `the most is ${config.server.max_depth} levels`,
    { hint: 'Do the work here instead of delegating it, or raise "server.max_depth"' },
  );
}

function sessionOf(
  { sessionId, principal, cli }: RunRequest,
  { store }: Pick<PreparationParts, "store">,
): Session | undefined {
  if (sessionId === undefined) return undefined;
  const session = store.sessions.find(sessionId, principal);
  if (!session) throw noSession(sessionId);
  if (cli !== undefined && cli !== session.cli) {
    throw new AimuxError(
      "invalid_input",
      `Session "${sessionId}" belongs to "${session.cli}", not to "${cli}"`,
      {
        hint: "Leave cli out, or leave session_id out to start a new session",
        details: {
          session_id: sessionId,
          cli,
          belongs_to: session.cli,
          read_only: wasReadOnly(session, store),
        },
      },
    );
  }
  return session;
}

function wasReadOnly({ id }: Session, { jobs }: PreparationParts["store"]): boolean {
  return jobs.newest(id)?.permission === "read_only";
}

/** The folder to run in: the session's, the call's or the server's. */
async function folderOf(
  { cwd }: RunRequest,
  session: Session | undefined,
  parts: Pick<PreparationParts, "cwd" | "store">,
): Promise<string> {
  const folder = cwd === undefined ? session?.cwd ?? parts.cwd : resolve(parts.cwd, cwd);
  if (session && folder !== session.cwd) {
    throw new AimuxError(
      "invalid_input",
      `Session "${session.id}" runs in "${session.cwd}", not in "${folder}"`,
      {
        hint: "Leave cwd out, or leave session_id out to start a new session",
        details: {
          session_id: session.id,
          cwd: folder,
          runs_in: session.cwd,
          read_only: wasReadOnly(session, parts.store),
        },
      },
    );
  }
  const found = await Deno.stat(folder).catch(() => undefined);
  if (found?.isDirectory) return folder;
  throw new AimuxError(
    "invalid_input",
    found ? `cwd "${folder}" is not a folder` : `cwd "${folder}" does not exist`,
    { hint: "Pass the absolute path of an existing folder", details: { cwd: folder } },
  );
}

/** The refusal of a session that does not exist, or belongs to somebody else. */
export function noSession(id: string): AimuxError {
  return new AimuxError("not_found", `No session "${id}"`, {
    hint: "List the sessions, or leave session_id out to start a new one",
    details: { session_id: id },
  });
}
