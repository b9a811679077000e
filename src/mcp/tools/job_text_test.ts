import assert from "node:assert/strict";
import type { JobPayload } from "./job_payload.ts";
import { jobText } from "./job_text.ts";

const job: JobPayload = {
  status: "running",
  job_id: "job_1",
  session_id: "ses_1",
  cli: "codex",
  role: "default",
  permission: "write",
  read_only: false,
};

Deno.test("a job that goes on says in words how its answer is had", () => {
  assert.equal(
    jobText({ ...job, progress: "Reading" }),
    "codex is working on it; for the answer call status with the job_id\n\n" +
      "status: running\ncli: codex, role default\npermission: write\njob_id: job_1\n" +
      "session_id: ses_1\nprogress: Reading",
  );
  assert.match(
    jobText({ ...job, status: "queued", queue_position: 3 }),
    /^The job waits for its turn; for the answer call status with the job_id\n\nstatus: queued\n/,
  );
});

Deno.test("an answer stands first, and a failure says why, and what was printed", () => {
  assert.match(jobText({ ...job, status: "completed", content: "Yes" }), /^Yes\n\n---\nstatus: /);
  const error = { code: "auth" as const, message: "No login", hint: "Log in" };
  const text = jobText({ ...job, status: "failed", error, partial_output: "half" });
  assert.match(text, /^No login\nLog in\n\nstatus: failed \(auth\)\n/);
  assert.match(text, /\n\nPrinted before the end:\nhalf$/);
});
