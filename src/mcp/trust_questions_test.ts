import assert from "node:assert/strict";
import type { ProjectTrust } from "../config/project.ts";
import type { ProjectSetting } from "../config/project_settings.ts";
import { createRedactor } from "../lib/redact.ts";
import { testLog } from "../lib/testing_log.ts";
import type { Answer } from "./consent.ts";
import { createTrustQuestions } from "./trust_questions.ts";

function setting(key: string, value: unknown): ProjectSetting {
  const file = "cli.d/codex/profile.yaml";
  return { file, keys: key.split("."), value, place: () => ({ path: file, line: 3, column: 1 }) };
}

function project(given: Partial<ProjectTrust> = {}): ProjectTrust {
  return {
    folder: "/p",
    fingerprint: "f1",
    settings: [setting("binary", "./codex")],
    state: "untrusted",
    ...given,
  };
}

/** Questions over a trust in memory. */
function questions() {
  const given = new Set<string>();
  const asked: { question: string; key: string }[] = [];
  const answers: (Answer | Promise<Answer> | Error)[] = [];
  const { ask } = createTrustQuestions({
    trust: {
      holds: (folder, fingerprint) => given.has(`${folder} ${fingerprint}`),
      give: ({ folder, fingerprint }) => void given.add(`${folder} ${fingerprint}`),
    },
    clock: { now: () => 0 },
    log: testLog(),
    redact: createRedactor({}),
  });
  return {
    given,
    asked,
    answers,
    ask: (of: ProjectTrust, principal = "local", signal = new AbortController().signal) =>
      ask(of, { principal, signal }, (question, key) => {
        asked.push({ question, key });
        const answer = answers.shift() ?? assert.fail(`asked ${question}`);
        if (answer instanceof Error) throw answer;
        return answer;
      }),
  };
}

Deno.test("the question shows the folder and each key with its value, secrets taken out", async () => {
  const at = questions();
  at.answers.push("accepted");
  await at.ask(project({
    settings: [
      setting("binary", "./a\n\u202eb"),
      setting("headless_flags", ["-x", "--token", "sk-ant-REDACTED"]),
      setting("env.MY_API_KEY", "hidden"),
    ],
  }));
  const [{ question, key }] = at.asked as [typeof at.asked[0]];
  assert.equal(key, "trust-f1");
  assert.match(question, /^Trust the configuration of the project in "\/p"\?/);
  assert.deepEqual(question.split("\n").slice(1), [
    String.raw`cli.d/codex/profile.yaml:3 binary: "./a\n\u202eb"`,
    'cli.d/codex/profile.yaml:3 headless_flags: ["-x","--token","[redacted]"]',
    'cli.d/codex/profile.yaml:3 env.MY_API_KEY: "[redacted]"',
  ]);
  assert.deepEqual([...at.given], ["/p f1"]);
});

Deno.test("any answer but yes is kept for that content and that caller, and trusts nothing", async () => {
  for (const answer of ["declined", "cancelled", "unanswered"] as const) {
    const at = questions();
    at.answers.push(answer);
    await at.ask(project());
    await at.ask(project());
    assert.equal(at.asked.length, 1, answer);
    at.answers.push("declined", "declined", "declined");
    await at.ask(project({ fingerprint: "f2" }));
    await at.ask(project({ folder: "/q" }));
    await at.ask(project(), "ann");
    assert.equal(at.asked.length, 4, answer);
    assert.equal(at.given.size, 0);
  }
});

Deno.test("a client that cannot ask, or fails to, is no answer, nor is a call that was taken back", async () => {
  const at = questions();
  at.answers.push("unable", "failed", "cancelled", "accepted");
  await at.ask(project());
  await at.ask(project());
  await at.ask(project(), "local", AbortSignal.abort());
  await at.ask(project());
  assert.equal(at.asked.length, 4);
  assert.equal(at.given.size, 1);
});

Deno.test("nothing is asked of what is trusted or cannot be, and of what is too long to be shown", async () => {
  const at = questions();
  await at.ask(project({ state: "trusted" }));
  await at.ask(project({ exposed: "others may write to it" }));
  await at.ask(project({ settings: [setting("binary", "x".repeat(5000))] }));
  assert.deepEqual(at.asked, []);
});

Deno.test("calls that come while the user is being asked wait for that answer", async () => {
  const at = questions();
  const { promise, resolve } = Promise.withResolvers<Answer>();
  at.answers.push(promise);
  const calls = Promise.all([at.ask(project()), at.ask(project()), at.ask(project())]);
  resolve("accepted");
  await calls;
  assert.equal(at.asked.length, 1);
});

Deno.test("a question that the client has to ask first is asked again", async () => {
  const at = questions();
  at.answers.push(new Error("input needed"), "accepted");
  await assert.rejects(at.ask(project()), /input needed/);
  await at.ask(project());
  assert.equal(at.given.size, 1);
});
