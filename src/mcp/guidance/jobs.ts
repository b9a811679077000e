/** What to do with a job, as far as it does not matter which tool tells of it. */
import type { JobPayload } from "../tools/job_payload.ts";
import { type Guidance, guidance, type Path } from "./guidance.ts";
import { keepingPermission, type Permitted } from "./permission.ts";

/** How long a suggested status call waits. */
const WAIT_SECONDS = 45;

/** A job that is queued or runs. */
export function unfinished(job: JobPayload): Guidance {
  return guidance({
    state: job.status,
    you_are_here: WHERE[job.status](job),
    coverage_gaps: ["There is no answer yet"],
    choose_your_path: {
      wait: waitFor(job.job_id),
      work_on: workOn(job.job_id),
      cancel: {
        when: "The answer is not needed any more",
        next_call: { tool: "sessions", arguments: { action: "cancel", job_id: job.job_id } },
        then: "Its process ends; what it printed is kept",
      },
    },
    stop_conditions: ["status is completed, failed, cancelled, timed_out or interrupted"],
    do_not: ["Do not start the same task again: it is not lost", "Do not ask in a tight loop"],
  });
}

/** Waiting for a job's end. */
export function waitFor(jobId: string, when = "You need the answer now"): Path {
  return {
    when,
    next_call: { tool: "status", arguments: { job_id: jobId, wait_seconds: WAIT_SECONDS } },
    then: `It returns when the job ends, after ${WAIT_SECONDS} s at the latest`,
  };
}

/** Leaving a job to itself. */
export function workOn(jobId: string): Path {
  return { when: "You have other work", then: `Do it and ask for ${jobId} later: the job goes on` };
}

/** A job with an answer. */
export function completed(job: JobPayload): Guidance {
  return guidance({
    state: "completed",
    you_are_here: WHERE.completed(job),
    coverage_gaps: [
      ...job.truncated ? ["The middle of the answer is left out of content"] : [],
      ...job.read_only ? ["It was run read-only and changed nothing"] : [],
      ...inPlaceOf(job),
    ],
    choose_your_path: {
      ...job.truncated && {
        read_all: {
          when: "You need the left out part",
          then: `Read the resource ${job.output_uri}`,
        },
      },
      ...job.read_only ? { act: ACT } : review(job),
      continue: inSession(job, {
        when: "You have a question about it",
        prompt: "What of your answer is assumed or not verified, and what did you leave out? " +
          "Change nothing.",
        then: `${job.cli} goes on; any other prompt works the same way`,
      }),
    },
    stop_conditions: ["The answer does what was asked for"],
    do_not: ["Do not take the answer for checked: it is one model's"],
  });
}

/** Who asked for one CLI, by a role, may want to know that another one answered. */
function inPlaceOf({ cli, attempts = [] }: JobPayload): string[] {
  const [first] = attempts;
  return first && first.cli !== cli ? [`${cli} answered in place of ${first.cli}`] : [];
}

const ACT: Path = {
  when: "What it advises shall be done",
  then: "Do it, or call exec with role coding and say in the prompt what to do",
};

/** A second opinion on what a run may have changed, in a session of its own. */
function review({ cwd }: JobPayload): Record<string, Path> {
  if (cwd === undefined) return {};
  return {
    review: {
      when: "It has changed files",
      next_call: {
        tool: "exec",
        arguments: {
          prompt: "Review the latest changes in this folder: mistakes, missing tests, and what " +
            "does not belong there.",
          role: "review",
          read_only: true,
          cwd,
        },
      },
      then: "Another session judges the changes and changes nothing",
    },
  };
}

/** The error's message says more, and stands in the result. */
const WHERE: Record<JobPayload["status"], (job: JobPayload) => string> = {
  queued: ({ queue_position: place = 1 }) => `The job waits for its turn, at place ${place}`,
  running: ({ cli }) => `${cli} is working on it`,
  completed: ({ cli }) => `${cli} has answered`,
  failed: ({ cli, error: { code } = { code: "failed" } }) => {
    if (code === "blocked") return `${cli} has answered, but a hook does not let the answer pass`;
    return code === "failed" ? `${cli} failed` : `${cli} failed (${code})`;
  },
  cancelled: () => "The job was cancelled before it had an answer",
  timed_out: ({ cli }) => `${cli} did not finish in its time`,
  interrupted: () => "aimux was stopped before the job had an answer",
};

/** A job that ended without an answer, and the ways that its end leaves. */
export function ended(job: JobPayload, paths: Record<string, Path>): Guidance {
  const { status, partial_output: partial, output_uri } = job;
  return guidance({
    state: status,
    you_are_here: WHERE[status](job),
    coverage_gaps: [gapOf(job)],
    choose_your_path: {
      ...paths,
      ...partial && output_uri && {
        read_output: {
          when: "You need all that it printed",
          then: `Read the resource ${output_uri}`,
        },
      },
    },
    stop_conditions: ["A later job completes, or the cause cannot be removed here"],
    do_not: [
      ...partial ? ["Do not take partial_output for an answer"] : [],
      ...doNotRepeat(job),
    ],
  });
}

function gapOf({ partial_output: partial, error }: JobPayload): string {
  if (!partial) return "There is no answer, and nothing was printed";
  return error?.code === "blocked"
    ? "partial_output is the answer that did not pass"
    : "There is no answer; partial_output is what was printed before the end";
}

function doNotRepeat({ status, error }: JobPayload): string[] {
  switch (status) {
    case "cancelled":
      return ["Do not start it again unless it is wanted after all"];
    case "timed_out":
      return ["Do not repeat the call with the same time"];
    case "failed":
      return error?.code === "transient"
        ? ["Do not repeat the call again and again"]
        : ["Do not repeat the call before the cause is removed"];
    default:
      return [];
  }
}

/** The next turn of a job's conversation, with the permission of the one before. */
export function inSession(
  job: Pick<JobPayload, "session_id"> & Permitted,
  { when, prompt, then, more = {} }: {
    when: string;
    prompt: string;
    then: string;
    /** Further arguments. */
    more?: Record<string, unknown>;
  },
): Path {
  const args = { prompt, session_id: job.session_id, ...keepingPermission(job), ...more };
  return { when, next_call: { tool: "exec", arguments: args }, then };
}

/** A prompt that makes sense after any turn that brought no answer. */
export const GO_ON = "Go on with the task where it stopped.";
