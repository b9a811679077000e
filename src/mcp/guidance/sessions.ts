/** What sessions says about what to do next, after each action. */
import { isFinal, type JobStatus } from "../../store/job.ts";
import type { SessionsPayload } from "../tools/sessions.ts";
import { again } from "./again.ts";
import {
  type Call,
  type Guidance,
  guidance,
  type Path,
  type Policy,
  type Refusal,
  type State,
} from "./guidance.ts";
import { GO_ON, inSession, waitFor, workOn } from "./jobs.ts";
import { anyRefusal, LIST, missing, refused } from "./refusals.ts";

/** The most that one call lists. */
const LONGEST_LIST = 1000;

/** The policy of sessions. */
export const sessionsGuidance: Policy<SessionsPayload> = function sessionsGuidance(call, outcome) {
  if (!outcome.payload) return afterRefusal(call, outcome);
  const payload = outcome.payload;
  switch (payload.action) {
    case "list":
      return listed(call, payload);
    case "info":
      return inspected(payload);
    case "cancel":
      return cancelled(payload);
    case "kill":
      return guidance({
        state: "killed",
        you_are_here: `Session ${payload.session_id} and its jobs are deleted`,
        choose_your_path: { list: LIST },
        stop_conditions: ["Nothing of it is needed any more"],
        do_not: ["Do not pass this session_id again: it does not exist any more"],
      });
    case "gc":
      return guidance({
        state: "collected",
        you_are_here: collectedWhat(payload),
        choose_your_path: { list: LIST },
        stop_conditions: ["This is done by itself"],
      });
    case "health":
      return healthy(payload);
  }
};

function collectedWhat({ collected = 0, evicted = 0 }: SessionsPayload): string {
  if (collected + evicted === 0) return "No session had expired; nothing was deleted";
  return [
    ...collected > 0 ? [`${collected} expired sessions were deleted`] : [],
    ...evicted > 0 ? [`${evicted} of the oldest sessions were deleted for want of room`] : [],
  ].join("; ");
}

const START: Path = {
  when: "You have a task for a CLI",
  then: "Call exec with a prompt, and role or cli",
};

const ALL: Path = {
  when: "The one you look for does not fit the filter",
  next_call: { tool: "sessions", arguments: { action: "list" } },
  then: "The list has those of every CLI and state",
};

function listed(call: Call, payload: SessionsPayload): Guidance {
  const { sessions = [], total_sessions: total = 0 } = payload;
  const [newest] = sessions;
  const active = sessions.find(({ status }) => status && !isFinal(status as JobStatus));
  const filtered = call["cli"] !== undefined ||
    (call["status"] !== undefined && call["status"] !== "all");
  const full = sessions.length < total && sessions.length === (call["limit"] ?? 20) &&
    sessions.length < LONGEST_LIST;
  return guidance({
    state: newest ? "listed" : "empty",
    you_are_here: newest
      ? `${sessions.length} of ${total} sessions, the newest first`
      : total > 0
      ? `None of ${total} sessions fits`
      : "There is no session yet",
    coverage_gaps: total > sessions.length ? [`${total - sessions.length} are not listed`] : [],
    choose_your_path: {
      ...active?.last_job_id && { wait: waitFor(active.last_job_id) },
      ...newest && {
        inspect: {
          when: "You want to see the jobs of the newest one",
          next_call: {
            tool: "sessions",
            arguments: { action: "info", session_id: newest.session_id },
          },
          then: "It lists them with their ends",
        },
      },
      ...full && {
        more: again({
          tool: "sessions",
          call,
          changes: { limit: Math.min(LONGEST_LIST, total) },
          when: "The one you look for is older",
          then: "The list goes further back",
        }),
      },
      ...filtered && (total > sessions.length || !newest) && { all: ALL },
      ...newest
        ? {
          continue: {
            when: "You want to go on with one",
            then: "Call exec with its session_id and your prompt",
          },
        }
        : !filtered && { start: START },
    },
    stop_conditions: ["You have the id that you need"],
  });
}

function inspected({ session, jobs = [] }: SessionsPayload): Guidance {
  const last = jobs.at(-1);
  const rest = {
    state: last?.status ?? "empty" as const,
    you_are_here: last
      ? `Its newest of ${jobs.length} jobs is ${last.status}`
      : "The session has no jobs",
    coverage_gaps: ["Prompts and answers are shown by their first words only"],
    stop_conditions: ["You have what you looked for"],
  };
  if (!session || !last) return guidance({ ...rest, choose_your_path: { start: START } });
  if (!isFinal(last.status)) {
    return guidance({
      ...rest,
      choose_your_path: { wait: waitFor(last.job_id), work_on: workOn(last.job_id) },
      do_not: ["Do not start the same task again: it is not lost"],
    });
  }
  return guidance({
    ...rest,
    choose_your_path: {
      read: readJob(last.job_id),
      continue: last.status === "completed"
        ? {
          when: "You want to ask on",
          then: `Call exec with session_id ${session.session_id} and your prompt`,
        }
        : inSession(session, {
          when: "Its task is still to be done, and nothing stands in its way any more",
          prompt: GO_ON,
          then: `${session.cli} knows what it was asked for`,
        }),
    },
  });
}

function readJob(jobId: string): Path {
  return {
    when: "You want the job's whole result",
    next_call: { tool: "status", arguments: { job_id: jobId } },
    then: "It has the answer, or what was printed before the end",
  };
}

function cancelled(
  { job_id = "", session_id = "", permission, status = "", message }: SessionsPayload,
) {
  const done = status === "cancelled";
  if (status === "queued" || status === "running") {
    return guidance({
      state: "cancelling",
      you_are_here: "The job was asked to end and has not ended yet",
      choose_your_path: { wait: waitFor(job_id, "You want to know when it has ended") },
      stop_conditions: ["status tells a state in which it has ended"],
      do_not: ["Do not report this job as cancelled yet"],
    });
  }
  return guidance({
    state: status as JobStatus,
    you_are_here: message ?? `The job is ${status}`,
    choose_your_path: {
      read: readJob(job_id),
      ...done && {
        go_on: inSession({ session_id, permission }, {
          when: "It is wanted after all",
          prompt: GO_ON,
          then: "The same CLI goes on",
        }),
      },
    },
    stop_conditions: ["The job has ended; there is nothing left to cancel"],
    do_not: done ? [] : ["Do not report this job as cancelled"],
  });
}

function healthy(payload: SessionsPayload): Guidance {
  const { running_jobs = 0, queued_jobs = 0, max_concurrent_jobs = 0, total_sessions = 0 } =
    payload;
  const { health, warnings = [] } = payload;
  const state = healthState(payload);
  const active = running_jobs + queued_jobs > 0;
  return guidance({
    state,
    you_are_here: `${running_jobs} of at most ${max_concurrent_jobs} jobs run, ` +
      `${queued_jobs} wait${health === undefined || health === "ok" ? "" : `; aimux is ${health}`}`,
    coverage_gaps: warnings.length > 0 ? ["Of each warning there is a line only"] : [],
    choose_your_path: {
      ...(warnings.length > 0 || state === "unusable") && {
        details: { when: "A warning concerns you", then: "Read the resource aimux://health" },
      },
      ...active && {
        active: {
          when: "You want to see what runs and waits",
          next_call: { tool: "sessions", arguments: { action: "list", status: "active" } },
          then: "Each session shows its last_job_id, by which to wait or to cancel",
        },
      },
      ...!active && total_sessions > 0 && { list: LIST },
      ...(state === "idle" || state === "busy") && { start: START },
    },
    stop_conditions: queued_jobs > 0 ? ["No job waits any more"] : [],
    do_not: DO_NOT[state] ?? [],
  });
}

function healthState(
  { health, running_jobs = 0, queued_jobs = 0, max_concurrent_jobs = 0 }: SessionsPayload,
): State {
  if (health === "unusable") return "unusable";
  if (queued_jobs > 0) return "queueing";
  if (running_jobs === 0) return "idle";
  return running_jobs < max_concurrent_jobs ? "busy" : "full";
}

const DO_NOT: Partial<Record<State, string[]>> = {
  unusable: ["Do not call exec before the cause is removed"],
  queueing: ["Do not start more than is needed: it waits, too"],
  full: ["Do not start more than is needed: it waits"],
};

function unknownCli(call: Call, { did_you_mean: cli }: Record<string, unknown>): Guidance {
  return refused({
    ...cli !== undefined && {
      correct: again({
        tool: "sessions",
        call,
        changes: { cli },
        when: "That is what you meant",
        then: "The list has the sessions of that CLI",
      }),
    },
    all: ALL,
  });
}

function afterRefusal(call: Call, refusal: Refusal): Guidance {
  const { code, details = {} } = refusal.error;
  const { session_id, job_id } = call;
  if (code === "failed") return ending(call, details);
  if (code === "unknown_cli") return unknownCli(call, details);
  if (code === "not_found" && job_id === undefined) return missing({ list: LIST });
  // A slip of the pen must not delete anything.
  if (refusal.corrected?.["action"] === "kill" && call["action"] !== "kill") {
    return refused({ list: LIST });
  }
  if (!("missing" in details)) return anyRefusal("sessions", call, refusal);
  // One id leads to the other.
  if (details["missing"] === "job_id" && typeof session_id === "string") {
    return refused({
      find: {
        when: "You mean a job of that session",
        next_call: { tool: "sessions", arguments: { action: "info", session_id } },
        then: "It lists the session's jobs by job_id",
      },
    });
  }
  if (details["missing"] === "session_id" && typeof job_id === "string") {
    return refused({
      find: {
        when: "You mean the session of that job",
        next_call: { tool: "status", arguments: { job_id } },
        then: "It tells the job's session_id",
      },
    });
  }
  return refused({ list: LIST });
}

/** A session that could not be deleted yet, because a job of it has not ended. */
function ending(call: Call, { job_id }: Record<string, unknown>): Guidance {
  return guidance({
    state: "cancelling",
    you_are_here: "The session's jobs were asked to end and have not ended yet",
    choose_your_path: {
      ...typeof job_id === "string" && { wait: waitFor(job_id, "You want to know when it ends") },
      retry: again({
        tool: "sessions",
        call,
        when: "The job has ended",
        then: "The session is deleted",
      }),
    },
    stop_conditions: ["The session is deleted"],
    do_not: ["Do not report the session as deleted yet"],
  });
}
