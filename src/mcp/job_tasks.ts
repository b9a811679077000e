/** Jobs as tasks, one to one: a job's id is its task's. */
import { isoTime } from "../lib/clock.ts";
import type { CallToolResult } from "@modelcontextprotocol/server";
import { progressText } from "../engine/progress.ts";
import { isFinal, type Job } from "../store/job.ts";
import type { Task, TaskFields, TaskSource } from "./tasks.ts";
import type { ToolContext } from "./tools/define_tool.ts";

/** How often a client may well ask. */
const POLL_INTERVAL_MS = 2000;

/** What tasks are made of. */
export interface JobTaskParts {
  principal: string;
  context(): Promise<Pick<ToolContext, "engine" | "store" | "config">>;
  /** The result of a job that has ended, as the tool `status` tells it. */
  resultOf(jobId: string): Promise<CallToolResult>;
}

/** The jobs of a principal, as tasks. */
export function jobTasks({ principal, context, resultOf }: JobTaskParts): TaskSource {
  return {
    async find(id) {
      const { engine, store, config } = await context();
      const job = store.jobs.find(id, principal);
      if (!job) return undefined;
      const task: Task = taskOf(job, { engine, config });
      return task.status === "completed" ? { ...task, result: await resultOf(id) } : task;
    },
    async cancel(id) {
      const { engine, store } = await context();
      const job = store.jobs.find(id, principal);
      // Its end is seen by asking for the task again.
      if (job && !isFinal(job.status)) engine.cancel(job).catch(() => {});
    },
    // A question is asked before its job is made.
    answer: () => Promise.resolve(),
  };
}

/** A job as a task. What failed is a completed task, since its result tells of the failure. */
export function taskOf(
  job: Job,
  { engine, config }: Pick<ToolContext, "engine" | "config">,
): TaskFields {
  const progress = engine.progress(job);
  const updated = Math.max(
    job.createdAt,
    job.startedAt ?? 0,
    progress?.lastOutputAt ?? 0,
    job.finishedAt ?? 0,
  );
  const message = job.status === "queued"
    ? `${job.cli} waits in the queue`
    : progress
    ? `${job.cli}: ${progressText(progress)}`
    : job.result?.error?.message;
  return {
    taskId: job.id,
    status: job.status === "cancelled"
      ? "cancelled"
      : isFinal(job.status)
      ? "completed"
      : "working",
    ...message !== undefined && { statusMessage: message },
    createdAt: isoTime(job.createdAt),
    lastUpdatedAt: isoTime(updated),
    ttlMs: config.server.session_ttl_hours * 3_600_000,
    pollIntervalMs: POLL_INTERVAL_MS,
  };
}
