/** The tables of metrics: what CLIs did, kept when the jobs that tell of it are deleted. */
import type { ErrorCode } from "../lib/errors.ts";
import type { Database, Value } from "./database.ts";
import type { JobUsage } from "./job.ts";

/** The newest latencies that are kept of each CLI in each role, and looked at of anything. */
export const NEWEST_RUNS = 1000;

/** One run of a CLI for a job, or a job that ended before any. */
export interface Run {
  cli: string;
  code: ErrorCode | "completed";
  /** Absent where no process ran, or nobody saw its end. */
  durationMs?: number;
  usage?: JobUsage;
}

/** Sums of one CLI in one role, since the database was made. */
export interface RunTotals {
  cli: string;
  role: string;
  requests: number;
  completed: number;
  /** Runs with a duration. */
  timed: number;
  longestMs: number | undefined;
  /** A sum is undefined where no run told anything. */
  inputTokens: number | undefined;
  outputTokens: number | undefined;
  cachedTokens: number | undefined;
  /** In billionths of a dollar, so that sums are exact. */
  costNanos: number | undefined;
}

/** How often a CLI in a role ended with an error. */
export interface RunErrors {
  cli: string;
  role: string;
  code: ErrorCode;
  count: number;
}

/** Records runs and tells of them. */
export interface MetricsTable {
  /** To be called in the transaction that records the end of the job. */
  record(role: string, run: Run): void;
  /** When the database was made, in milliseconds since the epoch. */
  since(): number;
  totals(): RunTotals[];
  errors(): RunErrors[];
  /** The latencies of the newest runs, at most {@linkcode NEWEST_RUNS}, in no order. */
  latencies(of?: { cli?: string; role?: string }): number[];
}

/** The largest number that JavaScript reads back exactly: a sum that reaches it stays there. */
const MOST = Number.MAX_SAFE_INTEGER;
const NANOS = 1e9;

/** The tables of metrics in a database. */
export function createMetricsTable(db: Database): MetricsTable {
  return {
    record(role, { cli, code, durationMs, usage = {} }) {
      const ms = counted(durationMs);
      const { timed } = db.prepare(RECORD).get({
        cli,
        role,
        completed: code === "completed" ? 1 : 0,
        timed: ms === null ? 0 : 1,
        ms,
        input: counted(usage.input_tokens),
        output: counted(usage.output_tokens),
        cached: counted(usage.cached_tokens),
        cost: counted(usage.cost_usd === undefined ? undefined : usage.cost_usd * NANOS),
      })!;
      if (code !== "completed") db.prepare(RECORD_ERROR).run({ cli, role, code });
      if (ms === null) return;
      db.prepare(RECORD_LATENCY).run({ cli, role, slot: Number(timed) % NEWEST_RUNS, ms });
    },

    since: () => Number(db.prepare("SELECT created_at FROM about").get()?.["created_at"]),

    totals: () =>
      db.prepare("SELECT * FROM metrics ORDER BY cli, role").all().map((row) => ({
        cli: String(row["cli"]),
        role: String(row["role"]),
        requests: Number(row["requests"]),
        completed: Number(row["completed"]),
        timed: Number(row["timed"]),
        longestMs: known(row["longest_ms"]),
        inputTokens: known(row["input_tokens"]),
        outputTokens: known(row["output_tokens"]),
        cachedTokens: known(row["cached_tokens"]),
        costNanos: known(row["cost_nanos"]),
      })),

    errors: () =>
      db.prepare("SELECT * FROM metric_errors ORDER BY cli, role, code").all().map((row) => ({
        cli: String(row["cli"]),
        role: String(row["role"]),
        code: row["code"] as ErrorCode,
        count: Number(row["count"]),
      })),

    latencies({ ...of } = {}) {
      const names = Object.keys(of).map((name) => `${name} = :${name}`);
      const where = names.length > 0 ? `WHERE ${names.join(" AND ")}` : "";
      const sql = `SELECT ms FROM latencies ${where} ORDER BY id DESC LIMIT ${NEWEST_RUNS}`;
      return db.prepare(sql).all(of).map((row) => Number(row["ms"]));
    },
  };
}

const RECORD = `
  INSERT INTO metrics (cli, role, requests, completed, timed, longest_ms, input_tokens,
    output_tokens, cached_tokens, cost_nanos)
  VALUES (:cli, :role, 1, :completed, :timed, :ms, :input, :output, :cached, :cost)
  ON CONFLICT (cli, role) DO UPDATE SET
    requests = requests + 1,
    completed = completed + excluded.completed,
    timed = timed + excluded.timed,
    longest_ms = max(coalesce(longest_ms, 0), coalesce(excluded.longest_ms, longest_ms)),
    input_tokens = ${sum("input_tokens")},
    output_tokens = ${sum("output_tokens")},
    cached_tokens = ${sum("cached_tokens")},
    cost_nanos = ${sum("cost_nanos")}
  RETURNING timed
`;

const RECORD_ERROR = `
  INSERT INTO metric_errors (cli, role, code, count) VALUES (:cli, :role, :code, 1)
  ON CONFLICT (cli, role, code) DO UPDATE SET count = count + 1
`;

/**
 * A ring for each CLI in each role: the newest takes the place of the one that is no longer among
 * the newest. Such a one is not among the newest of its CLI, of its role or of all either.
 */
const RECORD_LATENCY = `
  INSERT OR REPLACE INTO latencies (cli, role, slot, ms) VALUES (:cli, :role, :slot, :ms)
`;

function sum(column: string): string {
  return `CASE WHEN excluded.${column} IS NULL THEN ${column}
    ELSE min(coalesce(${column}, 0) + excluded.${column}, ${MOST}) END`;
}

/** A whole number for the database; what a CLI told that cannot be one is not counted. */
function counted(number: number | undefined): number | null {
  const whole = Math.round(number ?? NaN);
  return whole >= 0 && whole <= MOST ? whole : null;
}

function known(value: Value | undefined): number | undefined {
  return value === null || value === undefined ? undefined : Number(value);
}
