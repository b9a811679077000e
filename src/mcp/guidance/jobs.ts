/** Guidance on a job, by the state that it is in. */
import { type Guidance, guidance, type Path } from "./guidance.ts";
import type { JobPayload } from "../tools/job_payload.ts";

/** How long a suggested status call waits. */
const WAIT_SECONDS = 45;

/** What to do with a job, for exec and status alike. */
export function jobGuidance(job: JobPayload): Guidance {
  switch (job.status) {
    case "queued":
    case "running":
      return unfinished(job);
    case "completed":
      return completed(job);
    default:
      return ended(job);
  }
}

function unfinished(job: JobPayload): Guidance {
  const where = job.status === "queued"
    ? `The job waits for its turn, at place ${job.queue_position ?? 1}`
    : `${job.cli} is working on it`;
  return guidance({
    state: job.status,
    you_are_here: where,
    coverage_gaps: ["There is no answer yet"],
    choose_your_path: {
      wait: {
        when: "You need the answer now",
        next_call: {
          tool: "status",
          arguments: { job_id: job.job_id, wait_seconds: WAIT_SECONDS },
        },
        then: "It returns when the job ends, or after the wait with what is known",
      },
      work_on: {
        when: "You have other work",
        then: `Do it, and ask for ${job.job_id} later: the job goes on by itself`,
      },
      cancel: {
        when: "The answer is not needed any more",
        next_call: { tool: "sessions", arguments: { action: "cancel", job_id: job.job_id } },
        then: "Its process ends, and what it printed so far is kept",
      },
    },
    stop_conditions: ["status is completed, failed, cancelled, timed_out or interrupted"],
    do_not: [
      "Do not start the same task again: it is running",
      "Do not ask in a tight loop: wait_seconds does the waiting",
    ],
  });
}

function completed(job: JobPayload): Guidance {
  return guidance({
    state: "completed",
    you_are_here: `${job.cli} has answered`,
    coverage_gaps: job.truncated
      ? [`The middle of the answer is left out here; ${job.output_uri} holds all of it`]
      : [],
    choose_your_path: {
      continue: continuing(job, "You want to ask more about it", "Your follow-up question"),
      ...job.truncated && {
        read_all: {
          when: "You need the left out part",
          then: `Read the resource ${job.output_uri}`,
        },
      },
    },
    stop_conditions: ["The answer does what was asked for"],
    do_not: ["Do not take the answer for checked: it is one model's"],
  });
}

function ended(job: JobPayload): Guidance {
  const message = job.error?.message ?? `The job ended as ${job.status}`;
  const prompt = "Go on with the task";
  return guidance({
    state: job.status,
    you_are_here: message,
    coverage_gaps: job.partial_output
      ? ["partial_output is what was printed before the end, not an answer"]
      : ["There is no answer"],
    choose_your_path: {
      retry: continuing(job, job.error?.hint ?? "You want to try again in its session", prompt),
      ...job.status === "failed" && {
        another_cli: {
          when: `${job.cli} cannot do it`,
          then: "Make the same exec call with another cli and without session_id",
        },
      },
      inspect: {
        when: "You want to see what the session has done",
        next_call: { tool: "sessions", arguments: { action: "info", session_id: job.session_id } },
        then: "It lists the session's jobs with their ends",
      },
    },
    stop_conditions: ["A later job of the session completes, or the cause cannot be removed here"],
    do_not: ["Do not treat this as an answer", "Do not repeat the call without removing the cause"],
  });
}

function continuing(job: JobPayload, when: string, prompt: string): Path {
  return {
    when,
    next_call: { tool: "exec", arguments: { prompt, session_id: job.session_id } },
    then: `${job.cli} continues the conversation`,
  };
}
