/** What any tool says of an error that is not special to it. */
import { again } from "./again.ts";
import { type Call, type Guidance, guidance, type Path, type Refusal } from "./guidance.ts";

/** Sessions and jobs, to find an id. */
export const LIST: Path = {
  when: "You need an id, or the state of what runs",
  next_call: { tool: "sessions", arguments: { action: "list" } },
  then: "Each session shows its session_id and its last_job_id",
};

/** The call was refused: nothing was started, and it must be changed. */
export function refused(paths: Record<string, Path>): Guidance {
  return guidance({
    state: "refused",
    you_are_here: "The call was refused and nothing was started",
    choose_your_path: paths,
    stop_conditions: ["The call succeeds, or the hint cannot be followed here"],
    do_not: ["Do not repeat the same call unchanged"],
  });
}

/** What the call names does not exist. */
export function missing(paths: Record<string, Path>): Guidance {
  return guidance({
    state: "missing",
    you_are_here: "What the call names does not exist, or not any more",
    choose_your_path: paths,
    stop_conditions: ["The list does not have it either"],
    do_not: ["Do not repeat the call with the same id", "Do not make up an id"],
  });
}

/** What to do about an error, by its code alone. */
export function anyRefusal(tool: string, call: Call, { error, corrected }: Refusal): Guidance {
  switch (error.code) {
    case "not_found":
      return missing({ list: LIST });
    case "storage":
    case "internal":
    case "timed_out":
    case "interrupted":
      return unavailable(tool, call, error);
    default:
      return refused({
        correct: corrected
          ? again({
            tool,
            call,
            changes: { ...dropped(call, corrected), ...corrected },
            when: "That is what you meant",
            then: "The call is made as corrected",
          })
          : {
            when: "You can correct it",
            then: `${error.hint ?? "Correct what the message names"}; then make the call again`,
          },
      });
  }
}

/** Names that a correction has not kept, as changes. */
function dropped(call: Call, corrected: Call): Call {
  const names = Object.keys(call).filter((name) => !Object.hasOwn(corrected, name));
  return Object.fromEntries(names.map((name) => [name, undefined]));
}

/** aimux itself could not do it: the call was right. */
function unavailable(tool: string, call: Call, { code, hint }: Refusal["error"]): Guidance {
  return guidance({
    state: "unavailable",
    you_are_here: "aimux could not do it; the call itself is right",
    choose_your_path: {
      retry: again({
        tool,
        call,
        when: code === "storage" && hint ? `This is done: ${hint}` : "In a moment, once",
        then: "It works where the cause is gone",
      }),
    },
    stop_conditions: ["The same error comes again: its cause has to be removed by a person"],
    do_not: ["Do not repeat the call in a loop"],
  });
}
