import assert from "node:assert/strict";
import type { Job } from "../../store/job.ts";
import { createTelemetryFiles, telemetryOf } from "./telemetry.ts";

const JOB = {
  id: "job_1",
  sessionId: "ses_1",
  principal: "local",
  cli: "codex",
  role: "coding",
  model: "m-1",
  permission: "write",
  prompt: "the prompt",
  createdAt: 1000,
} as Job;

Deno.test("a line has the ids, the model that ran and the end, and nothing that was said", () => {
  const result = {
    content: "the answer",
    duration_ms: 40,
    attempts: [
      { cli: "codex", model: "m-1", code: "quota" as const, message: "the message" },
      { cli: "codex", model: "m-2", code: "completed" as const, message: "" },
    ],
    warnings: ["the warning"],
  };
  const line = JSON.stringify(telemetryOf({ job: JOB, status: "completed", result }, 1100));
  assert.deepEqual(JSON.parse(line), {
    version: 1,
    time: "1970-01-01T00:00:01.100Z",
    job_id: "job_1",
    session_id: "ses_1",
    principal: "local",
    cli: "codex",
    role: "coding",
    model: "m-2",
    permission: "write",
    status: "completed",
    code: "completed",
    duration_ms: 40,
    total_ms: 100,
    attempts: [
      { cli: "codex", model: "m-1", code: "quota" },
      { cli: "codex", model: "m-2", code: "completed" },
    ],
  });
});

Deno.test("a job that ended without an answer is told by its code", () => {
  const failed = (code?: "blocked") =>
    telemetryOf({
      job: JOB,
      status: code ? "failed" : "interrupted",
      result: {
        attempts: [],
        warnings: [],
        ...code && { error: { code, message: "the message" } },
      },
    }, 1100).code;
  assert.deepEqual([failed("blocked"), failed()], ["blocked", "interrupted"]);
});

Deno.test("servers share a file, whole line by whole line, and rotate it together", async () => {
  const folder = await Deno.makeTempDir({ prefix: "telemetry_" });
  const path = `${folder}/deep/lines.jsonl`;
  const [one, two] = [0, 1].map(() => createTelemetryFiles({ maxBytes: 70, keep: 2 }));
  try {
    for (let n = 0; n < 20; n++) (n % 2 ? one! : two!).append(path, { n });
    const kept = [".2", ".1", ""].flatMap((end) =>
      Deno.readTextFileSync(path + end).trim().split("\n").map((line) => JSON.parse(line).n)
    );
    assert.deepEqual(kept, Array.from({ length: 20 }, (_, n) => n));
    assert.throws(() => one!.append(`${path}/x`, {}));
  } finally {
    one!.close();
    two!.close();
    await Deno.remove(folder, { recursive: true });
  }
});
