/** The ways that the end of a job leaves, where it ended without an answer. */
import { LONGEST_TIMEOUT_SECONDS } from "../../engine/request.ts";
import { cut } from "../../lib/cut.ts";
import type { JobPayload } from "../tools/job_payload.ts";
import type { Call, Path } from "./guidance.ts";
import { GO_ON, inSession } from "./jobs.ts";
import { changesKeepingPermission } from "./permission.ts";

/** How a job's task is given once more: made again by who knows its call, else described. */
export type Repeat = (how: { when: string; changes?: Call; then: string }) => Path;

/**
 * What can be done, by how the job ended and why.
 *
 * @param call The call that started it, as far as it is known.
 */
export function waysAfter(job: JobPayload, call: Call, repeat: Repeat): Record<string, Path> {
  switch (job.status) {
    case "cancelled":
      return { go_on: goOn(job, "It is wanted after all") };
    case "interrupted":
      return { go_on: goOn(job, "The task is still to be done") };
    case "timed_out":
      return { go_on: goOnLonger(job, call) };
    default:
      return waysAfterFailure(job, call, repeat);
  }
}

function waysAfterFailure(job: JobPayload, call: Call, repeat: Repeat): Record<string, Path> {
  const { cli, error } = job;
  const other = onAnotherCli(job, call, repeat);
  switch (error?.code) {
    case "auth":
      return {
        log_in: repeat({
          when: `This is done: ${error.hint ?? `a login of ${cli}`}`,
          then: `${cli} runs with the new login`,
        }),
        ...other,
      };
    case "quota":
      return { ...other, later: repeat({ when: "The limit is lifted", then: `${cli} runs` }) };
    case "circuit_open":
      return {
        ...other,
        later: repeat({
          when: "The seconds that the message tells are over",
          then: `${cli} is tried again`,
        }),
      };
    case "model_unavailable":
      return { ...withoutModel(job, call, repeat), ...other };
    case "transient":
      return {
        retry: repeat({ when: "At once, one time", then: "Such failures often pass" }),
        ...other,
      };
    case "refused":
      return {
        reword: { when: "The task is right", then: "Say what it is for, in other words" },
      };
    case "cli_not_installed":
      return {
        ...other,
        install: repeat({ when: error.hint ?? `${cli} is installed`, then: `${cli} runs` }),
      };
    case "blocked":
      return afterHook(job);
    case "storage":
      return {
        retry: repeat({ when: "There is room on the disk again", then: "The run is kept" }),
      };
    default:
      return { go_on: goOn(job, "The message and what was printed tell of no obstacle"), ...other };
  }
}

/** An answer was rejected, or what had to judge it has failed. */
function afterHook(job: JobPayload): Record<string, Path> {
  const { failure, reason } = job.error?.details ?? {};
  if (failure !== undefined) {
    return {
      judge_yourself: {
        when: "The hook cannot be mended now",
        then: "Tell the user that the answer was not judged, and let them decide on partial_output",
      },
      go_on: goOn(job, `This is done: ${job.error?.hint ?? "the hook is mended"}`),
    };
  }
  const why = typeof reason === "string" ? `: ${cut(reason, REASON_CHARS)}` : ", without a reason";
  return {
    correct: inSession(job, {
      when: "The reason can be met",
      prompt: `Your answer was not accepted${why}\nCorrect it, and answer in full again.`,
      then: `${job.cli} knows its answer; the hook judges the new one`,
    }),
    ask: {
      when: "It cannot be met, or you do not understand it",
      then: "Tell the user what the hook has said, and stop",
    },
  };
}

/** Of a reason this much is repeated to the CLI. */
const REASON_CHARS = 500;

function goOn(job: JobPayload, when: string): Path {
  return inSession(job, { when, prompt: GO_ON, then: `${job.cli} knows what it was asked for` });
}

/** In the background, and with three times the time; the schema has a limit. */
function goOnLonger(job: JobPayload, call: Call): Path {
  const had = typeof call["timeout_seconds"] === "number"
    ? call["timeout_seconds"]
    : (job.duration_ms ?? 0) / 1000;
  const timeout_seconds = Math.min(LONGEST_TIMEOUT_SECONDS, Math.max(60, Math.ceil(had * 3)));
  return inSession(job, {
    when: "The task needs more time",
    prompt: GO_ON,
    more: { timeout_seconds, async: true },
    then: "It runs in the background; where this is not enough either, split the task",
  });
}

/** The same task for a CLI that could take it. */
function onAnotherCli(job: JobPayload, call: Call, repeat: Repeat): Record<string, Path> {
  const [cli] = listOf(job.error?.details?.["alternatives"]);
  if (cli === undefined) return {};
  return {
    another_cli: repeat({
      when: `${job.cli} cannot do it now`,
      changes: { cli, model: undefined, ...outOfSession(job, call) },
      then: `${cli} starts anew`,
    }),
  };
}

/** A session belongs to its CLI: what the call would have had from it is said. */
function outOfSession(job: JobPayload, call: Call): Call {
  if (call["session_id"] === undefined) return {};
  return {
    session_id: undefined,
    cwd: job.cwd,
    role: call["role"] ?? job.role,
    ...styleOf(job),
    ...changesKeepingPermission(job, call),
  };
}

/** It comes from the call, the session or the role, and the last two may be left behind. */
function styleOf({ style }: JobPayload): Call {
  return style === undefined ? {} : { style };
}

const OTHER_MODEL: Path = {
  when: "You know a model that the account has",
  then: "Make the exec call again with that model",
};

/** A model that the call named is left out; one of its role or session goes with the role. */
function withoutModel(job: JobPayload, call: Call, repeat: Repeat): Record<string, Path> {
  const known = call["prompt"] !== undefined;
  if (job.model === undefined || !known) return { other_model: OTHER_MODEL };
  const named = call["model"] !== undefined;
  const inherits = call["session_id"] !== undefined;
  const changes = {
    model: undefined,
    ...!named && { role: "default" },
    ...named && inherits && { role: job.role },
    ...!inherits && { cli: job.cli },
    ...changesKeepingPermission(job, call),
    ...styleOf(job),
  };
  return {
    other_model: repeat({
      when: `The model does not have to be ${job.model}`,
      changes,
      then: `${job.cli} chooses a model`,
    }),
  };
}

/** The strings in what should be a list of them. */
export function listOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}
