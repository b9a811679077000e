/** Every state that sessions can tell, by action. */
import type { Result, ServerOptions, TestServer } from "../e2e/server.ts";
import { emulator } from "../emulators/mod.ts";
import {
  background,
  cancelledJob,
  HALF,
  halfDone,
  interruptedCall,
  ONE_BY_ONE,
  prompt,
  SLOW,
  until,
  whileUnanswered,
} from "./jobs.ts";
import type { Scenario } from "./scenario.ts";

const CODEX: ServerOptions = { emulators: ["codex"] };

/** A server that does not answer is waited for no longer than this needs. */
const IMPATIENT: ServerOptions = { ...HALF, config: { server: { kill_grace_seconds: 0 } } };

type Ids = Record<string, unknown>;

function sessions(given: Ids | ((before: Result) => Ids), before = nothing) {
  return async (aimux: TestServer) => {
    const made = await before(aimux);
    return await aimux.call("sessions", typeof given === "function" ? given(made) : given);
  };
}

function nothing(_aimux: TestServer): Promise<Result> {
  return Promise.resolve({ text: "", isError: false });
}

function answered(aimux: TestServer): Promise<Result> {
  return aimux.call("exec", { prompt });
}

const list = (more: Ids = {}) => ({ action: "list", ...more });
const info = ({ session_id }: Result) => ({ action: "info", session_id });
const cancel = ({ job_id }: Result) => ({ action: "cancel", job_id });
const kill = ({ session_id }: Result) => ({ action: "kill", session_id });

const LISTS: Scenario[] = [
  {
    tool: "sessions",
    state: "empty",
    title: "list: there is no session yet",
    ways: ["start"],
    shares: true,
    reach: sessions(list()),
  },
  {
    tool: "sessions",
    state: "empty",
    title: "list: no session fits",
    ways: ["all"],
    shares: true,
    at: CODEX,
    reach: sessions(list({ status: "failed" }), answered),
  },
  {
    tool: "sessions",
    state: "listed",
    title: "list: all there are",
    ways: ["inspect", "continue"],
    shares: true,
    at: CODEX,
    reach: sessions(list(), answered),
  },
  {
    tool: "sessions",
    state: "listed",
    title: "list: one of them runs",
    ways: ["wait", "inspect", "continue"],
    shares: true,
    at: SLOW,
    reach: sessions(list(), background),
  },
  {
    tool: "sessions",
    state: "listed",
    title: "list: there are more",
    ways: ["inspect", "more", "continue"],
    shares: true,
    at: CODEX,
    async reach(aimux) {
      await answered(aimux);
      await answered(aimux);
      return await aimux.call("sessions", list({ limit: 1 }));
    },
  },
  {
    tool: "sessions",
    state: "listed",
    title: "list: only those of one CLI",
    ways: ["inspect", "all", "continue"],
    at: { emulators: ["codex", "claude"] },
    async reach(aimux) {
      await answered(aimux);
      await aimux.call("exec", { prompt, cli: "claude" });
      return await aimux.call("sessions", list({ cli: "claude" }));
    },
  },
];

const INFOS: Scenario[] = [
  {
    tool: "sessions",
    state: "queued",
    title: "info: its job waits for its turn",
    ways: ["wait", "work_on"],
    at: ONE_BY_ONE,
    reach: sessions(info, async (aimux) => {
      await background(aimux);
      return await background(aimux);
    }),
  },
  {
    tool: "sessions",
    state: "running",
    title: "info: its job runs",
    ways: ["wait", "work_on"],
    shares: true,
    at: SLOW,
    reach: sessions(info, background),
  },
  {
    tool: "sessions",
    state: "completed",
    title: "info: its last job has an answer",
    ways: ["read", "continue"],
    shares: true,
    at: CODEX,
    reach: sessions(info, answered),
  },
  {
    tool: "sessions",
    state: "failed",
    title: "info: its last job failed",
    ways: ["read", "continue"],
    at: { emulators: { codex: emulator.codex().fails("transient") } },
    reach: sessions(info, answered),
  },
  {
    tool: "sessions",
    state: "cancelled",
    title: "info: its last job was cancelled",
    ways: ["read", "continue"],
    shares: true,
    at: HALF,
    reach: sessions(info, cancelledJob),
  },
  {
    tool: "sessions",
    state: "timed_out",
    title: "info: its last job did not end in its time",
    ways: ["read", "continue"],
    shares: true,
    at: HALF,
    reach: sessions(info, async (aimux) => {
      await aimux.workplace.install(HALF.emulators!);
      return await aimux.call("exec", { prompt, timeout_seconds: 2 });
    }),
  },
  {
    tool: "sessions",
    state: "interrupted",
    title: "info: the server of its last job was stopped",
    ways: ["read", "continue"],
    at: HALF,
    reach: sessions(info, interruptedCall),
  },
];

const CANCELS: Scenario[] = [
  {
    tool: "sessions",
    state: "cancelled",
    title: "cancel: the job ran",
    ways: ["read", "go_on"],
    shares: true,
    at: HALF,
    reach: sessions(cancel, halfDone),
  },
  {
    tool: "sessions",
    state: "completed",
    title: "cancel: the job had an answer already",
    ways: ["read"],
    shares: true,
    at: CODEX,
    reach: sessions(cancel, answered),
  },
  {
    tool: "sessions",
    state: "failed",
    title: "cancel: the job had failed already",
    ways: ["read"],
    at: { emulators: { codex: emulator.codex().exits(1) } },
    reach: sessions(cancel, answered),
  },
  {
    tool: "sessions",
    state: "timed_out",
    title: "cancel: the job had run out of time already",
    ways: ["read"],
    at: { emulators: { codex: emulator.codex().thenHangs() } },
    reach: sessions(cancel, (aimux) => aimux.call("exec", { prompt, timeout_seconds: 1 })),
  },
  {
    tool: "sessions",
    state: "interrupted",
    title: "cancel: the server of the job was stopped before",
    ways: ["read"],
    at: HALF,
    reach: sessions(cancel, interruptedCall),
  },
  {
    tool: "sessions",
    state: "cancelling",
    title: "cancel: the server of the job does not answer",
    ways: ["wait"],
    shares: true,
    at: IMPATIENT,
    reach: (aimux) => whileUnanswered(aimux, (job) => aimux.call("sessions", cancel(job))),
  },
];

const OTHERS: Scenario[] = [
  {
    tool: "sessions",
    state: "killed",
    title: "kill",
    ways: ["list"],
    shares: true,
    at: CODEX,
    reach: sessions(kill, answered),
  },
  {
    tool: "sessions",
    state: "cancelling",
    title: "kill: the server of the job does not answer",
    ways: ["wait", "retry"],
    shares: true,
    at: IMPATIENT,
    reach: (aimux) => whileUnanswered(aimux, (job) => aimux.call("sessions", kill(job))),
  },
  {
    tool: "sessions",
    state: "collected",
    title: "gc: nothing has expired",
    ways: ["list"],
    shares: true,
    at: CODEX,
    reach: sessions({ action: "gc" }, answered),
  },
  {
    tool: "sessions",
    state: "idle",
    title: "health: nothing runs",
    ways: ["list", "start"],
    shares: true,
    at: CODEX,
    reach: sessions({ action: "health" }, answered),
  },
  {
    tool: "sessions",
    state: "busy",
    title: "health: a job runs",
    ways: ["active", "start"],
    shares: true,
    at: SLOW,
    reach: sessions({ action: "health" }, background),
  },
  {
    tool: "sessions",
    state: "full",
    title: "health: no more can run at once",
    ways: ["active"],
    at: ONE_BY_ONE,
    reach: sessions({ action: "health" }, async (aimux) => {
      // One that is left from before would make another wait.
      const { sessions } = await aimux.call("sessions", list({ status: "active" }));
      for (const { last_job_id: job_id } of sessions) {
        await aimux.call("status", { job_id, wait_seconds: 45 });
      }
      return await until(aimux, await background(aimux), ({ status }) => status === "running");
    }),
  },
  {
    tool: "sessions",
    state: "queueing",
    title: "health: a job waits for its turn",
    ways: ["active"],
    at: ONE_BY_ONE,
    reach: sessions({ action: "health" }, async (aimux) => {
      await background(aimux);
      return await background(aimux);
    }),
  },
];

const UNUSABLE: Scenario[] = [
  {
    tool: "sessions",
    state: "unusable",
    title: "health: no CLI is installed",
    ways: ["details"],
    shares: true,
    reach: sessions({ action: "health" }),
  },
];

const REFUSALS: Scenario[] = [
  {
    tool: "sessions",
    state: "refused",
    title: "list: a CLI that there is not",
    ways: ["correct", "all"],
    shares: true,
    reach: sessions(list({ cli: "gemni" })),
  },
  {
    tool: "sessions",
    state: "refused",
    title: "a mistyped action",
    ways: ["correct"],
    shares: true,
    reach: sessions({ action: "lst" }),
  },
  {
    tool: "sessions",
    state: "refused",
    title: "an action that is almost kill",
    ways: ["list"],
    shares: true,
    at: CODEX,
    reach: sessions(({ session_id }) => ({ action: "kil", session_id }), answered),
  },
  {
    tool: "sessions",
    state: "refused",
    title: "a parameter that the action does not take",
    ways: ["correct"],
    shares: true,
    at: CODEX,
    reach: sessions(({ job_id }) => ({ action: "list", job_id }), answered),
  },
  {
    tool: "sessions",
    state: "refused",
    title: "cancel, with the session in place of the job",
    ways: ["find"],
    shares: true,
    at: CODEX,
    reach: sessions(({ session_id }) => ({ action: "cancel", session_id }), answered),
  },
  {
    tool: "sessions",
    state: "refused",
    title: "kill, with the job in place of the session",
    ways: ["find"],
    shares: true,
    at: CODEX,
    reach: sessions(({ job_id }) => ({ action: "kill", job_id }), answered),
  },
  {
    tool: "sessions",
    state: "refused",
    title: "info, of nothing",
    ways: ["list"],
    shares: true,
    reach: sessions({ action: "info" }),
  },
  {
    tool: "sessions",
    state: "missing",
    title: "info: a session that there is not",
    ways: ["list"],
    shares: true,
    reach: sessions({ action: "info", session_id: "ses_nowhere" }),
  },
  {
    tool: "sessions",
    state: "missing",
    title: "cancel: a job that there is not",
    ways: ["list"],
    shares: true,
    reach: sessions({ action: "cancel", job_id: "job_nowhere" }),
  },
  {
    tool: "sessions",
    state: "unavailable",
    title: "the database cannot be used",
    ways: ["retry"],
    at: { config: { server: { db_path: "/proc/nowhere/sessions.db" } } },
    reach: sessions(list()),
  },
];

/** In the order of the documentation. */
export const SESSIONS_SCENARIOS: readonly Scenario[] = [
  ...LISTS,
  ...INFOS,
  ...CANCELS,
  ...OTHERS,
  ...UNUSABLE,
  ...REFUSALS,
];
