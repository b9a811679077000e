/** What one principal does is nothing that another could see, hear or touch. */
import assert from "node:assert/strict";
import { callsOf } from "../../emulators/mod.ts";
import { connectHttp, startHttp } from "../http_server.ts";
import { createWorkplace } from "../workplace.ts";

const TOKENS = { alice: "correct-horse-battery", bob: "staple-of-the-other" };
const SLOW = '#emulate [{"wait_ms": 1500}]\nthe secret of alice';

Deno.test("to another token's client, jobs, sessions, output and progress do not exist", async () => {
  await using workplace = await createWorkplace({
    emulators: ["codex"],
    config: {
      server: { auth_tokens: TOKENS, log_level: "debug", progress_interval_seconds: 0.2 },
    },
  });
  await using server = await startHttp(workplace);
  for (const era of ["auto", "legacy"] as const) {
    await using alice = await connectHttp(server, { era, token: TOKENS.alice });
    await using bob = await connectHttp(server, { era, token: TOKENS.bob });
    const heard: unknown[] = [];
    bob.client.fallbackNotificationHandler = (notification) => {
      heard.push(notification);
      return Promise.resolve();
    };
    const told: string[] = [];
    const running = alice.call("exec", { prompt: SLOW, cli: "codex" }, {
      onprogress: ({ message }) => void told.push(message ?? ""),
    });
    while (told.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    const { session_id } = (await alice.call("sessions", { action: "list" })).sessions[0];

    const own = await bob.call("exec", { prompt: "mine", cli: "codex" });
    const listed = await bob.call("sessions", { action: "list" });
    assert.ok(!JSON.stringify(listed).includes(session_id), era);
    const health = await bob.client.readResource({ uri: "aimux://health" });
    assert.ok(!JSON.stringify(health).includes(session_id));
    for (const action of ["info", "kill"]) {
      const refused = await bob.call("sessions", { action, session_id });
      assert.equal(refused.error.code, "not_found", action);
    }
    const joined = await bob.call("exec", { prompt: "go on", session_id });
    assert.equal(joined.error.code, "not_found");

    const { job_id, output_uri, status } = await running;
    assert.equal(status, "completed");
    assert.ok(told.length > 0);
    assert.deepEqual(heard, []);
    assert.equal((await bob.call("status", { job_id })).error.code, "not_found");
    const cancelled = await bob.call("sessions", { action: "cancel", job_id });
    assert.equal(cancelled.error.code, "not_found");
    for (const uri of [output_uri, `aimux://jobs/${job_id}`, `aimux://jobs/${job_id}/answer`]) {
      await assert.rejects(bob.client.readResource({ uri }));
    }
    assert.equal((await bob.call("status", { job_id: own.job_id })).status, "completed");
    assert.equal((await alice.call("status", { job_id })).status, "completed");
  }
  const prompts = (await callsOf(workplace.home, "codex")).map(({ prompt }) => prompt);
  assert.ok(!prompts.some((prompt) => prompt?.includes("go on")), "nothing was run for it");
  await server.stop();
  const log = await Deno.readTextFile(`${workplace.home}/.config/aimux/aimux.log`);
  for (const token of Object.values(TOKENS)) assert.ok(!log.includes(token));
});
