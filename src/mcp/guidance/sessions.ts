/** Guidance after each action on sessions. */
import type { SessionsPayload } from "../tools/sessions.ts";
import { type Guidance, guidance, type Path } from "./guidance.ts";

/** What to do after a look at, or a change of, sessions. */
export function sessionsGuidance(payload: SessionsPayload): Guidance {
  switch (payload.action) {
    case "list":
      return listed(payload);
    case "info":
      return inspected(payload);
    case "cancel":
      return cancelled(payload);
    case "kill":
      return guidance({
        state: "killed",
        you_are_here: `Session ${payload.session_id} is deleted`,
        choose_your_path: { list: LIST },
        do_not: ["Do not pass this session_id again: it does not exist any more"],
      });
    case "gc":
      return guidance({
        state: "collected",
        you_are_here: `${payload.collected} expired sessions were deleted`,
        choose_your_path: { list: LIST },
      });
    case "health":
      return guidance({
        state: payload.running_jobs === 0 ? "idle" : "busy",
        you_are_here: `${payload.running_jobs} of at most ${payload.max_concurrent_jobs} jobs ` +
          `run, ${payload.queued_jobs} wait`,
        choose_your_path: { list: LIST },
      });
  }
}

const LIST: Path = {
  when: "You want to see what there is",
  next_call: { tool: "sessions", arguments: { action: "list" } },
  then: "The newest sessions come first",
};

const START: Path = {
  when: "You have a task for a CLI",
  next_call: { tool: "exec", arguments: { prompt: "Say what this project does", read_only: true } },
  then: "The answer comes with a session_id to continue it",
};

function listed({ sessions = [], total_sessions = 0 }: SessionsPayload): Guidance {
  const [newest] = sessions;
  const missing = total_sessions - sessions.length;
  return guidance({
    state: newest ? "listed" : "empty",
    you_are_here: newest ? `${sessions.length} of ${total_sessions} sessions` : "No session fits",
    coverage_gaps: missing > 0 ? [`${missing} sessions are not listed`] : [],
    choose_your_path: newest
      ? {
        inspect: {
          when: "You want to see a session's jobs",
          next_call: {
            tool: "sessions",
            arguments: { action: "info", session_id: newest.session_id },
          },
          then: "It lists the jobs with their ends",
        },
        continue: continuing(newest.session_id),
      }
      : { start: START },
  });
}

function inspected({ session, jobs = [] }: SessionsPayload): Guidance {
  const last = jobs.at(-1);
  return guidance({
    state: last?.status ?? "empty",
    you_are_here: `The session has ${jobs.length} jobs`,
    coverage_gaps: ["Prompts and answers are shown by their first words only"],
    choose_your_path: {
      ...session && { continue: continuing(session.session_id) },
      ...last && {
        read: {
          when: "You want a job's whole result",
          next_call: { tool: "status", arguments: { job_id: last.job_id } },
          then: "It returns the answer, or how far the job is",
        },
      },
    },
  });
}

function cancelled(
  { job_id = "", session_id = "", status = "", message }: SessionsPayload,
): Guidance {
  return guidance({
    state: status,
    you_are_here: message ?? "",
    choose_your_path: {
      read: {
        when: "You want what the job has printed",
        next_call: { tool: "status", arguments: { job_id } },
        then: "It returns the answer or the partial output",
      },
      continue: continuing(session_id),
    },
    do_not: status === "cancelled" ? [] : ["Do not report this job as cancelled"],
  });
}

function continuing(sessionId: string): Path {
  return {
    when: "You want to go on with this conversation",
    next_call: {
      tool: "exec",
      arguments: { prompt: "Your follow-up question", session_id: sessionId },
    },
    then: "The same CLI continues it",
  };
}
