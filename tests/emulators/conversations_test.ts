import assert from "node:assert/strict";
import { type CliName, conversationsOf } from "./mod.ts";
import { sandbox } from "./testing.ts";

/** The first run, the next one, and how an unknown conversation ends; ID is filled in. */
interface Resuming {
  first: string[];
  next: string[];
  /** The exit code for an unknown ID, and what is said. */
  unknown?: [number, RegExp];
  env?: Record<string, string>;
}

const RESUMES: { [cli in CliName]?: Resuming } = {
  codex: {
    first: ["exec", "say hi"],
    next: ["exec", "-s", "read-only", "resume", "ID", "again"],
    unknown: [1, /no rollout found for thread id ID/],
  },
  claude: {
    first: ["-p", "say hi"],
    next: ["-p", "--resume", "ID", "again"],
    unknown: [1, /^No conversation found with session ID: ID/],
  },
  gemini: {
    first: ["--skip-trust", "-p", "say hi"],
    next: ["--skip-trust", "--resume", "ID", "-p", "again"],
    unknown: [42, /Invalid session identifier/],
  },
  qwen: {
    first: ["say hi"],
    next: ["--resume", "ID", "again"],
    unknown: [1, /No saved session found/],
  },
  aider: {
    first: ["--chat-history-file", "h.md", "--message", "say hi"],
    next: ["--chat-history-file", "h.md", "--restore-chat-history", "--message", "again"],
  },
  goose: {
    first: ["run", "-n", "mine", "-t", "say hi"],
    next: ["run", "-n", "ID", "--resume", "-t", "again"],
    unknown: [1, /No session found with name 'ID'/],
  },
  crush: {
    first: ["run", "say hi"],
    next: ["run", "--session", "ID", "again"],
    unknown: [1, /session not found/],
  },
  gptme: {
    first: ["--name", "mine", "--tools", "read-only", "say hi"],
    next: ["--name", "ID", "--resume", "--tools", "read-only", "again"],
    unknown: [1, /No conversation to resume: ID/],
  },
  continue: {
    first: ["-p", "say hi"],
    next: ["-p", "--fork", "ID", "again"],
    unknown: [1, /Session not found: ID/],
  },
  droid: {
    first: ["exec", "say hi"],
    next: ["exec", "-s", "ID", "again"],
    unknown: [1, /^$/],
    env: { FACTORY_API_KEY: "mock" },
  },
  opencode: {
    first: ["run", "say hi"],
    next: ["run", "--session", "ID", "again"],
    unknown: [1, /Session not found/],
  },
};

for (const [name, { first, next, unknown, env = {} }] of Object.entries(RESUMES)) {
  const cli = name as CliName;
  Deno.test(`${cli} goes on with a conversation in a later process`, async () => {
    await using box = await sandbox([cli]);

    const begun = await box.run(cli, first, { env });
    const [id = ""] = conversationsOf(box.home, cli);
    const resumed = await box.run(cli, next.map((word) => word === "ID" ? id : word), { env });

    assert.equal(turnsIn(resumed.stdout), turnsIn(begun.stdout) + 1);
  });
  if (unknown === undefined) continue;
  Deno.test(`${cli} refuses to go on with an unknown conversation`, async () => {
    await using box = await sandbox([cli]);
    const { code, stdout, stderr } = await box.run(cli, next, { env });
    assert.equal(code, unknown[0]);
    assert.match(stdout + stderr, unknown[1]);
  });
}

Deno.test("codex tells the usage of the whole thread, claude that of the run", async () => {
  await using box = await sandbox(["codex", "claude"]);

  await box.run("codex", ["exec", "--json", "one"]);
  const [thread = ""] = conversationsOf(box.home, "codex");
  const codex = await box.run("codex", ["exec", "--json", "resume", thread, "two"]);
  assert.match(codex.stdout, /"input_tokens":22,.*"output_tokens":14/);

  await box.run("claude", ["-p", "one"]);
  const [session = ""] = conversationsOf(box.home, "claude");
  const args = ["-p", "--output-format", "json", "--resume", session, "two"];
  const result = JSON.parse((await box.run("claude", args)).stdout);
  assert.equal(result.usage.input_tokens, 11);
  assert.equal(result.modelUsage["claude-opus-5-5"].inputTokens, 22);
});

Deno.test("droid without a login cannot resume at all", async () => {
  await using box = await sandbox(["droid"]);
  await box.run("droid", ["exec", "say hi"]);
  const [id = ""] = conversationsOf(box.home, "droid");
  const { code, stdout, stderr } = await box.run("droid", ["exec", "-s", id, "again"]);
  assert.deepEqual({ code, stdout, stderr }, { code: 1, stdout: "", stderr: "" });
});

function turnsIn(output: string): number {
  return Number(/\[turns=(\d+) /.exec(output)?.[1]);
}
