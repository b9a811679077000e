import assert from "node:assert/strict";
import { testProfile } from "../clis/testing.ts";
import type { Job } from "../store/job.ts";
import type { Session } from "../store/sessions.ts";
import { continuation, restart } from "./conversation.ts";

const reported = testProfile({ session: { id: "reported", resume_flags: ["-r", "{session_id}"] } });
const chosen = testProfile({
  session: { id: "chosen", start_flags: ["-n", "{session_id}"], resume_flags: ["-r"] },
});
const forgetful = testProfile();

function session(given: Partial<Session> = {}): Session {
  return {
    id: "ses_1",
    principal: "local",
    cli: "prog",
    cwd: "/",
    cliSessionId: undefined,
    threadUsage: undefined,
    turns: 0,
    createdAt: 1,
    lastActiveAt: 1,
    ...given,
  };
}

function turn(prompt: string, content: string): Job {
  const result = { attempts: [], warnings: [], content };
  return { prompt, status: "completed", result } as unknown as Job;
}

function lostTurn(prompt: string, partial?: string): Job {
  const result = { attempts: [], warnings: [], partial_output: partial };
  return { prompt, status: "failed", result } as unknown as Job;
}

const none = () => [];
const unread = () => assert.fail("nobody asks for earlier turns");

Deno.test("a CLI that reports its conversation resumes it by that id, and begins without one", () => {
  assert.deepEqual(
    continuation(reported, session({ cliSessionId: "c1" }), unread, "go on", "job_9"),
    {
      conversation: { id: "c1", exists: true },
      prompt: "go on",
      resumed: true,
    },
  );
  assert.deepEqual(continuation(reported, session(), none, "go on", "job_9"), {
    prompt: "go on",
    resumed: false,
  });
});

Deno.test("a conversation that aimux names exists once a turn has completed", () => {
  assert.deepEqual(continuation(chosen, session(), none, "hi", "job_9"), {
    conversation: { id: "ses_1", exists: false },
    prompt: "hi",
    resumed: false,
  });
  const later = continuation(
    chosen,
    session({ turns: 1, cliSessionId: "job_7" }),
    unread,
    "hi",
    "job_9",
  );
  assert.deepEqual(later.conversation, { id: "job_7", exists: true });
  assert.equal(later.resumed, true);
});

Deno.test("a conversation that aimux names is begun anew where nothing of it has completed", () => {
  const earlier = () => [lostTurn("first")];
  const { prompt, ...how } = continuation(chosen, session(), earlier, "go on", "job_9");
  assert.deepEqual(how, { conversation: { id: "job_9", exists: false }, resumed: false });
  assert.match(prompt, /\[User\]\nfirst\n\n\[Assistant, failed\]\n\n\[User\]\ngo on$/);
});

Deno.test("a CLI without a memory is told what was said, oldest first", () => {
  const earlier = () => [turn("first", "one"), turn("second", "two")];
  const { prompt, resumed, conversation } = continuation(
    forgetful,
    session(),
    earlier,
    "third",
    "job_9",
  );
  assert.equal(
    prompt,
    "This continues a conversation. What was said so far, oldest first:\n\n" +
      "[User]\nfirst\n\n[Assistant]\none\n\n" +
      "[User]\nsecond\n\n[Assistant]\ntwo\n\n" +
      "[User]\nthird",
  );
  assert.deepEqual([resumed, conversation], [false, undefined]);
  assert.equal(continuation(forgetful, session(), none, "first", "job_9").prompt, "first");
});

Deno.test("a turn without an answer is told as what it is", () => {
  const earlier = () => [lostTurn("first", "half"), lostTurn("second")];
  const { prompt } = continuation(forgetful, session(), earlier, "third", "job_9");
  assert.match(prompt, /\[User\]\nfirst\n\n\[Assistant, failed\]\nhalf\n\n/);
  assert.match(prompt, /\[User\]\nsecond\n\n\[Assistant, failed\]\n\n\[User\]\nthird$/);
});

Deno.test("the oldest turns are left out where the transcript grows too long, and that is said", () => {
  const earlier = () => [turn("old", "x".repeat(30_000)), turn("new", "y".repeat(30_000))];
  const { prompt } = continuation(forgetful, session(), earlier, "go on", "job_9");
  assert.match(prompt, /oldest first:\n\n\[Earlier turns are left out\]\n\n\[User\]\nnew\n/);
  assert.ok(!prompt.includes("xxx"));

  const huge = () => [turn("only", "z".repeat(90_000) + "the end")];
  const cut = continuation(forgetful, session(), huge, "go on", "job_9").prompt;
  assert.ok(cut.length < 41_000 && cut.includes("the end\n\n[User]\ngo on"));
});

Deno.test("a conversation that its CLI has forgotten begins again with the transcript", () => {
  const earlier = () => [turn("first", "one")];
  const again = restart(reported, earlier, "second", "job_2");
  assert.match(again.prompt, /\[Assistant\]\none/);
  assert.deepEqual([again.conversation, again.resumed], [undefined, false]);
  assert.deepEqual(restart(chosen, earlier, "second", "job_2").conversation, {
    id: "job_2",
    exists: false,
  });
});
