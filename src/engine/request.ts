/** What a caller asks the engine to run, and the checks that need nothing but the request. */
import type { Permission } from "../config/permission.ts";
import { type Effort, EFFORT_LEVELS, MODEL_PATTERN, MODEL_RULE } from "../config/profile.ts";
import { AimuxError } from "../lib/errors.ts";
import type { Job } from "../store/job.ts";
import type { Fallback } from "./next_attempt.ts";

/** One prompt for one CLI. Plain JSON. */
export interface RunRequest {
  prompt: string;
  /** Whose job it is: the name of the bearer token, or `local`. */
  principal: string;
  cli?: string;
  role?: string;
  /** How the answer is to be written. */
  style?: string;
  model?: string;
  effort?: Effort;
  cwd?: string;
  sessionId?: string;
  /** Without it that of the role, or of the session. */
  permission?: Permission;
  /** How far to go for an answer; without it to other CLIs where a role chose, else nowhere. */
  fallback?: Fallback;
  timeoutSeconds?: number;
  stallTimeoutSeconds?: number;
}

/** The longest time a call may set, one week. */
export const LONGEST_TIMEOUT_SECONDS = 7 * 24 * 3600;

/**
 * Checks a request as far as it tells by itself.
 *
 * @throws AimuxError `invalid_input`
 */
export function checkRequest(request: RunRequest, maxPromptBytes: number): void {
  if (request.prompt.trim() === "") {
    throw new AimuxError("invalid_input", "Empty prompt", { hint: "Say what the CLI should do" });
  }
  const bytes = new TextEncoder().encode(request.prompt).length;
  if (bytes > maxPromptBytes) {
    throw new AimuxError(
      "invalid_input",
      `Prompt too large: ${bytes} bytes, the most is ${maxPromptBytes}`,
      {
        hint: 'Put the material into files and name them, or raise "server.max_prompt_bytes"',
        details: { bytes, max_prompt_bytes: maxPromptBytes },
      },
    );
  }
  checkModel(request.model);
  checkSeconds("timeout_seconds", request.timeoutSeconds);
  checkSeconds("stall_timeout_seconds", request.stallTimeoutSeconds);
}

function checkModel(model: string | undefined): void {
  if (model === undefined || MODEL_PATTERN.test(model)) return;
  throw new AimuxError("invalid_input", `Invalid model ${JSON.stringify(model)}`, {
    hint: MODEL_RULE,
    details: { model },
  });
}

function checkSeconds(name: string, seconds: number | undefined): void {
  if (seconds === undefined) return;
  if (seconds > 0 && seconds <= LONGEST_TIMEOUT_SECONDS) return;
  throw new AimuxError("invalid_input", `Invalid ${name} ${seconds}`, {
    hint: `Use a number above 0 and at most ${LONGEST_TIMEOUT_SECONDS}`,
    details: { [name]: seconds },
  });
}

/** By how much an effort level stretches a timeout that the call did not set. */
const EFFORT_FACTOR: Partial<Record<Effort, number>> = { high: 2, xhigh: 3, max: 3 };

/** A limit in seconds: the call's own, else the configured one, stretched by the effort. */
export function timeoutSeconds<Configured extends number | undefined>(
  { call, configured, effort }: {
    call: number | undefined;
    configured: Configured;
    effort: Effort | undefined;
  },
): number | Configured {
  if (call !== undefined || configured === undefined) return call ?? configured;
  return configured * (effort && EFFORT_FACTOR[effort] || 1);
}

/** Narrows a word to an effort level. */
export function isEffort(word: string): word is Effort {
  return (EFFORT_LEVELS as readonly string[]).includes(word);
}

/**
 * A call that continues a session and names no role goes on as the call before it: an advisory
 * conversation stays one, and does not get the right to change files by being continued. The right to
 * do all is not handed on.
 */
export function asBefore(
  request: RunRequest,
  last: Job | undefined,
  roles: Readonly<Record<string, unknown>>,
): RunRequest {
  if (!last || request.role !== undefined) return request;
  const handedOn = last.permission === "full" ? "write" : last.permission;
  const permission = request.permission ?? handedOn;
  if (!Object.hasOwn(roles, last.role)) return { ...request, permission };
  const model = request.model ?? last.model;
  const effort = request.effort ?? (last.effort && isEffort(last.effort) ? last.effort : undefined);
  const style = request.style ?? last.style;
  return {
    ...request,
    role: last.role,
    permission,
    ...style !== undefined && { style },
    ...model !== undefined && { model },
    ...effort !== undefined && { effort },
  };
}
