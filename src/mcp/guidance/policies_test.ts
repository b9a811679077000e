/** What holds for the guidance of every tool, for whatever a call and its result may be. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { PERMISSIONS } from "../../config/permission.ts";
import { EFFORT_LEVELS } from "../../config/profile.ts";
import { askedPermission } from "../../engine/asked_permission.ts";
import { LONGEST_TIMEOUT_SECONDS } from "../../engine/request.ts";
import { ERROR_CODES } from "../../lib/errors.ts";
import { JOB_STATUSES } from "../../store/job.ts";
import type { JobPayload } from "../tools/job_payload.ts";
import type { SessionsPayload } from "../tools/sessions.ts";
import { execGuidance } from "./exec.ts";
import type { Call, Guidance, Refusal } from "./guidance.ts";
import { sessionsGuidance } from "./sessions.ts";
import { statusGuidance } from "./status.ts";
import { checkGuidance } from "./testing.ts";

const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });
const count = fc.nat({ max: 3000 });
const word = fc.stringMatching(/^[a-z0-9 ."\\é]{1,20}$/);
const cli = fc.constantFrom("codex", "claude", "gemini");
const prompt = fc.oneof(word, fc.constant("x".repeat(900)), fc.constant("y".repeat(100_000)));

/** Arguments that exec takes. */
const execCall: fc.Arbitrary<Call> = given({
  prompt,
  cli: maybe(cli),
  role: maybe(fc.constantFrom("coding", "review", "reveiw")),
  model: maybe(word),
  reasoning_effort: maybe(fc.constantFrom(...EFFORT_LEVELS)),
  cwd: maybe(word),
  session_id: maybe(fc.constant("ses_1")),
  async: maybe(fc.boolean()),
  read_only: maybe(fc.boolean()),
  permission: maybe(fc.constantFrom(...PERMISSIONS)),
  timeout_seconds: maybe(fc.double({ min: 0.1, max: LONGEST_TIMEOUT_SECONDS, noNaN: true })),
}).map(({ permission, ...call }) => ({
  ...call,
  ...permission !== undefined && call["read_only"] === undefined && { permission },
}));

const statusCall: fc.Arbitrary<Call> = given({
  job_id: fc.constant("job_1"),
  wait_seconds: maybe(fc.integer({ min: 0, max: 45 })),
});

const sessionsCall: fc.Arbitrary<Call> = given({
  action: fc.constantFrom("list"),
  status: maybe(fc.constantFrom("all", "active", "failed")),
  cli: maybe(cli),
  limit: maybe(fc.integer({ min: 1, max: 1000 })),
});

const status = fc.constantFrom(...JOB_STATUSES);

const details = given({
  role: maybe(word),
  style: maybe(word),
  did_you_mean: maybe(fc.constantFrom("coding", "codex")),
  model: maybe(word),
  cwd: maybe(fc.constant("/somewhere")),
  belongs_to: maybe(cli),
  runs_in: maybe(word),
  alternatives: maybe(fc.oneof(fc.array(cli), fc.constant("no list"))),
  missing: maybe(fc.constantFrom("job_id", "session_id")),
  caller: maybe(fc.constant("job_3")),
  max_fan_out: maybe(fc.constant(10)),
  job_id: maybe(fc.constant("job_2")),
  bytes: maybe(count),
  permission: maybe(fc.constantFrom(...PERMISSIONS)),
});

const error = given({
  code: fc.constantFrom(...ERROR_CODES),
  message: fc.constant("What happened"),
  hint: maybe(fc.constant("What to do about it")),
  details: maybe(details),
});

const job = given({
  status,
  job_id: fc.constant("job_1"),
  session_id: fc.constant("ses_1"),
  cli,
  role: fc.constantFrom("coding", "review"),
  cwd: maybe(fc.constant("/somewhere")),
  permission: fc.constantFrom(...PERMISSIONS),
  model: maybe(word),
  content: maybe(word),
  truncated: maybe(fc.boolean()),
  output_uri: maybe(fc.constant("aimux://jobs/job_1/output")),
  partial_output: maybe(fc.string({ maxLength: 10 })),
  error: maybe(error),
  duration_ms: maybe(fc.nat()),
  queue_position: maybe(count),
  poll_count: maybe(count),
}).map((job) => ({
  ...job,
  read_only: job["permission"] === "read_only",
})) as fc.Arbitrary<JobPayload>;

const session = given({
  session_id: fc.constant("ses_1"),
  cli,
  cwd: fc.constant("/somewhere"),
  turns: count,
  status: maybe(status),
  last_job_id: maybe(fc.constant("job_1")),
});

const sessionsPayload = given({
  action: fc.constantFrom("list", "info", "cancel", "kill", "gc", "health"),
  sessions: maybe(fc.array(session, { maxLength: 30 })),
  count: maybe(count),
  total_sessions: maybe(count),
  session: maybe(session),
  jobs: maybe(fc.array(given({ job_id: fc.constant("job_1"), status }))),
  job_id: fc.constant("job_1"),
  session_id: fc.constant("ses_1"),
  status: fc.oneof(status, fc.constant("killed")),
  message: maybe(fc.constant("What was done")),
  collected: maybe(count),
  running_jobs: maybe(count),
  queued_jobs: maybe(count),
  max_concurrent_jobs: maybe(count),
  health: maybe(fc.constantFrom("ok", "degraded", "unusable")),
  warnings: maybe(fc.array(fc.constant("What is not as it should be"))),
}) as unknown as fc.Arbitrary<SessionsPayload>;

const refusal = given({ error }) as unknown as fc.Arbitrary<Refusal>;

Deno.test("exec: for every call and job, each suggested call is one that its tool takes", () => {
  fc.assert(
    fc.property(execCall, job, (call, any) => {
      const payload = promised(call, any);
      const told = execGuidance(call, { payload });
      checkGuidance(told);
      checkPromise(call, payload, told);
    }),
    { numRuns: 2000 },
  );
});

Deno.test("exec: for every call and error, each suggested call is one that its tool takes", () => {
  fc.assert(
    fc.property(execCall, refusal, (call, outcome) => {
      const told = execGuidance(call, outcome);
      checkGuidance(told);
      if (isReadOnly(call)) assertReadOnly(told);
    }),
    { numRuns: 2000 },
  );
});

Deno.test("status: for every job and error, each suggested call is one that its tool takes", () => {
  fc.assert(
    fc.property(statusCall, job, (call, payload) => {
      const told = statusGuidance(call, { payload });
      checkGuidance(told);
      if (payload.read_only) assertReadOnly(told);
    }),
    { numRuns: 2000 },
  );
  fc.assert(
    fc.property(
      statusCall,
      refusal,
      (call, outcome) => checkGuidance(statusGuidance(call, outcome)),
    ),
  );
});

Deno.test("sessions: for every result and error, each suggested call is one that its tool takes", () => {
  fc.assert(
    fc.property(sessionsCall, sessionsPayload, (call, payload) => {
      const told = sessionsGuidance(call, { payload });
      checkGuidance(told);
      assertNoKill(told);
    }),
    { numRuns: 2000 },
  );
  fc.assert(
    fc.property(sessionsCall, refusal, (call, outcome) => {
      const told = sessionsGuidance(call, outcome);
      checkGuidance(told);
      assertNoKill(told);
    }),
  );
});

Deno.test("whatever was given as arguments, a refusal has guidance and suggests nothing of it", () => {
  const raw = fc.dictionary(
    fc.constantFrom("prompt", "cli", "job_id", "session_id", "action", "limit", "x"),
    fc.anything({ maxDepth: 1 }),
  );
  const wrong = fc.constant<Refusal>({
    error: { code: "invalid_input", message: "Wrong", details: { problems: ["wrong"] } },
  });
  for (const policy of [execGuidance, statusGuidance, sessionsGuidance]) {
    fc.assert(fc.property(raw, wrong, (call, outcome) => checkGuidance(policy(call, outcome))));
  }
});

Deno.test("a long prompt is not repeated: the call is described instead", () => {
  const call = { prompt: "x".repeat(100_000), cli: "codx" };
  const told = execGuidance(call, {
    error: { code: "unknown_cli", message: "?", details: { did_you_mean: "codex" } },
  });
  const { correct } = told.choose_your_path;
  assert.equal(correct?.next_call, undefined);
  assert.match(correct!.then, /^Make the same call with cli "codex"\. /);
  assert.ok(JSON.stringify(told).length < 1_000);
});

/** An arbitrary of objects; what is undefined is absent, as in JSON. */
function given(
  model: Record<string, fc.Arbitrary<unknown>>,
): fc.Arbitrary<Record<string, unknown>> {
  return fc.record(model).map((all) =>
    Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
  );
}

/** A run of a read-only call is read-only, and only what asks for all may do all. */
function promised(call: Call, payload: JobPayload): JobPayload {
  if (isReadOnly(call)) return { ...payload, permission: "read_only", read_only: true };
  const more = payload.permission === "full" && call["permission"] !== "full";
  return more ? { ...payload, permission: "write" } : payload;
}

function isReadOnly(call: Call): boolean {
  return call["read_only"] === true || call["permission"] === "read_only";
}

/** What was run read-only is not suggested with the right to change files, and so on. */
function checkPromise(call: Call, payload: JobPayload, told: Guidance): void {
  for (const { next_call } of Object.values(told.choose_your_path)) {
    if (next_call?.tool === "exec") askedPermission(next_call.arguments);
    if (next_call?.arguments["permission"] !== "full") continue;
    assert.ok(payload.permission === "full" || call["permission"] === "full");
  }
  if (isReadOnly(call)) return assertReadOnly(told);
  if (!payload.read_only) return;
  for (const { next_call } of Object.values(told.choose_your_path)) {
    if (next_call?.tool !== "exec" || isReadOnly(next_call.arguments)) continue;
    // The same role in the same place forbids it again.
    assert.equal(next_call.arguments["role"], call["role"]);
    assert.equal(next_call.arguments["session_id"], call["session_id"]);
  }
}

function assertReadOnly({ choose_your_path }: Guidance): void {
  for (const { next_call } of Object.values(choose_your_path)) {
    if (next_call?.tool === "exec") assert.ok(isReadOnly(next_call.arguments));
  }
}

function assertNoKill({ choose_your_path }: Guidance): void {
  for (const { next_call } of Object.values(choose_your_path)) {
    assert.notEqual(next_call?.arguments["action"], "kill");
  }
}
