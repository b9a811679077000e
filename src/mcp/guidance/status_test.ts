import assert from "node:assert/strict";
import type { JobPayload } from "../tools/job_payload.ts";
import type { Guidance } from "./guidance.ts";
import { statusGuidance } from "./status.ts";
import { callsOf } from "./testing.ts";

const JOB: JobPayload = {
  status: "running",
  job_id: "job_1",
  session_id: "ses_1",
  cli: "codex",
  role: "review",
  permission: "read_only",
  model: "m1",
  read_only: true,
};

function told(job: Partial<JobPayload>): Guidance {
  return statusGuidance({ job_id: "job_1" }, { payload: { ...JOB, ...job } });
}

Deno.test("who asks again and again is told so, and other work comes first", () => {
  assert.deepEqual(Object.keys(told({ poll_count: 2 }).choose_your_path)[0], "wait");
  const often = told({ poll_count: 3 });
  assert.deepEqual(Object.keys(often.choose_your_path), ["work_on", "wait", "cancel"]);
  assert.equal(often.you_are_here, "codex is working on it; you have asked 3 times");
});

Deno.test("a wait is offered of the longest that status takes", () => {
  assert.deepEqual(callsOf(told({ status: "queued", queue_position: 4 })).wait, {
    job_id: "job_1",
    wait_seconds: 45,
  });
});

Deno.test("the same again goes on in the session; a changed call is described, for it is not known", () => {
  const details = { alternatives: ["claude"] };
  const auth = told({ status: "failed", error: { code: "auth", message: "No", details } });
  assert.deepEqual(callsOf(auth), {
    log_in: {
      prompt: "Go on with the task where it stopped.",
      session_id: "ses_1",
      read_only: true,
    },
  });
  assert.match(
    auth.choose_your_path["another_cli"]!.then,
    /^Make its exec call again with cli "claude", without model\. /,
  );
  const model = told({ status: "failed", error: { code: "model_unavailable", message: "No" } });
  assert.match(model.choose_your_path["other_model"]!.then, /^Make the exec call again/);
  assert.deepEqual(callsOf(model), {});
});

Deno.test("without a job_id there is only a list to look into", () => {
  const refused = statusGuidance({}, {
    error: { code: "invalid_input", message: "No", details: { problems: ["job_id is required"] } },
  });
  assert.deepEqual(callsOf(refused), { list: { action: "list" } });
});
