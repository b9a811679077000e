/** Every state that exec can tell. */
import { emulator } from "../emulators/mod.ts";
import { background, HALF, halfDone, interruptedCall, ONE_BY_ONE, prompt, SLOW } from "./jobs.ts";
import type { ServerOptions, TestServer } from "../e2e/server.ts";
import type { Scenario } from "./scenario.ts";

const BOTH: ServerOptions = { emulators: ["codex", "claude"] };

/** codex fails, claude does not. */
function failing(codex: ReturnType<typeof emulator.codex>): ServerOptions {
  return { emulators: { codex, claude: emulator.claude() } };
}

/** Hooks that each concern one role. */
const HOOKED: ServerOptions = {
  emulators: ["codex"],
  config: {
    hooks: {
      before: [hook("coding", '{"verdict":"block","reason":"Not today"}'), hook("docgen", "")],
      after: [hook("debug", '{"verdict":"reject","reason":"Too short"}'), hook("testgen", "")],
    },
  },
};

/** One that gives an answer, or has failed where that is empty. */
function hook(role: string, answer: string) {
  const command = ["/bin/sh", "-c", `echo '${answer}'`];
  return { name: role, command, roles: [role], on_failure: "closed" };
}

/** A call with these arguments besides the prompt. */
function calling(more: Record<string, unknown>) {
  return (aimux: TestServer) => aimux.call("exec", { prompt, ...more });
}

/** A call that continues a session with other arguments. */
function continuing(more: (aimux: TestServer) => Record<string, unknown>) {
  return async (aimux: TestServer) => {
    const { session_id } = await aimux.call("exec", { prompt, cli: "codex" });
    return await aimux.call("exec", { prompt, session_id, ...more(aimux) });
  };
}

/** The states of a job that exec tells. */
const JOBS: Scenario[] = [
  {
    tool: "exec",
    state: "failed",
    title: "a hook rejects the answer",
    ways: ["correct", "ask", "read_output"],
    shares: true,
    at: HOOKED,
    reach: calling({ role: "debug" }),
  },
  {
    tool: "exec",
    state: "failed",
    title: "a hook has failed that has to judge the answer",
    ways: ["judge_yourself", "go_on", "read_output"],
    shares: true,
    at: HOOKED,
    reach: calling({ role: "testgen" }),
  },
  {
    tool: "exec",
    state: "completed",
    title: "an answer of a run that could change files",
    ways: ["review", "continue"],
    shares: true,
    at: { emulators: ["codex"] },
    reach: calling({}),
  },
  {
    tool: "exec",
    state: "completed",
    title: "an answer of a read-only run",
    ways: ["act", "continue"],
    shares: true,
    at: { emulators: ["codex"] },
    reach: calling({ read_only: true }),
  },
  {
    tool: "exec",
    state: "completed",
    title: "an answer of an advisory role",
    ways: ["act", "continue"],
    shares: true,
    at: { emulators: ["codex"] },
    reach: calling({ role: "secaudit" }),
  },
  {
    tool: "exec",
    state: "completed",
    title: "an answer that is too long",
    ways: ["read_all", "review", "continue"],
    at: {
      emulators: {
        crush: emulator.crush().floods({ as: "answer", bytes: 100_000 }),
        codex: emulator.codex(),
      },
    },
    reach: calling({ cli: "crush" }),
  },
  {
    tool: "exec",
    state: "queued",
    title: "a job that waits for its turn",
    ways: ["wait", "work_on", "cancel"],
    at: ONE_BY_ONE,
    async reach(aimux) {
      await background(aimux);
      return await aimux.call("exec", { prompt });
    },
  },
  {
    tool: "exec",
    state: "running",
    title: "a job that takes longer than the call waits",
    ways: ["wait", "work_on", "cancel"],
    at: SLOW,
    reach: calling({}),
  },
  {
    tool: "exec",
    state: "failed",
    title: "auth, and another CLI is installed",
    ways: ["log_in", "another_cli"],
    at: failing(emulator.codex().fails("auth")),
    reach: calling({ fallback: "none" }),
  },
  {
    tool: "exec",
    state: "failed",
    title: "quota, in a session, and another CLI is installed",
    ways: ["another_cli", "later"],
    at: failing(emulator.codex().nextCall().fails("quota").nextCall()),
    async reach(aimux) {
      await aimux.workplace.install(failing(emulator.codex().nextCall().fails("quota")).emulators!);
      return await continuing(() => ({}))(aimux);
    },
  },
  {
    tool: "exec",
    state: "failed",
    title: "quota, and no other CLI is installed",
    ways: ["later"],
    at: { emulators: { codex: emulator.codex().fails("quota") } },
    reach: calling({ fallback: "none" }),
  },
  {
    tool: "exec",
    state: "failed",
    title: "a model that the call named is not available",
    ways: ["other_model", "another_cli"],
    at: failing(emulator.codex().fails("model")),
    reach: calling({ model: "gpt-x", fallback: "none" }),
  },
  {
    tool: "exec",
    state: "failed",
    title: "the model of the role is not available",
    ways: ["other_model", "another_cli"],
    at: failing(emulator.codex().fails("model")),
    reach: calling({ role: "secaudit", fallback: "none" }),
  },
  {
    tool: "exec",
    state: "failed",
    title: "a passing failure",
    ways: ["retry", "another_cli"],
    at: failing(emulator.codex().fails("transient")),
    reach: calling({ fallback: "none" }),
  },
  {
    tool: "exec",
    state: "failed",
    title: "the model refuses",
    ways: ["reword"],
    at: failing(emulator.codex().failureEvent("This violates our usage policy")),
    reach: calling({}),
  },
  {
    tool: "exec",
    state: "failed",
    title: "it ends with another code, after it has printed something",
    ways: ["go_on", "another_cli", "read_output"],
    at: failing(emulator.codex().prints("half an ans\n").exits(3)),
    reach: calling({}),
  },
  {
    tool: "exec",
    state: "failed",
    title: "it ends without an answer",
    ways: ["go_on", "another_cli"],
    at: failing(emulator.codex().answersNothing()),
    reach: calling({}),
  },
  {
    tool: "exec",
    state: "timed_out",
    title: "it does not end in its time",
    ways: ["go_on", "read_output"],
    shares: true,
    at: HALF,
    async reach(aimux) {
      await aimux.workplace.install(HALF.emulators!);
      return await aimux.call("exec", { prompt, timeout_seconds: 2 });
    },
  },
  {
    tool: "exec",
    state: "cancelled",
    title: "somebody cancels the job while the call waits",
    ways: ["go_on", "read_output"],
    at: HALF,
    async reach(aimux) {
      await aimux.workplace.install(HALF.emulators!);
      const waiting = aimux.call("exec", { prompt, read_only: true });
      for (;;) {
        const { sessions } = await aimux.call("sessions", { action: "list", status: "running" });
        if (sessions.length === 0) continue;
        const [{ last_job_id: job_id }] = sessions;
        const { output_bytes = 0 } = await aimux.call("status", { job_id, wait_seconds: 0.1 });
        if (output_bytes === 0) continue;
        await aimux.call("sessions", { action: "cancel", job_id });
        return await waiting;
      }
    },
  },
  {
    tool: "exec",
    state: "interrupted",
    title: "its server is stopped while the call waits",
    ways: ["go_on", "read_output"],
    at: HALF,
    reach: interruptedCall,
  },
];

/** What exec refuses, and what it cannot do. */
const REFUSALS: Scenario[] = [
  {
    tool: "exec",
    state: "refused",
    title: "a hook forbids the call",
    ways: ["change", "ask"],
    shares: true,
    at: HOOKED,
    reach: calling({ role: "coding" }),
  },
  {
    tool: "exec",
    state: "refused",
    title: "a hook has failed that has to be asked before a run",
    ways: ["retry"],
    shares: true,
    at: HOOKED,
    reach: calling({ role: "docgen" }),
  },
  {
    tool: "exec",
    state: "refused",
    title: "a mistyped parameter",
    ways: ["correct"],
    shares: true,
    at: BOTH,
    reach: (aimux) => aimux.call("exec", { promt: prompt, "read-only": "true" }),
  },
  {
    tool: "exec",
    state: "refused",
    title: "a parameter that there is not",
    ways: ["correct"],
    shares: true,
    at: BOTH,
    reach: calling({ temperature: 1 }),
  },
  {
    tool: "exec",
    state: "refused",
    title: "an empty prompt",
    ways: ["correct"],
    shares: true,
    at: BOTH,
    reach: (aimux) => aimux.call("exec", { prompt: " " }),
  },
  {
    tool: "exec",
    state: "refused",
    title: "a prompt that is too large",
    ways: ["shorten"],
    at: { ...BOTH, config: { server: { max_prompt_bytes: 10 } } },
    reach: calling({}),
  },
  {
    tool: "exec",
    state: "refused",
    title: "a mistyped role",
    ways: ["correct"],
    shares: true,
    at: BOTH,
    reach: calling({ role: "codereveiw" }),
  },
  {
    tool: "exec",
    state: "refused",
    title: "a role that there is not",
    ways: ["without_role"],
    shares: true,
    at: BOTH,
    reach: calling({ role: "philosopher" }),
  },
  {
    tool: "exec",
    state: "refused",
    title: "a mistyped style",
    ways: ["correct", "without_style"],
    shares: true,
    at: BOTH,
    reach: calling({ style: "jsn" }),
  },
  {
    tool: "exec",
    state: "refused",
    title: "a style that there is not",
    ways: ["without_style"],
    shares: true,
    at: BOTH,
    reach: calling({ style: "baroque" }),
  },
  {
    tool: "exec",
    state: "refused",
    title: "a model that could be a flag",
    ways: ["without_model"],
    shares: true,
    at: BOTH,
    reach: calling({ model: "--yolo" }),
  },
  {
    tool: "exec",
    state: "refused",
    title: "a folder that there is not",
    ways: ["correct"],
    shares: true,
    at: BOTH,
    reach: calling({ cwd: "/nowhere" }),
  },
  {
    tool: "exec",
    state: "refused",
    title: "another CLI on a session",
    ways: ["stay", "begin_anew"],
    shares: true,
    at: BOTH,
    reach: continuing(() => ({ cli: "claude" })),
  },
  {
    tool: "exec",
    state: "refused",
    title: "another folder on a session",
    ways: ["stay", "begin_anew"],
    shares: true,
    at: BOTH,
    reach: continuing(({ workplace }) => ({ cwd: workplace.home })),
  },
  {
    tool: "exec",
    state: "refused",
    title: "a mistyped CLI",
    ways: ["correct", "by_role"],
    shares: true,
    at: BOTH,
    reach: calling({ cli: "codx" }),
  },
  {
    tool: "exec",
    state: "refused",
    title: "a CLI that there is not",
    ways: ["by_role"],
    shares: true,
    at: BOTH,
    reach: calling({ cli: "emacs" }),
  },
  {
    tool: "exec",
    state: "refused",
    title: "a CLI that is not installed",
    ways: ["another_cli", "install"],
    shares: true,
    at: BOTH,
    reach: calling({ cli: "gemini", model: "gemini-2.5-pro" }),
  },
  {
    tool: "exec",
    state: "refused",
    title: "a session whose CLI is gone",
    ways: ["another_cli", "install"],
    at: BOTH,
    async reach(aimux) {
      await aimux.workplace.install(BOTH.emulators!);
      const { session_id } = await aimux.call("exec", { prompt, cli: "codex" });
      await Deno.remove(`${aimux.workplace.bin}/codex`);
      return await aimux.call("exec", { prompt, session_id });
    },
  },
  {
    tool: "exec",
    state: "refused",
    title: "no CLI is installed",
    ways: ["install"],
    at: {},
    reach: calling({}),
  },
  {
    tool: "exec",
    state: "refused",
    title: "a CLI that cannot promise to change nothing",
    ways: ["another_cli"],
    at: { emulators: ["crush", "codex"] },
    reach: calling({ cli: "crush", read_only: true }),
  },
  {
    tool: "exec",
    state: "refused",
    title: "no CLI can promise to change nothing",
    ways: ["correct"],
    at: { emulators: ["crush"] },
    reach: calling({ role: "review" }),
  },
  {
    tool: "exec",
    state: "refused",
    title: "the queue is full",
    ways: ["look", "health"],
    at: { ...HALF, config: { server: { max_concurrent_jobs: 1, max_queue: 1 } } },
    async reach(aimux) {
      if ((await aimux.call("sessions", { action: "list" })).count === 0) {
        await halfDone(aimux);
        await background(aimux);
      }
      return await aimux.call("exec", { prompt });
    },
  },
  {
    tool: "exec",
    state: "refused",
    title: "aimux inside aimux, too deep",
    ways: ["work"],
    at: { ...BOTH, env: { AIMUX_DEPTH: "3" } },
    reach: calling({}),
  },
  {
    tool: "exec",
    state: "missing",
    title: "a session that there is not",
    ways: ["list", "begin_anew"],
    shares: true,
    at: BOTH,
    reach: calling({ session_id: "ses_nowhere" }),
  },
  {
    tool: "exec",
    state: "unavailable",
    title: "the database cannot be used",
    ways: ["retry"],
    at: { ...BOTH, config: { server: { db_path: "/proc/nowhere/sessions.db" } } },
    reach: calling({}),
  },
];

/** In the order of the documentation. */
export const EXEC_SCENARIOS: readonly Scenario[] = [...JOBS, ...REFUSALS];
