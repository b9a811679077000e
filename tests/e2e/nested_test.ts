import assert from "node:assert/strict";
import { writeProgram } from "../program_file.ts";
import { programWords } from "./command.ts";
import { startServer } from "./server.ts";
import { createWorkplace } from "./workplace.ts";

/** A CLI that calls aimux, as its prompt says. */
const SCRIPT = `#!/bin/bash
aimux() { ${programWords()} run --quiet --cli crush "$@"; }
case "\${@: -1}" in
  "ask") echo "It said: $(aimux answer)";;
  "ask too much") AIMUX_SERVER_MAX_FAN_OUT=0 aimux answer 2>&1; echo "code $?";;
  "ask for ever") aimux hang;;
  "answer") echo "forty-two";;
  "hang") sleep 1000;;
esac
`;

Deno.test("a CLI that calls aimux gets its answer, and nothing outlives the end of its job", async (t) => {
  await using workplace = await createWorkplace({
    config: { server: { max_concurrent_jobs: 1, kill_grace_seconds: 1 } },
    profiles: { crush: { max_concurrent_jobs: 1 } },
  });
  await writeProgram(`${workplace.bin}/crush`, SCRIPT);
  await using aimux = await startServer({ workplace });
  const exec = (prompt: string, more = {}) => aimux.call("exec", { prompt, cli: "crush", ...more });

  await t.step("with one place, which the job lends to the one that it calls", async () => {
    const result = await exec("ask", { timeout_seconds: 60 });
    assert.equal(result.status, "completed", result.text);
    assert.equal(result.content, "It said: forty-two");
  });

  await t.step("not more than server.max_fan_out", async () => {
    const result = await exec("ask too much");
    assert.match(result.content, /has called 0 jobs that have not ended; the most is 0[^]*code 5/);
  });

  await t.step("a cancelled job takes along what it has called", async () => {
    const { job_id } = await exec("ask for ever", { async: true });
    let called;
    do {
      const { sessions } = await aimux.call("sessions", { action: "list", status: "active" });
      called = sessions.find(({ last_job_id }: { last_job_id: string }) => last_job_id !== job_id);
    } while (called?.status !== "running");
    const cancelled = await aimux.call("sessions", { action: "cancel", job_id });
    assert.equal(cancelled.status, "cancelled", cancelled.text);
    const ended = await aimux.call("status", { job_id: called.last_job_id, wait_seconds: 45 });
    assert.ok(["cancelled", "interrupted"].includes(ended.status), ended.text);
    assert.deepEqual(aimux.processesLeft(), []);
  });
});
