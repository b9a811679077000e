/** Takes over a job from a database that was lost. */
import type { Database } from "./database.ts";
import { isFinal, type Job } from "./job.ts";
import type { JobTable } from "./jobs.ts";
import type { Session, SessionTable } from "./sessions.ts";

/** Records a job that has ended in another database, with its session, as both are there. */
export function adoptJob(
  db: Database,
  { jobs, sessions }: {
    jobs: Pick<JobTable, "insert" | "finish">;
    sessions: Pick<SessionTable, "find" | "insert" | "recordTurn">;
  },
  session: Session,
  job: Job,
): void {
  const { status, result, finishedAt } = job;
  if (!isFinal(status) || !result || finishedAt === undefined) return;
  const { id, principal, cli, cwd, createdAt } = session;
  db.transaction(() => {
    if (!sessions.find(id, principal)) sessions.insert({ id, principal, cli, cwd }, createdAt);
    jobs.insert({ ...job, cwd, limit: 1, cliLimit: undefined }, job.createdAt);
    db.prepare(`UPDATE jobs SET status = 'running', started_at = :started, ready = NULL
      WHERE id = :id`).run({ id: job.id, started: job.startedAt ?? job.createdAt });
    jobs.finish(job.id, status, result, finishedAt);
    sessions.recordTurn(id, {
      completed: status === "completed",
      cliSessionId: session.cliSessionId,
      threadUsage: session.threadUsage,
    }, finishedAt);
  });
}
