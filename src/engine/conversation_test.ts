import assert from "node:assert/strict";
import { testProfile } from "../clis/testing.ts";
import type { Job } from "../store/job.ts";
import type { Session } from "../store/sessions.ts";
import { continuation, type Earlier, restart } from "./conversation.ts";

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

function after(...jobs: Job[]): Earlier {
  return { all: () => jobs, last: () => jobs.at(-1) };
}

const none = after();
const unread: Earlier = {
  all: () => assert.fail("nobody asks for earlier turns"),
  last: () => assert.fail("nobody asks for the turn before"),
};

/** A prompt with nothing before it. */
const plain = (prompt: string) => ({ prompt, preamble: undefined });

Deno.test("a CLI that reports its conversation resumes it by that id, and begins without one", () => {
  assert.deepEqual(
    continuation(reported, session({ cliSessionId: "c1" }), unread, plain("go on"), "job_9"),
    {
      conversation: { id: "c1", exists: true },
      prompt: "go on",
      resumed: true,
    },
  );
  assert.deepEqual(continuation(reported, session(), none, plain("go on"), "job_9"), {
    prompt: "go on",
    resumed: false,
  });
});

Deno.test("a conversation that aimux names exists once a turn has completed", () => {
  assert.deepEqual(continuation(chosen, session(), none, plain("hi"), "job_9"), {
    conversation: { id: "ses_1", exists: false },
    prompt: "hi",
    resumed: false,
  });
  const later = continuation(
    chosen,
    session({ turns: 1, cliSessionId: "job_7" }),
    unread,
    plain("hi"),
    "job_9",
  );
  assert.deepEqual(later.conversation, { id: "job_7", exists: true });
  assert.equal(later.resumed, true);
});

Deno.test("a conversation that aimux names is begun anew where nothing of it has completed", () => {
  const earlier = after(lostTurn("first"));
  const { prompt, ...how } = continuation(chosen, session(), earlier, plain("go on"), "job_9");
  assert.deepEqual(how, { conversation: { id: "job_9", exists: false }, resumed: false });
  assert.match(prompt, /\[User\]\nfirst\n\n\[Assistant, failed\]\n\n\[User\]\ngo on$/);
});

Deno.test("a CLI without a memory is told what was said, oldest first", () => {
  const earlier = after(turn("first", "one"), turn("second", "two"));
  const { prompt, resumed, conversation } = continuation(
    forgetful,
    session(),
    earlier,
    plain("third"),
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
  assert.equal(continuation(forgetful, session(), none, plain("first"), "job_9").prompt, "first");
});

Deno.test("a turn without an answer is told as what it is", () => {
  const earlier = after(lostTurn("first", "half"), lostTurn("second"));
  const { prompt } = continuation(forgetful, session(), earlier, plain("third"), "job_9");
  assert.match(prompt, /\[User\]\nfirst\n\n\[Assistant, failed\]\nhalf\n\n/);
  assert.match(prompt, /\[User\]\nsecond\n\n\[Assistant, failed\]\n\n\[User\]\nthird$/);
});

Deno.test("the oldest turns are left out where the transcript grows too long, and that is said", () => {
  const earlier = after(turn("old", "x".repeat(30_000)), turn("new", "y".repeat(30_000)));
  const { prompt } = continuation(forgetful, session(), earlier, plain("go on"), "job_9");
  assert.match(prompt, /oldest first:\n\n\[Earlier turns are left out\]\n\n\[User\]\nnew\n/);
  assert.ok(!prompt.includes("xxx"));

  const huge = after(turn("only", "z".repeat(90_000) + "the end"));
  const cut = continuation(forgetful, session(), huge, plain("go on"), "job_9").prompt;
  assert.ok(cut.length < 41_000 && cut.includes("the end\n\n[User]\ngo on"));
});

Deno.test("a conversation that its CLI has forgotten begins again with the transcript", () => {
  const earlier = after(turn("first", "one"));
  const again = restart(reported, earlier, plain("second"), "job_2");
  assert.match(again.prompt, /\[Assistant\]\none/);
  assert.deepEqual([again.conversation, again.resumed], [undefined, false]);
  assert.deepEqual(restart(chosen, earlier, plain("second"), "job_2").conversation, {
    id: "job_2",
    exists: false,
  });
});

const role = { prompt: "-go on", preamble: "You review." };
const WITH_ROLE = "You review.\n\n# Task\n\n-go on";

Deno.test("what stands before a prompt is told first, and the prompt last as it is", () => {
  assert.equal(continuation(reported, session(), none, role, "job_9").prompt, WITH_ROLE);
  assert.equal(continuation(chosen, session(), none, role, "job_9").prompt, WITH_ROLE);
  assert.equal(continuation(forgetful, session(), none, role, "job_9").prompt, WITH_ROLE);
  const retold =
    continuation(forgetful, session(), after(turn("first", "one")), role, "job_9").prompt;
  assert.match(
    retold,
    /^You review\.\n\n# Task\n\nThis continues a conv[^]*one\n\n\[User\]\n-go on$/,
  );
  const again = restart(reported, after(turn("first", "one")), role, "job_2").prompt;
  assert.equal(again, retold);
});

Deno.test("a conversation that is resumed is told again only what has changed", () => {
  const prompts = (last: Job) =>
    [
      continuation(reported, session({ cliSessionId: "c1" }), after(last), role, "job_9"),
      continuation(chosen, session({ turns: 1 }), after(last), role, "job_9"),
    ].map(({ prompt }) => prompt);
  const same = { ...turn("first", "one"), preamble: "You review." };
  assert.deepEqual(prompts(same), ["-go on", "-go on"]);
  assert.deepEqual(prompts({ ...same, preamble: "You trace." }), [WITH_ROLE, WITH_ROLE]);
  assert.deepEqual(prompts({ ...same, preamble: undefined }), [WITH_ROLE, WITH_ROLE]);
  // It may have ended before its prompt was read.
  assert.deepEqual(prompts({ ...same, status: "timed_out" }), [WITH_ROLE, WITH_ROLE]);
});
