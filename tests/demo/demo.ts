/**
 * Shows what aimux does: the real server, a real MCP client over stdio, and emulated CLIs as real
 * processes, all in a temporary home. Every line that is printed comes from a result, and every
 * scene checks what it promises; the exit code is 0 only if all of it held.
 *
 *     deno task demo
 */
import assert from "node:assert/strict";
import { startServer, type TestServer } from "../e2e/server.ts";
import { callsOf, childrenOf, emulator } from "../emulators/mod.ts";
import { isRunning } from "../emulators/testing.ts";

/** One scene: a title, and the calls with what came back. */
type Scene = [title: string, play: (aimux: TestServer) => Promise<void>];

const ANSWER_BYTES = 2_500_000;

const EMULATORS = {
  codex: emulator.codex().waits(300),
  claude: emulator.claude().fails("quota"),
  gemini: emulator.gemini().prints("half an ans").forks().thenHangs(),
  crush: emulator.crush().floods({ as: "answer", bytes: ANSWER_BYTES }),
};

const SCENES: Scene[] = [
  ["The tools that a client sees", tools],
  ["A prompt by role: aimux knows the CLI for it, and tells it how to work", byRole],
  ["Long work does not block: a job at once, its answer later", inBackground],
  ["A session goes on where it was", continued],
  ["A failure says its class and what to do", outOfQuota],
  ["A job that hangs is cancelled, and no process is left", cancelled],
  ["An answer too long for a client is read page by page", pageByPage],
];

Deno.exitCode = await main() ? 0 : 1;

/** @returns Whether everything was as promised. */
async function main(): Promise<boolean> {
  console.log("aimux: one MCP server for all your AI coding CLIs.");
  console.log(`Emulated here: ${Object.keys(EMULATORS).join(", ")}. Server and client are real.`);
  const start = performance.now();
  try {
    await using aimux = await startServer({ emulators: EMULATORS });
    for (const [index, [title, play]] of SCENES.entries()) {
      console.log(`\n${index + 1}. ${title}`);
      await play(aimux);
    }
    if (Deno.build.os === "linux") assert.deepEqual(aimux.processesLeft(), []);
  } catch (error) {
    console.error("\nNot as promised:", error);
    return false;
  }
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`\nAll ${SCENES.length} scenes were as promised, in ${seconds} s.`);
  return true;
}

async function tools({ client }: TestServer): Promise<void> {
  called("tools/list", {});
  const { tools } = await client.listTools();
  for (const { name, title } of tools) back(`${name}: ${title}`);
  assert.deepEqual(tools.map(({ name }) => name), ["exec", "status", "sessions"]);
}

async function byRole(aimux: TestServer): Promise<void> {
  const result = await call(aimux, "exec", {
    prompt: "Refactor this function to use early returns",
    role: "refactor",
  });
  back(`${result.cli} ran it, with effort ${result.reasoning_effort}`);
  const { prompt } = (await callsOf(aimux.workplace.home, "codex")).at(-1)!;
  const [role = "", task] = prompt?.split("\n\n# Task\n\n") ?? [];
  const sections = [...role.matchAll(/^## (.*)$/gm)].map(([, name]) => name);
  back(
    `before the prompt it was told its role in ${role.split("\n").length} lines: ${
      sections.join(", ")
    }`,
  );
  assert.equal(result.status, "completed", result.text);
  assert.equal(result.cli, "codex");
  assert.equal(task, "Refactor this function to use early returns");
  assert.match(role, /^# Refactoring\n/);
}

async function inBackground(aimux: TestServer): Promise<void> {
  const handle = await call(aimux, "exec", {
    prompt: "Audit all authentication code for OWASP Top 10 issues",
    role: "secaudit",
    async: true,
  });
  assert.ok(["queued", "running"].includes(handle.status), handle.status);
  assert.equal(handle.content, undefined);

  const result = await call(aimux, "status", { job_id: handle.job_id, wait_seconds: 30 });
  assert.equal(result.status, "completed", result.text);
  assert.match(result.content, /\nAudit all authentication code for OWASP Top 10 issues \[turns=/);
}

/** The emulated CLI tells how many turns it knows of; a new conversation begins with 2. */
async function continued(aimux: TestServer): Promise<void> {
  const first = await call(aimux, "exec", { prompt: "Remember the word plum", cli: "codex" });
  const second = await call(aimux, "exec", {
    prompt: "Which word was it?",
    session_id: first.session_id,
  });
  const { argv } = (await callsOf(aimux.workplace.home, "codex")).at(-1)!;
  back(`codex was started as: codex ${argv.join(" ")}`);
  back(`its turns: ${turnsOf(first.content)} at first, then ${turnsOf(second.content)}`);
  assert.equal(second.status, "completed", second.text);
  assert.ok(argv.join(" ").includes(`resume ${first.cli_session_id}`));
  assert.equal(turnsOf(second.content), turnsOf(first.content) + 1);
}

async function outOfQuota(aimux: TestServer): Promise<void> {
  const result = await call(aimux, "exec", { prompt: "Explain this module", cli: "claude" });
  back(`what to do: ${result.error.hint}`);
  assert.equal(result.isError, true);
  assert.equal(result.status, "failed");
  assert.equal(result.error.code, "quota");
}

async function cancelled(aimux: TestServer): Promise<void> {
  const { home } = aimux.workplace;
  const { job_id } = await call(aimux, "exec", {
    prompt: "Think for ever",
    cli: "gemini",
    async: true,
  });
  const printing = await untilItPrints(aimux, job_id);
  back(`meanwhile: ${printing}`);
  const pids = await pidsOf(home);
  back(`processes of the job: ${pids.join(", ")}`);
  assert.ok(pids.every(isRunning), "both processes run");

  await call(aimux, "sessions", { action: "cancel", job_id });
  const job = await call(aimux, "status", { job_id });
  back(`kept from before the end: ${job.partial_output}`);
  back(`processes of the job that still run: ${pids.filter(isRunning).join(", ") || "none"}`);
  assert.equal(job.status, "cancelled");
  assert.equal(job.partial_output, "half an ans");
  assert.deepEqual(pids.filter(isRunning), []);
}

async function pageByPage(aimux: TestServer): Promise<void> {
  const result = await call(aimux, "exec", { prompt: "Print a lot", cli: "crush" });
  assert.equal(result.status, "completed", result.text.slice(0, 500));
  assert.equal(result.truncated, true);

  let whole = "";
  for (let offset: number | undefined = 0; offset !== undefined;) {
    const uri = `${result.output_uri}?offset=${offset}`;
    called("resources/read", { uri });
    const { contents: [page] } = await aimux.client.readResource({ uri });
    assert.ok(page && "text" in page);
    const next = page._meta?.["next_offset"];
    back(`${page.text.length} characters, ${next === undefined ? "the last" : `next at ${next}`}`);
    whole += page.text;
    offset = next === undefined ? undefined : Number(next);
  }
  back(`together ${whole.length} of ${ANSWER_BYTES} characters`);
  assert.equal(whole.length, ANSWER_BYTES);
  assert.ok(/^flood x.*\nflood end x*\n$/s.test(whole), "begins and ends as it was printed");
}

/** Calls a tool, and prints the call and what came back. */
async function call(aimux: TestServer, tool: string, args: Record<string, unknown>) {
  called(tool, args);
  const result = await aimux.call(tool, args);
  const { status, error, content, job_id, duration_ms, truncated } = result;
  const code = error === undefined ? "" : ` (${error.code})`;
  const took = duration_ms === undefined ? "" : ` after ${duration_ms} ms`;
  back(`${status}${code}${took}, ${job_id}`);
  if (error !== undefined) back(`error: ${error.message}`);
  if (content !== undefined) {
    back(truncated ? `${content.length} characters of the answer` : `answer: ${brief(content)}`);
  }
  return result;
}

async function untilItPrints(aimux: TestServer, job_id: string): Promise<string> {
  for (;;) {
    const { status, progress, output_bytes } = await aimux.call("status", {
      job_id,
      wait_seconds: 0.1,
    });
    assert.ok(["queued", "running"].includes(status), status);
    if (output_bytes > 0) return progress;
  }
}

/** The CLI's process and the one that it has started. */
async function pidsOf(home: string): Promise<number[]> {
  const started = [...await callsOf(home, "gemini"), ...await childrenOf(home, "gemini")];
  assert.equal(started.length, 2);
  return started.map(({ pid }) => pid);
}

/** The emulated CLI repeats all that it was told; of many lines the first and the last are shown. */
function brief(answer: string): string {
  const lines = answer.split("\n");
  const [first, ...rest] = lines;
  const last = rest.pop();
  return last === undefined ? answer : `${first} [... ${rest.length} lines ...] ${last}`;
}

function turnsOf(answer: string): number {
  return Number(/\[turns=(\d+) /.exec(answer)?.[1]);
}

function called(what: string, args: Record<string, unknown>): void {
  console.log(`   ${what} ${JSON.stringify(args)}`);
}

function back(line: string): void {
  console.log(`     -> ${line}`);
}
