import assert from "node:assert/strict";
import { LONGEST_TIMEOUT_SECONDS } from "../../engine/request.ts";
import type { ErrorCode } from "../../lib/errors.ts";
import type { JobPayload } from "../tools/job_payload.ts";
import { execGuidance } from "./exec.ts";
import type { Call } from "./guidance.ts";
import { callsOf } from "./testing.ts";

const prompt = "Do it";
const session_id = "ses_1";
const GO_ON = { prompt: "Go on with the task where it stopped.", session_id };

const JOB: JobPayload = {
  status: "failed",
  job_id: "job_1",
  session_id,
  cli: "codex",
  role: "default",
  cwd: "/project",
  permission: "write",
  read_only: false,
};

const READING = { permission: "read_only", read_only: true } as const;

/** The calls that are suggested after a job that failed. */
function afterFailure(
  code: ErrorCode,
  call: Call,
  { alternatives, ...job }: Partial<JobPayload> & { alternatives?: string[] } = {},
) {
  const error = { code, message: "It failed", ...alternatives && { details: { alternatives } } };
  return callsOf(execGuidance(call, { payload: { ...JOB, error, ...job } }));
}

/** The calls that are suggested after a refusal. */
function afterRefusal(code: ErrorCode, call: Call, details: Record<string, unknown> = {}) {
  return callsOf(execGuidance(call, { error: { code, message: "Refused", details } }));
}

Deno.test("another CLI gets the caller's own arguments, but not the model of the one before", () => {
  const call = { prompt, cli: "codex", role: "debug", model: "m1", cwd: "/a", timeout_seconds: 9 };
  assert.deepEqual(afterFailure("quota", call, { alternatives: ["claude", "gemini"] }), {
    another_cli: { prompt, cli: "claude", role: "debug", cwd: "/a", timeout_seconds: 9 },
    later: call,
  });
  assert.deepEqual(afterFailure("quota", call, { alternatives: [] }), { later: call });
  assert.deepEqual(afterFailure("circuit_open", call, { alternatives: [] }), { later: call });
});

Deno.test("another CLI has no part in the session, so it is told what the session knew", () => {
  const call = { prompt, session_id };
  const job = { alternatives: ["claude"], role: "review", ...READING };
  assert.deepEqual(afterFailure("auth", call, job).another_cli, {
    prompt,
    cli: "claude",
    cwd: "/project",
    role: "review",
    read_only: true,
  });
});

Deno.test("a model that is not available is left out, wherever it came from", () => {
  const without = (call: Call, job: Partial<JobPayload>) =>
    afterFailure("model_unavailable", call, { model: "m1", ...job }).other_model;
  assert.deepEqual(without({ prompt, model: "m1" }, {}), { prompt, cli: "codex" });
  assert.deepEqual(
    without({ prompt, role: "review" }, { role: "review", ...READING }),
    { prompt, role: "default", cli: "codex", read_only: true },
    "the role's",
  );
  assert.deepEqual(
    without({ prompt, session_id, model: "m1" }, { role: "debug" }),
    { prompt, session_id, role: "debug" },
    "a session would keep it",
  );
  assert.deepEqual(
    without({ prompt, session_id }, { role: "debug" }),
    { prompt, session_id, role: "default" },
    "the session's",
  );
  assert.equal(without({ prompt }, { model: undefined } as unknown as JobPayload), undefined);
});

Deno.test("after a timeout the session goes on with three times the time, as far as there is more", () => {
  const longer = (call: Call, job: Partial<JobPayload> = {}) =>
    callsOf(execGuidance(call, { payload: { ...JOB, status: "timed_out", ...job } })).go_on;
  assert.deepEqual(longer({ prompt, timeout_seconds: 100 }), {
    ...GO_ON,
    timeout_seconds: 300,
    async: true,
  });
  assert.equal(longer({ prompt }, { duration_ms: 300_400 })?.timeout_seconds, 902);
  assert.equal(longer({ prompt })?.timeout_seconds, 60);
  for (const timeout_seconds of [LONGEST_TIMEOUT_SECONDS, 400_000.5]) {
    assert.equal(longer({ prompt, timeout_seconds })?.timeout_seconds, LONGEST_TIMEOUT_SECONDS);
  }
});

Deno.test("what ended from outside goes on in its session, read-only where it was so", () => {
  for (const status of ["cancelled", "interrupted"] as const) {
    const payload = { ...JOB, status, ...READING };
    assert.deepEqual(callsOf(execGuidance({ prompt }, { payload })), {
      go_on: { ...GO_ON, read_only: true },
    });
  }
});

Deno.test("no suggested call asks for more than the job had, nor for less", () => {
  const full = { permission: "full" } as const;
  const payload = { ...JOB, status: "interrupted" as const, ...full };
  assert.deepEqual(callsOf(execGuidance({ prompt, ...full }, { payload })), {
    go_on: { ...GO_ON, ...full },
  });
  const other = { alternatives: ["claude"], ...full };
  assert.deepEqual(afterFailure("auth", { prompt, session_id, ...full }, other).another_cli, {
    prompt,
    permission: "full",
    cli: "claude",
    cwd: "/project",
    role: "default",
  });
  const advised = { alternatives: ["claude"], role: "review", ...READING };
  for (
    const asked of [{ permission: "write" }, { read_only: false }, { permission: "read_only" }]
  ) {
    const call = { prompt, session_id, role: "review", ...asked };
    const { permission, read_only } = afterFailure("auth", call, advised).another_cli!;
    assert.deepEqual(
      [permission, read_only],
      asked.permission === "read_only" ? ["read_only", undefined] : [undefined, true],
      "what the role made of it",
    );
  }
});

Deno.test("who contradicts himself is offered the run that changes nothing", () => {
  for (const permission of ["write", "full"]) {
    const call = { prompt, permission, read_only: true };
    const details = { permission, read_only: true };
    assert.deepEqual(afterRefusal("invalid_input", call, details), {
      change_nothing: { prompt, read_only: true },
    });
  }
  const call = { prompt, permission: "read_only", read_only: false };
  assert.deepEqual(afterRefusal("invalid_input", call, { permission: "read_only" }), {
    change_nothing: { prompt, read_only: true },
  });
});

Deno.test("a new conversation is read-only unless the call says what it may do", () => {
  const anew = (call: Call) => afterRefusal("not_found", call).begin_anew;
  assert.deepEqual(anew({ prompt, session_id }), { prompt, read_only: true });
  assert.deepEqual(anew({ prompt, session_id, permission: "full" }), {
    prompt,
    permission: "full",
  });
});

Deno.test("a passing failure is tried once more as it was, a refusal of the model is not", () => {
  const call = { prompt, cli: "codex" };
  assert.deepEqual(afterFailure("transient", call), { retry: call });
  assert.deepEqual(afterFailure("refused", call, { alternatives: ["claude"] }), {});
});

Deno.test("a mistyped role or CLI is corrected in the caller's own call", () => {
  const call = { prompt, role: "codereveiw", read_only: true };
  const details = { role: "codereveiw", did_you_mean: "codereview" };
  assert.deepEqual(afterRefusal("invalid_input", call, details), {
    correct: { ...call, role: "codereview" },
  });
  const named = { prompt, cli: "codx", model: "m1" };
  assert.deepEqual(afterRefusal("unknown_cli", named, { cli: "codx", did_you_mean: "codex" }), {
    correct: { ...named, cli: "codex" },
    by_role: { prompt },
  });
});

Deno.test("a mistyped style is corrected or left out, and a style goes with a call made anew", () => {
  const call = { prompt, style: "jsn" };
  assert.deepEqual(afterRefusal("invalid_input", call, { style: "jsn", did_you_mean: "json" }), {
    correct: { prompt, style: "json" },
    without_style: { prompt, style: "none" },
  });
  const job = { alternatives: ["claude"], role: "debug", style: "json" };
  assert.deepEqual(afterFailure("auth", { prompt, session_id }, job).another_cli, {
    prompt,
    cli: "claude",
    cwd: "/project",
    role: "debug",
    style: "json",
  });
  const other = afterFailure("model_unavailable", { prompt, role: "debug" }, {
    ...{ model: "m1", role: "debug", style: "json" },
  });
  assert.deepEqual(other.other_model, { prompt, role: "default", cli: "codex", style: "json" });
});

Deno.test("a role that there is not may have been meant to change nothing", () => {
  const without = (call: Call) =>
    afterRefusal("invalid_input", call, { role: "philosopher" }).without_role;
  assert.deepEqual(without({ prompt, role: "philosopher" }), { prompt, read_only: true });
  for (const said of [{ read_only: false }, { permission: "full" }]) {
    assert.deepEqual(without({ prompt, role: "philosopher", ...said }), { prompt, ...said });
  }
});

Deno.test("a CLI that is absent or cannot be read-only is replaced by one that could take the call", () => {
  const call = { prompt, cli: "crush", model: "m1", read_only: true };
  for (const code of ["cli_not_installed", "unsupported"] as const) {
    const details = { cli: "crush", alternatives: ["codex"] };
    assert.deepEqual(afterRefusal(code, call, details).another_cli, {
      prompt,
      cli: "codex",
      read_only: true,
    });
    assert.deepEqual(afterRefusal(code, call, { alternatives: [] }), {});
  }
  const going = { prompt, session_id };
  const details = { alternatives: ["codex"], cwd: "/project" };
  assert.deepEqual(afterRefusal("cli_not_installed", going, details).another_cli, {
    prompt,
    cli: "codex",
    cwd: "/project",
    read_only: true,
  }, "the session's folder, and no more rights than it may have had");
});

Deno.test("a session that is gone or belongs elsewhere is left out, with care where it may have been read-only", () => {
  const anew = (call: Call, details: Record<string, unknown>) =>
    afterRefusal("invalid_input", call, details).begin_anew;
  const call = { prompt, session_id, cli: "claude" };
  const belongs = { belongs_to: "codex" };
  assert.deepEqual(anew(call, { ...belongs, read_only: false }), { prompt, cli: "claude" });
  const careful = { prompt, cli: "claude", read_only: true };
  assert.deepEqual(anew(call, { ...belongs, read_only: true }), careful);
  assert.deepEqual(afterRefusal("not_found", call).begin_anew, careful);
  assert.deepEqual(anew({ ...call, role: "coding" }, belongs), {
    prompt,
    cli: "claude",
    role: "coding",
  });
  assert.deepEqual(afterRefusal("invalid_input", call, belongs).stay, { prompt, session_id });
  const moved = { prompt, session_id, cwd: "/b" };
  assert.deepEqual(afterRefusal("invalid_input", moved, { cwd: "/b", runs_in: "/a" }).stay, {
    prompt,
    session_id,
  });
});

Deno.test("a hook that says no is not got around; one that has failed is asked again", () => {
  const blocked = (details: Record<string, unknown>) =>
    execGuidance({ prompt }, {
      error: { code: "blocked", message: "No", hint: "Mend it", details },
    });
  const forbidden = blocked({ hook: "policy", event: "before", reason: "Not today" });
  assert.deepEqual(callsOf(forbidden), {});
  assert.match(forbidden.do_not.join(), /Do not try to get around the hook/);
  const failed = blocked({ hook: "policy", event: "before", failure: "it exited with code 1" });
  assert.deepEqual(callsOf(failed), { retry: { prompt } });
  assert.match(failed.choose_your_path["retry"]!.when, /Mend it/);
});

Deno.test("an answer that a hook rejects is corrected in its session, for the hook's reason", () => {
  const error = { code: "blocked" as const, message: "No", details: { reason: "x".repeat(900) } };
  const told = execGuidance({ prompt }, { payload: { ...JOB, error, partial_output: "Done" } });
  const { correct } = callsOf(told);
  assert.equal(correct?.session_id, session_id);
  assert.match(String(correct?.prompt), /^Your answer was not accepted: x{500}…\n/);
  assert.deepEqual(told.coverage_gaps, ["partial_output is the answer that did not pass"]);
  assert.match(told.you_are_here, /a hook does not let the answer pass/);
});

Deno.test("who is too deep inside aimux is told to do the work, and is given no call", () => {
  const told = execGuidance({ prompt }, { error: { code: "depth_exceeded", message: "Too deep" } });
  assert.deepEqual(callsOf(told), {});
  assert.match(told.choose_your_path["work"]!.then, /Do it here/);
});

Deno.test("who has called too many jobs from inside aimux may wait, or do the work", () => {
  const told = afterRefusal("queue_full", { prompt }, { caller: "job_1", max_fan_out: 2 });
  assert.deepEqual(Object.keys(told), ["look", "health"]);
  const details = { caller: "job_1", status: "cancelled" };
  assert.deepEqual(afterRefusal("interrupted", { prompt }, details), {}, "nobody waits any more");
  assert.deepEqual(afterRefusal("invalid_input", { prompt, session_id }, { caller: "job_1" }), {
    begin_anew: { prompt, read_only: true },
  });
});

Deno.test("that another CLI answered than the role's is a gap, and so is what is left out", () => {
  const payload = {
    ...JOB,
    status: "completed" as const,
    truncated: true,
    output_uri: "aimux://jobs/job_1/answer",
    attempts: [{ cli: "gemini", code: "cli_not_installed", message: "" }, {
      cli: "codex",
      code: "completed",
      message: "",
    }],
  };
  const told = execGuidance({ prompt }, { payload });
  assert.deepEqual(told.coverage_gaps, [
    "The middle of the answer is left out of content",
    "codex answered in place of gemini",
  ]);
  assert.match(told.choose_your_path["read_all"]!.then, /aimux:\/\/jobs\/job_1\/answer$/);
  assert.deepEqual(callsOf(told).review?.cwd, "/project");
});
