import assert from "node:assert/strict";
import { newJob, testStore } from "./testing.ts";

Deno.test("sessions are listed by their newest activity, each with its newest job", () => {
  using store = testStore();
  store.addJob("job_1", { sessionId: "ses_a" }, 10);
  store.addJob("job_2", { sessionId: "ses_b", cli: "gemini" }, 20);
  store.addJob("job_3", { sessionId: "ses_a" }, 30);
  store.sessions.touch("ses_a", 30);
  store.bring("job_1", "completed");
  const list = (filter = {}) =>
    store.sessions.list({ principal: "local", limit: 9, ...filter })
      .map(({ id, lastJobId, status }) => `${id} ${lastJobId} ${status}`);
  const [a, b] = ["ses_a job_3 queued", "ses_b job_2 queued"];
  assert.deepEqual(list(), [a, b]);
  assert.deepEqual(list({ limit: 1 }), [a]);
  assert.deepEqual(list({ cli: "gemini" }), [b]);
  assert.deepEqual(list({ status: "active" }), [a, b]);
  assert.deepEqual(list({ status: "completed" }), []);
  store.bring("job_2", "failed");
  assert.deepEqual(list({ status: "failed" }), ["ses_b job_2 failed"]);
  assert.deepEqual(list({ status: "failed", cli: "codex" }), []);
});

Deno.test("to another principal a session does not exist", () => {
  using store = testStore();
  store.addJob("job_1", { principal: "ann" });
  assert.equal(store.sessions.find("ses_1", "ann")?.cwd, "/project");
  assert.equal(store.sessions.find("ses_1", "bob"), undefined);
  assert.deepEqual(store.sessions.list({ principal: "bob", limit: 9 }), []);
  assert.deepEqual([store.sessions.count("ann"), store.sessions.count("bob")], [1, 0]);
});

Deno.test("a turn records what is known and keeps what is not", () => {
  using store = testStore();
  store.addJob("job_1");
  const turn = { completed: true, cliSessionId: "c1", threadUsage: { input_tokens: 5 } };
  store.sessions.recordTurn("ses_1", turn, 7);
  const unknown = { completed: false, cliSessionId: undefined, threadUsage: undefined };
  store.sessions.recordTurn("ses_1", unknown, 9);
  const { cliSessionId, threadUsage, turns, lastActiveAt } = store.sessions.find("ses_1", "local")!;
  assert.deepEqual([cliSessionId, threadUsage, turns, lastActiveAt], [
    "c1",
    { input_tokens: 5 },
    1,
    9,
  ]);
});

Deno.test("a session expires by its last activity, and never with an unfinished job", () => {
  using store = testStore();
  for (const id of ["a", "b", "c"]) {
    store.addJob(`job_${id}`, { sessionId: `ses_${id}` }, id === "c" ? 60 : 10);
  }
  store.bring("job_a", "completed");
  store.bring("job_c", "completed");
  assert.deepEqual(store.sessions.expired(50, "local"), ["ses_a"]);
  assert.deepEqual(store.sessions.expired(10, "local"), []);
  assert.deepEqual(store.sessions.expired(50, "bob"), []);
});

Deno.test("a job of a session that does not exist cannot be recorded", () => {
  using store = testStore();
  store.addJob("job_1");
  store.sessions.remove("ses_1");
  assert.equal(store.jobs.find("job_1"), undefined);
  assert.throws(() => store.jobs.insert(newJob("job_2"), 1), /FOREIGN KEY/);
});
