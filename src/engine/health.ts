/** Describes how the program is, also where parts of it could not be built. */
import type { Config } from "../config/schema.ts";
import { type Clock, isoTime } from "../lib/clock.ts";
import { messageOf } from "../lib/errors.ts";
import { sentences } from "../lib/sentences.ts";
import { canTellStartTimes } from "../process/start_time.ts";
import type { Signals } from "../process/signals.ts";
import { unopenedDatabase } from "../store/check_database.ts";
import type { ActiveJob } from "../store/jobs.ts";
import type { Leftover } from "../store/leftovers.ts";
import { placeOf, sizesOf } from "../store/space.ts";
import type { Store } from "../store/store.ts";
import { cliHealth, type CliHealthParts } from "./cli_health.ts";
import { withStanding } from "./cli_standing.ts";
import type { DatabaseHealth, Health, LogHealth } from "./health_shape.ts";
import { hookHealth } from "./hooks/hook_health.ts";
import type { HookFailures } from "./hooks/failures.ts";
import { healthProblems, healthWarnings } from "./health_warnings.ts";
import { liveLeftovers } from "./leftovers.ts";
import { liveOwners } from "./ownership.ts";
import { type Progress, progressText } from "./progress.ts";
import type { Unrecorded } from "./ends.ts";

/** What health is described from. */
export interface HealthParts extends Omit<CliHealthParts, "versionWaitMs"> {
  /** Of aimux. */
  version: string;
  /** When the program was started, in milliseconds since the epoch. */
  startedAt: number;
  config: Config;
  /** The open store, or why there is none, or that none was made yet. */
  store:
    | Pick<Store, "breakers" | "check" | "jobs" | "leftovers" | "sessions" | "owners">
    | { problem: string }
    | { absent: true };
  log: LogHealth;
  /** What went wrong with hooks; without it nothing has. */
  hookFailures?: HookFailures;
  /** The user's home folder. */
  home: string;
  reach: Signals["reach"];
  /** Whose jobs are listed; those of others are only counted. */
  principal: string;
  /** The ends of this server's jobs that wait to be recorded; none without it. */
  unrecorded?: Unrecorded | undefined;
  /** What a running job printed last. */
  progress?(job: ActiveJob): Progress | undefined;
  /** How long to wait for programs to tell their versions, 5000 without it. */
  versionWaitMs?: number;
}

const VERSION_WAIT_MS = 5000;
/** How many jobs are listed. */
const LISTED_JOBS = 100;

/**
 * The state of everything: of the CLIs, the jobs, the database and the log. Never throws. Takes at
 * most `versionWaitMs`, and the 2 s for which a locked database is waited for.
 */
export async function describeHealth(parts: HealthParts): Promise<Health> {
  const { config, clock, startedAt } = parts;
  const found = await cliHealth({
    ...parts,
    versionWaitMs: parts.versionWaitMs ?? VERSION_WAIT_MS,
  });
  const check = "check" in parts.store ? await checked(parts.store, clock) : undefined;
  const { database, jobs, left, ...stored } = stateOfStore(parts, check);
  const clis = withStanding(found, parts);
  const { log } = parts;
  const hooks = await hookHealth(config.hooks, parts);
  const process_control = { ...processControl(parts.reach), ...left && { left } };
  const storage = await storageOf(config);
  const problems = healthProblems({ clis, database });
  const warnings = [
    ...problems,
    ...unrecordedWarning(parts.unrecorded),
    ...healthWarnings({ clis, log, hooks, process_control, database, storage }, config.roles),
  ];
  const usable = problems.length === 0 && clis.some(isUsable);
  return {
    status: !usable ? "unusable" : warnings.length > 0 ? "degraded" : "ok",
    version: parts.version,
    uptime_seconds: Math.max(0, clock.now() - startedAt) / 1000,
    started_at: isoTime(startedAt),
    pid: Deno.pid,
    clis,
    jobs: {
      max_concurrent_jobs: config.server.max_concurrent_jobs,
      max_queue: config.server.max_queue,
      ...jobs,
      ...parts.unrecorded && { unrecorded_ends: parts.unrecorded.count },
    },
    ...stored,
    database,
    storage,
    log,
    hooks,
    process_control,
    warnings,
  };
}

async function storageOf({ server }: Config): Promise<Health["storage"]> {
  const { database, output, state, total } = await sizesOf(placeOf(server.db_path));
  return {
    database_bytes: database,
    output_bytes: output,
    state_bytes: state,
    total_bytes: total,
    max_bytes: Math.round(server.max_store_mb * 1_000_000),
    max_output_bytes: Math.round(server.max_output_mb * 1_000_000),
    session_ttl_hours: server.session_ttl_hours,
  };
}

function unrecordedWarning(waiting: Unrecorded | undefined): string[] {
  if (!waiting) return [];
  const { count, problem } = waiting;
  const ends = count === 1 ? "The end of 1 job" : `The ends of ${count} jobs`;
  return [sentences(
    `${ends} could not be recorded yet: ${problem}`,
    "This server keeps what they came to and tries again; do not stop it before",
  )];
}

function isUsable({ state, circuit_breaker }: Health["clis"][number]): boolean {
  return state === "ready" && circuit_breaker?.state !== "open";
}

type StoreHealth = Pick<Health, "database" | "sessions" | "servers"> & {
  jobs?: Omit<Health["jobs"], "max_concurrent_jobs" | "max_queue">;
  left?: NonNullable<Health["process_control"]["left"]>;
};

/** Servers that write at the same moment are in each other's way for a moment only. */
async function checked(
  { check }: Pick<Store, "check">,
  clock: Clock,
): Promise<ReturnType<Store["check"]>> {
  let found = check(clock.now());
  for (let tries = 1; found.busy && tries < CHECKS; tries++) {
    await clock.delay(CHECK_PAUSE_MS);
    found = check(clock.now());
  }
  return found;
}

/** With the waits of the checks themselves these take about 2 s. */
const CHECKS = 6;
const CHECK_PAUSE_MS = 100;

function stateOfStore(
  { store, config, clock, principal, progress }: HealthParts,
  check: ReturnType<Store["check"]> | undefined,
): StoreHealth {
  const { db_path: path } = config.server;
  if ("absent" in store) return { database: { path, state: "absent", writable: true } };
  if ("problem" in store) {
    const { problem } = store;
    const { bytes, aside } = unopenedDatabase(path);
    return {
      database: {
        path,
        ...bytes !== undefined && { bytes },
        ...aside.length > 0 && { put_aside: aside },
        state: "failing",
        problem,
        writable: false,
      },
    };
  }
  const { problem, bytes, journalMode, schemaVersion, writable, aside } = check!;
  const database: DatabaseHealth = {
    path,
    state: problem === undefined ? "ok" : "failing",
    ...problem !== undefined && { problem },
    ...bytes !== undefined && { bytes },
    ...journalMode !== undefined && { journal_mode: journalMode },
    ...schemaVersion !== undefined && { schema_version: schemaVersion },
    writable,
    ...aside.length > 0 && { put_aside: aside },
  };
  try {
    const { jobs, total } = store.jobs.active(principal, LISTED_JOBS);
    const left = liveLeftovers(store);
    return {
      database,
      jobs: {
        running: store.jobs.count("running"),
        queued: store.jobs.count("queued"),
        active: jobs.map((job) => describeActive(job, progress?.(job))),
        ...total > jobs.length && { active_omitted: total - jobs.length },
      },
      sessions: { own: store.sessions.count(principal), total: store.sessions.count() },
      servers: liveOwners(store.owners.all(), clock.now())
        .map(({ pid }) => ({ pid, this_server: pid === Deno.pid })),
      ...left.length > 0 && { left: left.map(describeLeft) },
    };
  } catch (error) {
    const told = database.problem ?? `Cannot read the database "${path}": ${messageOf(error)}`;
    return { database: { ...database, state: "failing", problem: told } };
  }
}

function describeActive(
  job: ActiveJob,
  progress: Progress | undefined,
): NonNullable<Health["jobs"]["active"]>[number] {
  return {
    job_id: job.id,
    session_id: job.sessionId,
    cli: job.cli,
    role: job.role,
    status: job.status,
    created_at: isoTime(job.createdAt),
    ...job.startedAt !== undefined && { started_at: isoTime(job.startedAt) },
    ...progress && { progress: progressText(progress) },
    ...job.queuePosition !== undefined && { queue_position: job.queuePosition },
  };
}

function describeLeft(
  { pid, jobId, cli, since }: Leftover,
): NonNullable<StoreHealth["left"]>[number] {
  return { pid, job_id: jobId, cli, since: isoTime(since) };
}

function processControl(reach: Signals["reach"]): Health["process_control"] {
  if (Deno.build.os === "windows") return windowsProcessControl(reach);
  const recovery = canTellStartTimes() ? [] : [
    "The system does not tell when a process was started: the jobs of a server that crashed are " +
    "told as interrupted after 30 seconds, and what is left of their processes is not ended",
  ];
  if (reach === "group") {
    return {
      reach,
      ends: canTellStartTimes()
        ? "A CLI is ended with all that it has started, also what has left its process group"
        : "A CLI is ended with its whole process group",
      limits: canTellStartTimes()
        ? []
        : ["A program that has left its CLI's group (setsid) is not ended", ...recovery],
    };
  }
  return {
    reach,
    ends: "Only the CLI's own process is ended with a run",
    limits: [
      "What a CLI has started goes on: run aimux with --allow-run without a list, or with --allow-ffi",
      ...recovery,
    ],
  };
}

function windowsProcessControl(reach: Signals["reach"]): Health["process_control"] {
  const recovery = "The jobs of a server that crashed are told as interrupted after 30 seconds";
  return reach === "group"
    ? {
      reach,
      ends: "A CLI is ended with all that it has started, by a job object, also when aimux crashes",
      limits: [recovery],
    }
    : {
      reach,
      ends: "Only the CLI's own process is ended with a run",
      limits: [
        "What a CLI has started goes on: run aimux with --allow-ffi",
        `${recovery}, and what is left of their processes is not ended`,
      ],
    };
}
