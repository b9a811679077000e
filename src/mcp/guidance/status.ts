/** What status says about what to do next. */
import { isFinal } from "../../store/job.ts";
import type { JobPayload } from "../tools/job_payload.ts";
import { inWords } from "./again.ts";
import { type Repeat, waysAfter } from "./ended_jobs.ts";
import type { Guidance, Path, Policy } from "./guidance.ts";
import { completed, ended, GO_ON, inSession, unfinished } from "./jobs.ts";
import { anyRefusal, LIST, refused } from "./refusals.ts";

/** From this look on a caller is told that looking does not help. */
const MANY_POLLS = 3;

/** The policy of status: it knows the job but not the call that started it. */
export const statusGuidance: Policy<JobPayload> = function statusGuidance(call, outcome) {
  if (!outcome.payload) {
    const { details = {} } = outcome.error;
    if ("problems" in details && call["job_id"] === undefined) return refused({ list: LIST });
    return anyRefusal("status", call, outcome);
  }
  const job = outcome.payload;
  if (!isFinal(job.status)) return waiting(job);
  if (job.status === "completed") return completed(job);
  return ended(job, waysAfter(job, {}, repeatOf(job)));
};

/** Who has asked often is better off with other work. */
function waiting(job: JobPayload): Guidance {
  const told = unfinished(job);
  const polls = job.poll_count ?? 0;
  if (polls < MANY_POLLS) return told;
  const { work_on, ...others } = told.choose_your_path;
  return {
    ...told,
    you_are_here: `${told.you_are_here}; you have asked ${polls} times`,
    choose_your_path: { work_on: work_on!, ...others },
  };
}

/** The session knows the task; a call with other arguments can only be described. */
function repeatOf(job: JobPayload): Repeat {
  const { cli, role, model } = job;
  return function repeat({ when, changes, then }): Path {
    if (!changes) return inSession(job, { when, prompt: GO_ON, then });
    const how = inWords({ cli, role, model }, changes);
    return { when, then: `Make its exec call again ${how}. ${then}` };
  };
}
