import assert from "node:assert/strict";
import { unblemished } from "./standing.ts";
import { asNewest, testProfile } from "../clis/testing.ts";
import { configSchema } from "../config/schema.ts";
import { testStore } from "../store/testing.ts";
import { dryRun, type DryRunParts } from "./dry_run.ts";
import { testEngine } from "./testing.ts";

const request = { prompt: "say hi", principal: "local" };

const chosen = {
  session: {
    id: "chosen",
    start_flags: ["--name", "{session_id}"],
    resume_flags: ["--resume", "{session_id}"],
  },
};

function partsOf(
  store: DryRunParts["store"],
  cwd: string,
  profile: Record<string, unknown> = {},
): DryRunParts {
  const config = configSchema.parse({ roles: { default: { cli: "prog" } } });
  return {
    standing: unblemished,
    config,
    profiles: new Map([["prog", testProfile(profile)]]),
    broken: new Map(),
    project: () => ({ config, warnings: [] }),
    preamble: () => Promise.resolve(""),
    discovery: {
      probeAll: () => Promise.resolve(),
      find: ({ binary }) => Promise.resolve({ path: `/bin/${binary}` }),
    },
    fitVersion: asNewest,
    store,
    ids: { job: () => "job_new", session: () => "ses_new", owner: () => "own_1" },
    env: { PATH: "/bin" },
    cwd,
  };
}

Deno.test("a dry run plans what a run then does, and records nothing", async () => {
  await using at = testEngine({ profile: chosen, parts: { env: { PATH: "/bin" } } });
  const parts = partsOf(at.store, at.store.folder, chosen);
  const dry = await dryRun(request, parts);
  assert.equal(at.store.sessions.count("local"), 0);
  assert.deepEqual(at.processes, []);

  const { job } = await at.engine.submit(request);
  const { plan } = await at.started(1);
  const real = (text: string) =>
    text.replaceAll(job.id, "job_new").replaceAll(job.sessionId, "ses_new");
  assert.deepEqual(dry.plan, {
    ...plan,
    args: plan.args.map(real),
    env: { ...plan.env, AIMUX_JOB_ID: "job_new" },
  });
  assert.equal(dry.sessionId, "ses_new");
});

Deno.test("a dry run continues a session as a run would", async () => {
  await using at = testEngine({ profile: chosen });
  const { job } = await at.engine.submit(request);
  const process = await at.started(1);
  process.print("an answer");
  process.exit();
  await at.engine.settled(job, { seconds: 3600 });

  const parts = partsOf(at.store, at.store.folder, chosen);
  const dry = await dryRun({ ...request, sessionId: job.sessionId }, parts);
  assert.equal(dry.sessionId, job.sessionId);
  assert.equal(dry.continuation.resumed, true);
  assert.ok(dry.plan.args.includes("--resume"), dry.plan.args.join(" "));
});

Deno.test("a dry run refuses what a run would refuse", async () => {
  using store = testStore();
  const parts = partsOf(store, store.folder);
  await assert.rejects(dryRun({ ...request, prompt: " " }, parts), { code: "invalid_input" });
  await assert.rejects(dryRun({ ...request, cli: "porg" }, parts), { code: "unknown_cli" });
  await assert.rejects(dryRun({ ...request, sessionId: "ses_x" }, parts), { code: "not_found" });
  await assert.rejects(dryRun({ ...request, permission: "read_only" }, parts), {
    code: "unsupported",
  });
});
