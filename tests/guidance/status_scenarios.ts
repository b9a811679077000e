/** Every state that status can tell. */
import type { Result, ServerOptions, TestServer } from "../e2e/server.ts";
import { emulator } from "../emulators/mod.ts";
import {
  background,
  cancelledJob,
  HALF,
  interruptedCall,
  ONE_BY_ONE,
  prompt,
  SLOW,
} from "./jobs.ts";
import type { Scenario } from "./scenario.ts";

/** codex fails, claude does not. */
function failing(codex: ReturnType<typeof emulator.codex>): ServerOptions {
  return { emulators: { codex, claude: emulator.claude() } };
}

/** Reads the job of a call that was made before. */
function reading(before: (aimux: TestServer) => Promise<Result>) {
  return async (aimux: TestServer) => {
    const { job_id } = await before(aimux);
    return await aimux.call("status", { job_id });
  };
}

function called(more: Record<string, unknown> = {}) {
  return reading((aimux) => aimux.call("exec", { prompt, ...more }));
}

const UNFINISHED = ["wait", "work_on", "cancel"];

/** In the order of the documentation. */
export const STATUS_SCENARIOS: readonly Scenario[] = [
  {
    tool: "status",
    state: "queued",
    title: "a job that waits for its turn",
    ways: UNFINISHED,
    at: ONE_BY_ONE,
    reach: reading(async (aimux) => {
      await background(aimux);
      return await background(aimux);
    }),
  },
  {
    tool: "status",
    state: "running",
    title: "a job that runs",
    ways: UNFINISHED,
    at: SLOW,
    reach: reading(background),
  },
  {
    tool: "status",
    state: "running",
    title: "a job that was asked for again and again",
    ways: ["work_on", "wait", "cancel"],
    at: SLOW,
    async reach(aimux) {
      const { job_id } = await background(aimux);
      const ask = () => aimux.call("status", { job_id });
      await ask();
      await ask();
      return await ask();
    },
  },
  {
    tool: "status",
    state: "completed",
    title: "an answer of a run that could change files",
    ways: ["review", "continue"],
    shares: true,
    at: { emulators: ["codex"] },
    reach: called(),
  },
  {
    tool: "status",
    state: "completed",
    title: "an answer of a read-only run that is too long",
    ways: ["read_all", "act", "continue"],
    at: { emulators: { codex: emulator.codex().floods({ as: "answer", bytes: 100_000 }) } },
    reach: called({ read_only: true }),
  },
  {
    tool: "status",
    state: "failed",
    title: "auth, and another CLI is installed",
    ways: ["log_in", "another_cli"],
    at: failing(emulator.codex().fails("auth")),
    reach: called({ fallback: "none" }),
  },
  {
    tool: "status",
    state: "failed",
    title: "quota, of an advisory role",
    ways: ["another_cli", "later"],
    at: failing(emulator.codex().fails("quota")),
    reach: called({ role: "review", fallback: "none" }),
  },
  {
    tool: "status",
    state: "failed",
    title: "a model that is not available",
    ways: ["other_model", "another_cli"],
    at: failing(emulator.codex().fails("model")),
    reach: called({ model: "gpt-x", fallback: "none" }),
  },
  {
    tool: "status",
    state: "failed",
    title: "a passing failure, and no other CLI is installed",
    ways: ["retry"],
    at: { emulators: { goose: emulator.goose().fails("transient") } },
    reach: called({ fallback: "none" }),
  },
  {
    tool: "status",
    state: "failed",
    title: "the model refuses",
    ways: ["reword"],
    at: failing(emulator.codex().failureEvent("This violates our usage policy")),
    reach: called(),
  },
  {
    tool: "status",
    state: "failed",
    title: "it ends with another code",
    ways: ["go_on", "read_output"],
    at: { emulators: { codex: emulator.codex().prints("half an ans\n").exits(3) } },
    reach: called(),
  },
  {
    tool: "status",
    state: "timed_out",
    title: "it did not end in its time",
    ways: ["go_on", "read_output"],
    shares: true,
    at: HALF,
    reach: reading(async (aimux) => {
      await aimux.workplace.install(HALF.emulators!);
      return await aimux.call("exec", { prompt, timeout_seconds: 2 });
    }),
  },
  {
    tool: "status",
    state: "cancelled",
    title: "it was cancelled",
    ways: ["go_on", "read_output"],
    at: HALF,
    reach: reading(cancelledJob),
  },
  {
    tool: "status",
    state: "interrupted",
    title: "its server was stopped",
    ways: ["go_on", "read_output"],
    at: HALF,
    reach: reading(interruptedCall),
  },
  {
    tool: "status",
    state: "refused",
    title: "a wait that is too long",
    ways: ["correct"],
    shares: true,
    at: { emulators: ["codex"] },
    async reach(aimux) {
      const { job_id } = await aimux.call("exec", { prompt });
      return await aimux.call("status", { job_id, wait_seconds: 600 });
    },
  },
  {
    tool: "status",
    state: "refused",
    title: "no job_id",
    ways: ["list"],
    shares: true,
    reach: (aimux) => aimux.call("status", {}),
  },
  {
    tool: "status",
    state: "missing",
    title: "a job that there is not",
    ways: ["list"],
    shares: true,
    reach: (aimux) => aimux.call("status", { job_id: "job_nowhere" }),
  },
  {
    tool: "status",
    state: "unavailable",
    title: "the database cannot be used",
    ways: ["retry"],
    at: { config: { server: { db_path: "/proc/nowhere/sessions.db" } } },
    reach: (aimux) => aimux.call("status", { job_id: "job_any" }),
  },
];
