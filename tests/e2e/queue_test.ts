import assert from "node:assert/strict";
import { writeProgram } from "../program_file.ts";
import { startServer, type TestServer } from "./server.ts";
import { createWorkplace } from "./workplace.ts";

Deno.test("who floods the queue from one server keeps nobody waiting on another one", async () => {
  await using workplace = await createWorkplace({
    config: { server: { max_concurrent_jobs: 1 } },
  });
  const { home, bin } = workplace;
  const held = `${home}/held`;
  await writeProgram(
    `${bin}/crush`,
    `#!/bin/sh\nsleep 0.1; while [ -e ${held} ]; do sleep 0.1; done; echo fine\n`,
  );
  await using flooding = await startServer({ workplace });
  await using other = await startServer({ workplace });
  const exec = (server: TestServer, more = {}) =>
    server.call("exec", { prompt: "say hi", cli: "crush", ...more });
  // From one run it is known how long they take.
  assert.equal((await exec(flooding)).status, "completed");
  await Deno.writeTextFile(held, "");
  const flood = await Promise.all(
    Array.from({ length: 60 }, () => exec(flooding, { async: true })),
  );
  const { job_id } = await exec(other, { async: true });
  const look = (server: TestServer, job_id: string, wait_seconds = 0) =>
    server.call("status", { job_id, wait_seconds });

  const mine = await look(other, job_id);
  assert.deepEqual([mine.status, mine.queue_position], ["queued", 2], "one each in turn");
  const waiting = (await Promise.all(flood.map((job) => look(flooding, job.job_id))))
    .filter(({ queue_position }) => queue_position !== undefined);
  waiting.sort((one, other) => one.queue_position - other.queue_position);
  const theirs = waiting.at(-1)!;
  assert.deepEqual([waiting.length, theirs.queue_position], [59, 60], "and the other's one");
  assert.ok(theirs.estimated_start_seconds > mine.estimated_start_seconds);
  assert.match(theirs.text, /^starts in: about [\d.]+ s$/m);

  await Deno.remove(held);
  const ended = await look(other, job_id, 45);
  assert.equal(ended.status, "completed", ended.text);
  const all = await Promise.all(flood.map((job) => look(flooding, job.job_id)));
  const before = all.filter(({ started_at }) => started_at < ended.started_at);
  assert.ok(before.length <= 2, `${before.length} of the flood came first`);
});
