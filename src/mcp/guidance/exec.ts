/** What exec says about what to do next. */
import { isFinal } from "../../store/job.ts";
import type { JobPayload } from "../tools/job_payload.ts";
import { again } from "./again.ts";
import { listOf, waysAfter } from "./ended_jobs.ts";
import {
  type Call,
  type Guidance,
  guidance,
  type Path,
  type Policy,
  type Refusal,
} from "./guidance.ts";
import { completed, ended, unfinished } from "./jobs.ts";
import { saysPermission } from "./permission.ts";
import { anyRefusal, LIST, missing, refused } from "./refusals.ts";

/** The policy of exec: it knows the call, so it can suggest that call again, changed. */
export const execGuidance: Policy<JobPayload> = function execGuidance(call, outcome) {
  if (!outcome.payload) return afterRefusal(call, outcome);
  const job = outcome.payload;
  if (!isFinal(job.status)) return unfinished(job);
  if (job.status === "completed") return completed(job);
  return ended(job, waysAfter(job, call, (how) => again({ tool: "exec", call, ...how })));
};

function afterRefusal(call: Call, refusal: Refusal): Guidance {
  const { code, details = {} } = refusal.error;
  switch (code) {
    case "invalid_input":
      return wrong(call, refusal);
    case "unknown_cli":
      return refused(unknownCli(call, details));
    case "cli_not_installed":
    case "unsupported":
    case "circuit_open":
      return refused(cannotRun(call, refusal));
    case "not_found":
      return missing({ list: LIST, begin_anew: withoutSession(call, {}) });
    case "queue_full":
      return "max_fan_out" in details ? calledTooMuch() : queueFull();
    case "blocked":
      if ("consent" in details) return refused(withoutConsent(call));
      return blocked(call, refusal);
    case "depth_exceeded":
      return doItHere("You run inside aimux already, as deep as it may be");
    case "interrupted":
      return "caller" in details ? nobodyWaits() : anyRefusal("exec", call, refusal);
    default:
      return anyRefusal("exec", call, refusal);
  }
}

/** The user has not allowed it. */
function withoutConsent(call: Call): Record<string, Path> {
  return {
    narrower: again({
      tool: "exec",
      call,
      changes: { permission: "write" },
      when: "The task can be done within its folder",
      then: "The CLI may change the files of its folder, and no more",
    }),
    user: {
      when: "The task needs all that the user may",
      then: "Tell the user why; only the user can allow it",
    },
  };
}

/** Arguments that are of the right type, but not right. */
function wrong(call: Call, refusal: Refusal): Guidance {
  const { details = {} } = refusal.error;
  if ("problems" in details) return anyRefusal("exec", call, refusal);
  if ("role" in details) return refused(unknownRole(call, details));
  if ("style" in details) return refused(unknownStyle(call, details));
  if ("model" in details) {
    return refused({
      without_model: again({
        tool: "exec",
        call,
        changes: { model: undefined },
        when: "The model does not matter",
        then: "The role or the CLI chooses one",
      }),
    });
  }
  if ("bytes" in details) {
    return refused({
      shorten: {
        when: "The material lies in files, or can be put there",
        then: "Name the files in the prompt: the CLI reads them",
      },
    });
  }
  if ("caller" in details) return refused({ begin_anew: withoutSession(call, {}) });
  if ("permission" in details) return refused(contradicting(call, details));
  if ("belongs_to" in details || "runs_in" in details) {
    const name = "belongs_to" in details ? "cli" : "cwd";
    return refused({
      stay: again({
        tool: "exec",
        call,
        changes: { [name]: undefined },
        when: "The conversation matters",
        then: `It goes on with the session's own ${name}`,
      }),
      begin_anew: withoutSession(call, {}, details["read_only"] === false),
    });
  }
  return anyRefusal("exec", call, refusal);
}

/** Which of two was meant is not known; the one that changes nothing does no harm. */
function contradicting(call: Call, { permission }: Record<string, unknown>) {
  const named = `Make the call again with permission "${permission}" and without read_only`;
  return {
    change_nothing: again({
      tool: "exec",
      call,
      changes: { permission: undefined, read_only: true },
      when: "Nothing is to be changed",
      then: "The run is read-only",
    }),
    ...permission !== "read_only" && {
      as_permission: { when: `"${permission}" is meant`, then: named },
    },
  };
}

/** Who meant an advisory role must not get a run that changes files. */
function unknownRole(call: Call, { did_you_mean: role }: Record<string, unknown>) {
  if (role !== undefined) return { correct: meant(call, { role }) };
  return {
    without_role: again({
      tool: "exec",
      call,
      changes: { role: undefined, ...!saysPermission(call) && { read_only: true } },
      when: "Any role will do",
      then: "The role default answers and changes nothing; the hint has all roles",
    }),
  };
}

function unknownStyle(call: Call, { did_you_mean: style }: Record<string, unknown>) {
  return {
    ...style !== undefined && { correct: meant(call, { style }) },
    without_style: again({
      tool: "exec",
      call,
      changes: { style: "none" },
      when: "The form of the answer does not matter",
      then: "The role or the CLI decides on it",
    }),
  };
}

function unknownCli(call: Call, { did_you_mean: cli }: Record<string, unknown>) {
  return {
    ...cli !== undefined && { correct: meant(call, { cli }) },
    by_role: again({
      tool: "exec",
      call,
      changes: { cli: undefined, model: undefined },
      when: "Any CLI will do",
      then: "The role decides which",
    }),
  };
}

function meant(call: Call, changes: Call): Path {
  return again({
    tool: "exec",
    call,
    changes,
    when: "That is what you meant",
    then: "The call is made as corrected",
  });
}

/** A CLI that is there in name, but cannot take this call. */
function cannotRun(call: Call, { error: { code, hint, details = {} } }: Refusal) {
  const [cli] = listOf(details["alternatives"]);
  const { cwd } = details;
  const instead = { cli, model: undefined, ...call["session_id"] !== undefined && { cwd } };
  return {
    ...cli !== undefined && {
      another_cli: call["session_id"] === undefined
        ? again({
          tool: "exec",
          call,
          changes: instead,
          when: `${cli} will do`,
          then: `${cli} runs it`,
        })
        : withoutSession(call, instead),
    },
    ...code === "cli_not_installed" && {
      install: {
        when: "It has to be that CLI",
        then: hint ?? "Install it, then make the same call again",
      },
    },
    ...cli === undefined && code !== "cli_not_installed" && {
      correct: { when: "The hint can be followed", then: "Make the call again, corrected" },
    },
  };
}

/**
 * A new conversation has nothing of the role and the read-only that the old one had.
 *
 * @param wrote Whether the old one is known to have had the right to change files.
 */
function withoutSession(call: Call, changes: Call, wrote = false): Path {
  const careful = !wrote && call["role"] === undefined && !saysPermission(call);
  return again({
    tool: "exec",
    call,
    changes: { session_id: undefined, ...careful && { read_only: true }, ...changes },
    when: "The prompt can stand without what was said before",
    then: "A new conversation begins" + (careful ? ", which changes no files" : ""),
  });
}

function doItHere(where: string): Guidance {
  return guidance({
    state: "refused",
    you_are_here: where,
    choose_your_path: { work: { when: "The task is yours", then: "Do it here, by yourself" } },
    stop_conditions: ["The task is done here"],
    do_not: ["Do not delegate it again, by any tool"],
  });
}

/** By a CLI that runs inside aimux. */
function calledTooMuch(): Guidance {
  const { choose_your_path: ways, ...told } = queueFull();
  return {
    ...told,
    you_are_here: "You run inside aimux, and too many jobs that you have called have not ended",
    choose_your_path: {
      ...ways,
      work: { when: "The task is small", then: "Do it here, by yourself" },
    },
  };
}

function nobodyWaits(): Guidance {
  return guidance({
    state: "refused",
    you_are_here: "The job that you work for has ended; nothing is started for it any more",
    choose_your_path: { end: { when: "Always", then: "End here: what you find reaches nobody" } },
    stop_conditions: ["You have ended"],
    do_not: ["Do not call it again"],
  });
}

/** A hook that says no means the call; one that has failed means whoever keeps it. */
function blocked(call: Call, { error: { hint, details = {} } }: Refusal): Guidance {
  const failed = "failure" in details;
  return guidance({
    state: "refused",
    you_are_here: failed
      ? "A hook that has to be asked has failed; nothing was started"
      : "A hook of this aimux forbids the call; nothing was started",
    choose_your_path: failed
      ? {
        retry: again({
          tool: "exec",
          call,
          when: `This is done: ${hint ?? "the hook is mended"}`,
          then: "The hook is asked again",
        }),
      }
      : {
        change: {
          when: "The reason can be met without giving up what the task is for",
          then: "Make the call again so that it meets the reason",
        },
        ask: {
          when: "It cannot be met, or you do not understand it",
          then: "Tell the user what the hook has said, and stop",
        },
      },
    stop_conditions: ["The hook lets the call pass, or a person has decided"],
    do_not: [
      failed
        ? "Do not repeat the call before the hook is mended"
        : "Do not repeat the same call unchanged",
      "Do not try to get around the hook, by other words or by another tool",
    ],
  });
}

function queueFull(): Guidance {
  return guidance({
    state: "refused",
    you_are_here: "Too many jobs wait already; nothing was started",
    choose_your_path: {
      look: {
        when: "You want to see what waits",
        next_call: { tool: "sessions", arguments: { action: "list", status: "active" } },
        then: "Wait for one of them by its last_job_id, or cancel one that is not needed",
      },
      health: {
        when: "You want to know how long the queue is",
        next_call: { tool: "sessions", arguments: { action: "health" } },
        then: "Make the same call again once fewer wait",
      },
    },
    stop_conditions: ["A job was taken"],
    do_not: ["Do not repeat the call in a loop"],
  });
}
