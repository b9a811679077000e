/** The table of circuit breakers and cooldowns: what this database's servers know of each CLI. */
import type { Database } from "./database.ts";

/** When a breaker opens and how it closes again. */
export interface BreakerSettings {
  /** Failures in a row after which it opens. */
  failureThreshold: number;
  cooldownMs: number;
  /** Runs that may try the CLI at once after the cooldown. */
  halfOpenMaxCalls: number;
}

/** `closed`: runs are let through; `open`: none; `half_open`: a few, to see how it goes. */
export type BreakerState = "closed" | "open" | "half_open";

/** A breaker as it stands. */
export interface Breaker {
  state: BreakerState;
  /** Failures in a row. */
  failures: number;
  /** The class of the last failure. */
  lastCode?: string;
  /** When an open one lets a run through again, in milliseconds since the epoch. */
  retryAt?: number;
  /** Runs that are trying a half-open one right now. */
  probes: number;
}

/** A model of a CLI that is left alone for a while. */
export interface Cooldown {
  cli: string;
  /** Absent where it is the one that the CLI chooses by itself. */
  model?: string;
  until: number;
  code: string;
}

/** Reads and changes them. A caller that needs several steps at once wraps them in a transaction. */
export interface BreakerTable {
  state(cli: string, settings: BreakerSettings, now: number): Breaker;
  /**
   * Asks for a run to be let through, and takes one of the places of a half-open breaker, unless the
   * job has one; the place is free again when the job has ended, however that came about.
   */
  enter(cli: string, jobId: string, settings: BreakerSettings, now: number): boolean;
  /** Counts a failure, and opens the breaker at the threshold or when a half-open one's try failed. */
  failed(cli: string, code: string, settings: BreakerSettings, now: number): void;
  /** Closes the breaker. */
  succeeded(cli: string): void;
  coolDown(cooldown: Cooldown): void;
  /** The cooldowns that are not over. */
  cooldowns(now: number): Cooldown[];
}

/** The tables in a database. */
export function createBreakerTable(db: Database): BreakerTable {
  return { state, enter, failed, succeeded, coolDown, cooldowns };

  function state(cli: string, { cooldownMs }: BreakerSettings, now: number): Breaker {
    const row = db.prepare("SELECT * FROM breakers WHERE cli = :cli").get({ cli });
    if (!row) return { state: "closed", failures: 0, probes: 0 };
    const known = {
      failures: Number(row["failures"]),
      ...row["last_code"] !== null && { lastCode: String(row["last_code"]) },
    };
    if (row["opened_at"] === null) return { state: "closed", ...known, probes: 0 };
    const retryAt = Number(row["opened_at"]) + cooldownMs;
    if (now < retryAt) return { state: "open", ...known, retryAt, probes: 0 };
    return { state: "half_open", ...known, probes: probesOf(cli) };
  }

  /** Only jobs that have not ended count, so that a server that died holds no place. */
  function probesOf(cli: string): number {
    const row = db.prepare(`SELECT count(*) AS n FROM breaker_probes JOIN jobs ON jobs.id = job_id
      WHERE breaker_probes.cli = :cli AND jobs.status IN ('queued', 'running')`).get({ cli });
    return Number(row?.["n"]);
  }

  function enter(cli: string, jobId: string, settings: BreakerSettings, now: number): boolean {
    const breaker = state(cli, settings, now);
    if (breaker.state !== "half_open") return breaker.state === "closed";
    if (isProbe(cli, jobId)) return true;
    if (breaker.probes >= settings.halfOpenMaxCalls) return false;
    db.prepare("INSERT INTO breaker_probes (cli, job_id) VALUES (:cli, :jobId)")
      .run({ cli, jobId });
    return true;
  }

  function isProbe(cli: string, jobId: string): boolean {
    return db.prepare("SELECT 1 FROM breaker_probes WHERE cli = :cli AND job_id = :jobId")
      .get({ cli, jobId }) !== undefined;
  }

  function failed(cli: string, code: string, settings: BreakerSettings, now: number): void {
    const { state: before, failures } = state(cli, settings, now);
    const opens = before === "half_open" || failures + 1 >= settings.failureThreshold;
    db.prepare(`INSERT INTO breakers (cli, failures, last_code, opened_at)
      VALUES (:cli, 1, :code, :opened) ON CONFLICT (cli) DO UPDATE SET failures = failures + 1,
      last_code = :code, opened_at = CASE WHEN :opened IS NULL THEN opened_at ELSE :opened END`)
      .run({ cli, code, opened: opens && before !== "open" ? now : null });
    db.prepare("DELETE FROM breaker_probes WHERE cli = :cli").run({ cli });
  }

  function succeeded(cli: string): void {
    db.prepare("DELETE FROM breakers WHERE cli = :cli").run({ cli });
    db.prepare("DELETE FROM breaker_probes WHERE cli = :cli").run({ cli });
  }

  function coolDown({ cli, model = "", until, code }: Cooldown): void {
    db.prepare(`INSERT INTO cooldowns (cli, model, until, code) VALUES (:cli, :model, :until, :code)
      ON CONFLICT (cli, model) DO UPDATE SET until = max(until, :until), code = :code`)
      .run({ cli, model, until, code });
  }

  function cooldowns(now: number): Cooldown[] {
    return db.prepare("SELECT * FROM cooldowns WHERE until > :now ORDER BY cli, model").all({ now })
      .map((row) => ({
        cli: String(row["cli"]),
        ...row["model"] !== "" && { model: String(row["model"]) },
        until: Number(row["until"]),
        code: String(row["code"]),
      }));
  }
}
