import assert from "node:assert/strict";
import type { SessionsPayload } from "../tools/sessions.ts";
import type { Call, Refusal } from "./guidance.ts";
import { sessionsGuidance } from "./sessions.ts";
import { callsOf } from "./testing.ts";

const session = {
  session_id: "ses_1",
  cli: "codex",
  cwd: "/project",
  turns: 1,
  status: "completed",
  last_job_id: "job_1",
  created_at: "",
  last_active_at: "",
};

function told(call: Call, payload: Partial<SessionsPayload>) {
  return sessionsGuidance(call, { payload: { action: "list", ...payload } });
}

function refused(call: Call, error: Partial<Refusal["error"]>, corrected?: Call) {
  return sessionsGuidance(call, {
    error: { code: "invalid_input", message: "No", ...error },
    ...corrected && { corrected },
  });
}

Deno.test("a list that is cut goes on with a larger limit and the same filter, 1000 at most", () => {
  const more = (call: Call, listed: number, total_sessions: number) =>
    callsOf(told(call, { sessions: Array(listed).fill(session), total_sessions })).more;
  assert.deepEqual(more({ action: "list" }, 20, 57), { action: "list", limit: 57 });
  assert.deepEqual(more({ action: "list", cli: "codex", limit: 3 }, 3, 5000), {
    action: "list",
    cli: "codex",
    limit: 1000,
  });
  assert.equal(more({ action: "list" }, 19, 57), undefined, "the filter left the others out");
  assert.equal(more({ action: "list" }, 20, 20), undefined, "there are no others");
  assert.equal(more({ action: "list", limit: 1000 }, 1000, 5000), undefined);
});

Deno.test("a list leads to the job that runs, wherever in it that stands", () => {
  const running = { ...session, session_id: "ses_2", status: "running", last_job_id: "job_2" };
  const { wait, inspect } = callsOf(
    told({ action: "list" }, { sessions: [session, running], total_sessions: 2 }),
  );
  assert.deepEqual(wait, { job_id: "job_2", wait_seconds: 45 });
  assert.deepEqual(inspect, { action: "info", session_id: "ses_1" });
});

Deno.test("an empty list is no end: the filter may hide what there is", () => {
  const { all } = callsOf(told({ action: "list", status: "failed" }, { total_sessions: 3 }));
  assert.deepEqual(all, { action: "list" });
  const none = told({ action: "list" }, { sessions: [], total_sessions: 0 });
  assert.deepEqual([none.state, callsOf(none)], ["empty", {}]);
});

Deno.test("a cancel that came too late is not reported as one", () => {
  const late = told({}, { action: "cancel", job_id: "job_1", status: "completed" });
  assert.deepEqual(late.do_not, ["Do not report this job as cancelled"]);
  assert.deepEqual(callsOf(late), { read: { job_id: "job_1" } });
  const pending = told({}, { action: "cancel", job_id: "job_1", status: "running" });
  assert.equal(pending.state, "cancelling");
});

Deno.test("one id leads to the other", () => {
  const info = refused({ action: "cancel", session_id: "ses_1" }, {
    details: { action: "cancel", missing: "job_id" },
  });
  assert.deepEqual(callsOf(info), { find: { action: "info", session_id: "ses_1" } });
  const status = refused({ action: "kill", job_id: "job_1" }, {
    details: { action: "kill", missing: "session_id" },
  });
  assert.deepEqual(callsOf(status), { find: { job_id: "job_1" } });
  const neither = refused({ action: "info" }, { details: { missing: "session_id" } });
  assert.deepEqual(callsOf(neither), { list: { action: "list" } });
});

Deno.test("a slip of the pen deletes nothing", () => {
  const slip = { action: "lil", session_id: "ses_1" };
  const told = refused(slip, { details: { problems: [""] } }, { ...slip, action: "kill" });
  assert.deepEqual(callsOf(told), { list: { action: "list" } });
  const meant = { action: "kill", session_id: "ses_1" };
  assert.deepEqual(callsOf(refused({ ...meant, limit: 1 }, {}, meant)), { correct: meant });
});

Deno.test("health tells idle, busy, full, queueing and unusable", () => {
  const state = (
    running_jobs: number,
    queued_jobs: number,
    health: "ok" | "degraded" | "unusable" = "ok",
  ) =>
    told({ action: "health" }, {
      action: "health",
      health,
      running_jobs,
      queued_jobs,
      max_concurrent_jobs: 4,
      total_sessions: 1,
    }).state;
  assert.deepEqual(
    [state(0, 0), state(1, 0), state(4, 0), state(4, 1), state(0, 1), state(0, 0, "degraded")],
    ["idle", "busy", "full", "queueing", "queueing", "idle"],
  );
  assert.equal(state(1, 1, "unusable"), "unusable");
});
