/**
 * Several servers on one database, random calls, cancels, kills and restarts; at the end the
 * database and the process table have to prove that every job has one true final state, that no
 * output is missing and that no process is left.
 *
 *     deno task chaos [--seed N] [--seconds N] [--servers N]
 *
 * AIMUX_TEST_BINARY names a compiled binary to try instead of the sources. The seed decides the
 * choices; how they interleave is the machine's.
 */
import { parseArgs } from "node:util";
import { callLine, type Message, type RawProgram, startRaw } from "../e2e/raw.ts";
import { createWorkplace } from "../e2e/workplace.ts";
import { writeProgram } from "../program_file.ts";
import { count, ENDS, newHistory, type Taken, type Task } from "./history.ts";
import { isFinal, type JobStatus } from "../../src/store/job.ts";
import { processTable } from "../../src/process/process_table.ts";
import { type WaitedSince, watchWaits } from "./waits.ts";
import { type Random, seeded } from "./random.ts";
import { verify } from "./verify.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    seconds: { type: "string", default: "180" },
    servers: { type: "string", default: "3" },
  },
});
const seed = Number(values.seed);
const seconds = Number(values.seconds);
const random = seeded(seed);
const history = newHistory();
console.log(
  `seed ${seed}, ${seconds} s, ${values.servers} servers, ` +
    (Deno.env.get("AIMUX_TEST_BINARY") ?? "from the sources"),
);

/** A server with its client's side of the connection. */
interface Server {
  /** Its place in the history's lives. */
  life: number;
  program: RawProgram;
  /** How long it waited for a processor of late. */
  waits(): WaitedSince;
  nextId: number;
  /** Calls that were sent and not answered. */
  pending: Map<number, (message: Message | undefined) => void>;
}

await using place = await createWorkplace({
  config: {
    server: { max_concurrent_jobs: 8, kill_grace_seconds: 0.3, shutdown_grace_seconds: 2 },
    roles: { default: { cli: "chaos" } },
    circuit_breaker: { failure_threshold: 1000 },
  },
});
const recordsDir = `${place.home}/records`;
await Deno.mkdir(recordsDir);
await writeProgram(
  `${place.bin}/chaos`,
  `#!/bin/sh\nexec python3 '${new URL("./cli.py", import.meta.url).pathname}' "$@"\n`,
);
/** The CLI, on pipes and on a pseudo-terminal. */
const CLIS = { chaos: "pipe", chaos_pty: "pty" } as const;
for (const [name, executor] of Object.entries(CLIS)) {
  const folder = `${place.home}/.config/aimux/cli.d/${name}`;
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(
    `${folder}/profile.yaml`,
    JSON.stringify({
      name,
      binary: "chaos",
      command: { base: "chaos" },
      output_format: "text",
      executor,
      env: { CHAOS_RECORDS: recordsDir },
    }),
  );
}

const servers = Array.from({ length: Number(values.servers) }, () => start());
const until = Date.now() + seconds * 1000;
let tasks = 0;
while (Date.now() < until) {
  await act(random.pick(servers));
  await pause(random.whole(5, 60));
}
await settle();
report();

function start(): Server {
  history.lives.push({});
  count(history, "servers started");
  const program = startRaw(place);
  const server: Server = {
    life: history.lives.length - 1,
    program,
    waits: watchWaits(program.pid, program.ended),
    nextId: 1,
    pending: new Map(),
  };
  void read(server);
  return server;
}

/** Hands answers to those who wait for them; who waits when the server ends gets nothing. */
async function read(server: Server): Promise<void> {
  const { program, pending } = server;
  const ended = program.ended.then(() => true);
  let seen = 0;
  for (let over = false; !over;) {
    over = await Promise.race([ended, pause(20).then(() => false)]);
    for (; seen < program.messages.length; seen++) {
      const message = program.messages[seen]!;
      pending.get(message["id"])?.(message);
      pending.delete(message["id"]);
    }
  }
  for (const resolve of pending.values()) resolve(undefined);
}

/** Calls a tool; undefined where the server ended before it answered. */
async function call(
  server: Server,
  tool: string,
  args: Record<string, unknown>,
): Promise<Record<string, unknown> | undefined> {
  const id = server.nextId++;
  const answer = new Promise<Message | undefined>((resolve) => server.pending.set(id, resolve));
  await server.program.write(callLine(id, tool, args)).catch(() => {});
  const message = await answer;
  if (message?.["error"]) history.surprises.push(`${tool}: ${JSON.stringify(message["error"])}`);
  return message?.["result"]?.structuredContent;
}

async function act(server: Server): Promise<void> {
  const roll = random.next();
  if (roll < 0.55) return void submit(server, random);
  if (roll < 0.72) return void cancel(server);
  if (roll < 0.84) return void look(server);
  if (roll < 0.87) return void list(server);
  if (roll < 0.9) return void remove(server);
  if (roll >= 0.955) await end(server, random.pick(["SIGKILL", "SIGKILL", ...ENDS]));
}

async function submit(server: Server, choose: Random): Promise<void> {
  const known = choose.chance(0.15) ? choose.pick([...history.taken.values()]) : undefined;
  const cli = choose.pick(Object.keys(CLIS));
  const end = choose.pick(["answer", "answer", "answer", "fail", "quota", "hang"] as const);
  const task: Task = {
    id: `t${tasks++}`,
    lines: choose.whole(0, 60),
    pause_ms: choose.whole(0, 30),
    end,
    ...choose.chance(0.3) && { ignore_term: true },
    ...choose.chance(0.3) && { escape: choose.pick(["session", "group", "stopped"] as const) },
  };
  // A parent that stays tells whose it is: one that prints nothing, on no terminal, outlives a server
  // that is killed.
  if (end === "hang" && cli === "chaos" && known === undefined && choose.chance(0.5)) {
    Object.assign(task, { lines: 0, escape: "nameless" });
  }
  const timeoutSeconds = choose.chance(0.3) ? choose.whole(1, 3) : 600;
  const { life } = server;
  count(history, "exec");
  const result = await call(server, "exec", {
    prompt: JSON.stringify(task),
    async: true,
    timeout_seconds: timeoutSeconds,
    fallback: "none",
    ...known ? { session_id: known.sessionId } : { cli },
  });
  if (result?.["job_id"] === undefined) return;
  const jobId = String(result["job_id"]);
  const sessionId = String(result["session_id"]);
  const stopped = history.deleted.has(sessionId);
  const told = new Set<string>();
  history.taken.set(jobId, { jobId, sessionId, task, server: life, stopped, timeoutSeconds, told });
}

async function cancel(server: Server): Promise<void> {
  const taken = random.pick([...history.taken.values()].slice(-20));
  if (!taken) return;
  count(history, "cancel");
  taken.stopped = true;
  const result = await call(server, "sessions", { action: "cancel", job_id: taken.jobId });
  if (result?.["status"] === undefined) return;
  count(history, `cancel answered ${result["status"]}`);
  remember(taken, result);
}

/** What was told once must be true at the end. */
function remember(taken: Taken, { status, error }: Record<string, unknown>): void {
  if (status === undefined) count(history, `refused ${(error as { code: string }).code}`);
  else if (isFinal(status as JobStatus)) taken.told.add(String(status));
}

async function look(server: Server): Promise<void> {
  const taken = random.pick([...history.taken.values()].slice(-40));
  if (!taken) return;
  count(history, "status");
  const wait = random.chance(0.3) ? 1 : 0;
  const result = await call(server, "status", { job_id: taken.jobId, wait_seconds: wait });
  if (result) remember(taken, result);
}

async function list(server: Server): Promise<void> {
  count(history, "list");
  await call(server, "sessions", { action: "list", limit: 50 });
}

async function remove(server: Server): Promise<void> {
  const taken = random.pick([...history.taken.values()]);
  if (!taken) return;
  count(history, "kill session");
  for (const each of history.taken.values()) {
    if (each.sessionId === taken.sessionId) each.stopped = true;
  }
  history.deleted.add(taken.sessionId);
  await call(server, "sessions", { action: "kill", session_id: taken.sessionId });
}

async function end(server: Server, how: typeof ENDS[number]): Promise<void> {
  const { program } = server;
  const life = history.lives[server.life]!;
  life.how = how;
  life.endedAt = Date.now();
  life.waitedSince = server.waits();
  count(history, life.how);
  if (how === "end of input") await program.end().catch(() => {});
  else if (how === "deaf client") await deafen(server);
  else {
    Deno.kill(program.pid, how);
    // Who is in a hurry asks twice.
    if (how !== "SIGKILL" && random.chance(0.3)) Deno.kill(program.pid, "SIGTERM");
  }
  await program.ended;
  servers[servers.indexOf(server)] = start();
}

/** A client that does not read any more is noticed at the next answer. */
async function deafen({ program, nextId }: Server): Promise<void> {
  await program.deafen();
  await program.write(callLine(nextId, "sessions", { action: "health" })).catch(() => {});
}

/** Ends what hangs, waits for the rest, ends the servers, and lets one more clean up. */
async function settle(): Promise<void> {
  const [last] = servers;
  while (servers.some(({ pending }) => pending.size > 0)) await pause(50);
  // Also what is taken meanwhile: an answer may have been on its way.
  for (const taken of history.taken.values()) {
    if (taken.task.end !== "hang") continue;
    taken.stopped = true;
    await call(last!, "sessions", { action: "cancel", job_id: taken.jobId });
  }
  const deadline = Date.now() + 120_000;
  for (;;) {
    const health = await call(last!, "sessions", { action: "health" });
    if (health?.["running_jobs"] === 0 && health["queued_jobs"] === 0) break;
    if (Date.now() > deadline) {
      history.surprises.push(`Jobs do not end: ${JSON.stringify(health)}`);
      break;
    }
    await pause(200);
  }
  for (const server of servers) {
    await server.program.end().catch(() => {});
    const { code } = await server.program.ended;
    if (code !== 0) history.surprises.push(`A server exited with code ${code}`);
  }
}

function report(): void {
  const folder = `${place.home}/.config/aimux`;
  const verdict = verify(history, {
    dbPath: `${folder}/sessions.db`,
    outputDir: `${folder}/output`,
    recordsDir,
  });
  const all = survivors();
  for (const line of all) killWithGroup(Number(line.split(" ")[0]));
  const left = all.filter((line) => !isBeyondReach(line));
  const kills = ENDS.reduce((sum, how) => sum + (history.counts[how] ?? 0), 0);
  console.log(table("did", history.counts));
  console.log(table("jobs", { taken: history.taken.size, ...verdict.jobs }));
  console.log(`states that callers were told, compared: ${verdict.statesChecked}`);
  console.log(
    `lines of output compared: ${verdict.linesChecked}, ` +
      `too close to a kill: ${verdict.linesExcused}`,
  );
  console.log(`faults: ${verdict.faults.length}`);
  for (const fault of verdict.faults.slice(0, 20)) console.log(`  ${fault}`);
  console.log(
    `nameless processes whose server was killed while it ended them: ${all.length - left.length}`,
  );
  for (const line of left) {
    console.log(`survivor: ${line}`);
    for (const { task, jobId, server } of history.taken.values()) {
      if (!line.endsWith(`/${task.id}`)) continue;
      console.log(`  of ${jobId}, ${JSON.stringify({ task, life: history.lives[server] })}`);
    }
  }
  const good = verdict.faults.length === 0 && left.length === 0;
  console.log(
    `${good ? "ok" : "FAILED"} with seed ${seed}: ${history.taken.size} jobs, ${kills} kills, ` +
      `${left.length} survivors`,
  );
  if (!good) Deno.exitCode = 1;
}

/**
 * A nameless process whose parent is gone has nothing left to tell it by. That comes about where the
 * parent has ended, and the server is killed before it has ended the other.
 */
function isBeyondReach(line: string): boolean {
  return [...history.taken.values()].some(({ task, server }) =>
    task.escape === "nameless" && line.endsWith(`/${task.id}`) &&
    history.lives[server]?.how === "SIGKILL"
  );
}

/** What still runs of all that was started here, also without an environment to tell it by. */
function survivors(): string[] {
  const lines = new Map(place.processesLeft().map((line) => [Number(line.split(" ")[0]), line]));
  for (const { pid } of processTable() ?? []) {
    const command = commandOf(pid);
    if (command.includes(place.home)) lines.set(pid, `${pid} ${command}`);
  }
  return [...lines.values()];
}

/** What escapes leads a group, and has children that nothing tells. */
function killWithGroup(pid: number): void {
  for (const target of [-pid, pid]) {
    try {
      Deno.kill(target, "SIGKILL");
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error; // it leads none, or has ended
    }
  }
}

function commandOf(pid: number): string {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/cmdline`).replaceAll("\0", " ").trim();
  } catch {
    return ""; // it has ended
  }
}

function table(title: string, counts: Record<string, number>): string {
  const parts = Object.entries(counts).map(([name, number]) => `${name} ${number}`);
  return `${title}: ${parts.join(", ")}`;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
