/** Compares what a chaos run has left behind with what it did. */
import { isFinal, type Job } from "../../src/store/job.ts";
import { openReadOnly } from "../../src/store/read_only.ts";
import { DatabaseSync } from "node:sqlite";
import type { History, Taken } from "./history.ts";

/** What a child wrote this long before its reader was killed must have been kept. */
const GRACE_MS = 200;

/** Where to look. */
export interface Remains {
  dbPath: string;
  outputDir: string;
  recordsDir: string;
}

/** What was looked at, and what is wrong. */
export interface Verdict {
  jobs: Record<string, number>;
  statesChecked: number;
  linesChecked: number;
  /** Lines that were written shortly before a kill. */
  linesExcused: number;
  faults: string[];
}

/** Looks at every job that a server had taken. */
export function verify(history: History, { dbPath, outputDir, recordsDir }: Remains): Verdict {
  const verdict: Verdict = {
    jobs: {},
    statesChecked: 0,
    linesChecked: 0,
    linesExcused: 0,
    faults: [...history.surprises],
  };
  const db = new DatabaseSync(dbPath, { readOnly: true });
  const integrity = db.prepare("PRAGMA integrity_check").get()?.["integrity_check"];
  db.close();
  if (integrity !== "ok") verdict.faults.push(`The database is damaged: ${integrity}`);

  using store = openReadOnly(dbPath)!;
  for (const left of store.jobs.unfinished()) {
    verdict.faults.push(`Job ${left.id} is still ${left.status}`);
  }
  for (const { pid, jobId } of store.leftovers?.all() ?? []) {
    verdict.faults.push(`Job ${jobId} could not be ended: ${pid}`);
  }
  for (const taken of history.taken.values()) {
    const job = store.jobs.find(taken.jobId);
    if (!job) {
      if (!history.deleted.has(taken.sessionId)) verdict.faults.push(`Job ${taken.jobId} is lost`);
      continue;
    }
    for (const told of taken.told) {
      verdict.statesChecked++;
      if (told !== job.status) {
        verdict.faults.push(`Job ${job.id} was told as ${told}, and is ${job.status}`);
      }
    }
    verdict.jobs[job.status] = (verdict.jobs[job.status] ?? 0) + 1;
    for (const fault of faultsOf(job, taken, history)) {
      verdict.faults.push(`Job ${job.id} (${task(taken)}): ${fault}`);
    }
    const printed = read(`${outputDir}/${job.id}.stdout`);
    const lines = new Set(printed.split("\n").slice(0, -1));
    for (const { at, number } of recordOf(`${recordsDir}/${taken.task.id}`)) {
      if (!mustBeKept(at, taken, history)) {
        verdict.linesExcused++;
        continue;
      }
      verdict.linesChecked++;
      if (![...lines].some((line) => line.startsWith(`${taken.task.id} line ${number} `))) {
        const { how, endedAt = Infinity, waitedSince } = history.lives[taken.server]!;
        const when = how === undefined ? "" : `, ${(endedAt - at).toFixed()} ms before ${how}, ` +
          `of which it waited ${waitedSince?.(at).toFixed()} ms for a processor`;
        const what = `line ${number} of ${task(taken)} is missing${when}`;
        verdict.faults.push(`Job ${job.id} (${job.status}, ${job.cli}): ${what}`);
        break;
      }
    }
  }
  return verdict;
}

function task({ task }: Taken): string {
  return JSON.stringify(task);
}

/** Whether its state can be true. */
function* faultsOf(job: Job, { task, stopped, server, timeoutSeconds }: Taken, history: History) {
  const { status, result } = job;
  if (!isFinal(status)) return;
  if (!result) yield "it has ended without a result";
  const life = history.lives[server]!;
  switch (status) {
    case "completed":
      if (task.end !== "answer") yield "it is completed without having answered";
      if (!result?.content?.includes(`answer ${task.id}`)) yield "the answer is not its own";
      break;
    case "failed":
      if (task.end === "answer" || task.end === "hang") {
        yield `it failed: ${result?.error?.message}`;
      }
      break;
    case "cancelled":
      if (!stopped) yield "it is cancelled, and nobody asked for it";
      break;
    case "timed_out":
      if (timeoutSeconds > 60) yield "it timed out before its time";
      break;
    case "interrupted":
      if (life.how === undefined) yield "it is interrupted, and its server was not ended";
  }
}

/**
 * Whether a line that was written at this time must be there. The grace of a server that was killed
 * is its own time: what the machine let it wait for a processor meanwhile does not count, and where
 * that is most of the time, its work has piled up and nothing can be said.
 */
function mustBeKept(at: number, { server }: Taken, { lives }: History): boolean {
  const { how, endedAt, waitedSince } = lives[server]!;
  if (how !== "SIGKILL") return true;
  const passed = endedAt! - at;
  const waited = waitedSince!(at);
  return passed - waited > GRACE_MS && waited < passed / 2;
}

function recordOf(path: string): { at: number; number: number }[] {
  return read(path).split("\n").filter((line) => line.includes(" ")).map((line) => {
    const [seconds, number] = line.split(" ");
    return { at: Number(seconds) * 1000, number: Number(number) };
  });
}

function read(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}
