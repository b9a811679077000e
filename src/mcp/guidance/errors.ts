/** Guidance after a call that was refused. */
import type { ErrorCode } from "../../lib/errors.ts";
import { type Guidance, guidance, type Path } from "./guidance.ts";

const LOOK_AROUND: Path = {
  when: "You need an id or the state of what runs",
  next_call: { tool: "sessions", arguments: { action: "list" } },
  then: "Each session shows its last job_id",
};

/** What to do about an error that left nothing behind. */
export function refusedGuidance(code: ErrorCode): Guidance {
  return guidance({
    state: "refused",
    you_are_here: "The call was refused and nothing was started",
    choose_your_path: code === "not_found" ? { look_around: LOOK_AROUND } : {
      correct: { when: "The hint applies", then: "Make the same call again, corrected" },
    },
    stop_conditions: ["The call succeeds, or the hint cannot be followed here"],
    do_not: ["Do not repeat the same call unchanged"],
  });
}
