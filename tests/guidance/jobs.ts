/** Jobs in each state, for scenarios. */
import { callLine, startRaw } from "../e2e/raw.ts";
import type { Result, ServerOptions, TestServer } from "../e2e/server.ts";
import { emulator } from "../emulators/mod.ts";

/** A prompt like any other. */
export const prompt = "Say what this folder is for";

/** A CLI that takes a moment. */
export const SLOW: ServerOptions = {
  emulators: { codex: emulator.codex().waits(1500) },
  config: { server: { sync_wait_seconds: 0.05 } },
};

/** The same, one job at a time. */
export const ONE_BY_ONE: ServerOptions = {
  ...SLOW,
  config: { server: { sync_wait_seconds: 0.05, max_concurrent_jobs: 1 } },
};

/** A CLI that prints half an answer and does not end; its next call is good. */
export const HALF: ServerOptions = {
  emulators: { codex: emulator.codex().prints("half an ans").thenHangs().nextCall() },
  config: { server: { kill_grace_seconds: 0.5 } },
};

/** A run in the background. */
export function background(aimux: TestServer, more: Record<string, unknown> = {}): Promise<Result> {
  return aimux.call("exec", { prompt, async: true, ...more });
}

/** Asks for a job until it is so far. */
export async function until(
  aimux: TestServer,
  { job_id }: Result,
  isSo: (job: Result) => boolean,
): Promise<Result> {
  for (;;) {
    const job = await aimux.call("status", { job_id, wait_seconds: 0.1 });
    if (isSo(job)) return job;
  }
}

/** A job that has printed half an answer. */
export async function halfDone(aimux: TestServer): Promise<Result> {
  await aimux.workplace.install(HALF.emulators!);
  return await until(aimux, await background(aimux), ({ output_bytes = 0 }) => output_bytes > 0);
}

/** A job that was cancelled half-way. */
export async function cancelledJob(aimux: TestServer): Promise<Result> {
  const job = await halfDone(aimux);
  await aimux.call("sessions", { action: "cancel", job_id: job.job_id });
  return job;
}

/** What the caller of a synchronous call is told when its server is stopped. */
export async function interruptedCall({ workplace }: TestServer): Promise<Result> {
  await workplace.install(HALF.emulators!);
  const other = startRaw(workplace);
  await other.write(callLine(1, "exec", { prompt }));
  for (let id = 2, bytes = 0; bytes === 0; id++) {
    await other.write(callLine(id, "sessions", { action: "list", status: "running" }));
    const { result } = await other.message((message) => message.id === id);
    const [session] = result.structuredContent.sessions;
    if (!session) continue;
    const args = { job_id: session.last_job_id, wait_seconds: 0.1 };
    await other.write(callLine(++id, "status", args));
    const answer = await other.message((message) => message.id === id);
    bytes = answer.result.structuredContent.output_bytes ?? 0;
  }
  Deno.kill(other.pid, "SIGTERM");
  const { result } = await other.message(({ id }) => id === 1);
  await other.ended;
  return { ...result.structuredContent, text: result.content[0].text, isError: result.isError };
}

/** Does something while the server that runs this job does not answer; then that server ends. */
export async function whileUnanswered(
  aimux: TestServer,
  act: (job: Result) => Promise<Result>,
): Promise<Result> {
  const { workplace } = aimux;
  await workplace.install(HALF.emulators!);
  const other = startRaw(workplace);
  await other.write(callLine(1, "exec", { prompt, async: true }));
  const { result } = await other.message(({ id }) => id === 1);
  await until(aimux, result.structuredContent, ({ output_bytes = 0 }) => output_bytes > 0);
  Deno.kill(other.pid, "SIGSTOP");
  const told = await act(result.structuredContent);
  Deno.kill(other.pid, "SIGCONT");
  await other.end();
  await other.ended;
  return told;
}
