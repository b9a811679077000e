/** What `aimux://health` and `aimux doctor` tell, as plain JSON. */
import { z } from "zod";
import { CLI_STATES } from "../clis/cli_states.ts";
import { PERMISSIONS } from "../config/permission.ts";

const circuitBreaker = z.strictObject({
  state: z.enum(["closed", "open", "half_open"])
    .describe("closed: it is used; open: it is left alone; half_open: a few runs try it again"),
  failures: z.int().describe("In a row"),
  last_error: z.string().optional().describe("The code of the last of them"),
  retry_at: z.string().optional().describe(
    "ISO 8601, UTC; with state open: when it is tried again",
  ),
  retry_in_seconds: z.int().optional().describe("The same from now"),
});

const cooldown = z.strictObject({
  model: z.string().optional().describe("Absent: the one that the CLI chooses by itself"),
  error: z.string().describe("The code of the failure"),
  until: z.string().describe("ISO 8601, UTC"),
});

const cli = z.strictObject({
  name: z.string(),
  display_name: z.string().describe("The name for people"),
  state: z.enum(CLI_STATES),
  path: z.string().optional().describe("Where its program is; with state ready"),
  version: z.string().optional()
    .describe("What its program tells of itself; absent where it has not told"),
  read_only: z.boolean().describe("Whether it can promise to change nothing"),
  permissions: z.array(z.enum(PERMISSIONS)).describe("The permissions that it can be run with"),
  executor: z.enum(["pipe", "pty"]).optional()
    .describe("What its output is connected to, as its profile says; absent with a broken one"),
  circuit_breaker: circuitBreaker.optional()
    .describe("Absent where the database cannot be read, or the profile is broken"),
  cooldowns: z.array(cooldown).optional().describe(
    "Models that are left alone, where there are any",
  ),
  problem: z.string().optional().describe("Why it is not ready, or why it tells no version"),
  fix: z.string().optional().describe("What to do about it"),
});

const activeJob = z.strictObject({
  job_id: z.string(),
  session_id: z.string(),
  cli: z.string(),
  role: z.string(),
  status: z.enum(["queued", "running"]),
  created_at: z.string().describe("ISO 8601, UTC"),
  started_at: z.string().optional().describe("ISO 8601, UTC; with status running"),
  progress: z.string().optional().describe("The newest readable line that the CLI printed"),
  queue_position: z.int().optional().describe("With status queued: 1 is next"),
});

const jobs = z.strictObject({
  running: z.int().optional().describe("Of everybody, over all servers on the database"),
  queued: z.int().optional().describe("Of everybody, over all servers on the database"),
  max_concurrent_jobs: z.int(),
  max_queue: z.int(),
  active: z.array(activeJob).optional()
    .describe("The caller's own unfinished jobs, the running ones first, at most 100"),
  active_omitted: z.int().optional().describe("How many more the caller has"),
  unrecorded_ends: z.int().optional()
    .describe(
      "Ends of this server's jobs that the database could not take yet, where there are any",
    ),
});

const database = z.strictObject({
  path: z.string(),
  state: z.enum(["ok", "absent", "failing"])
    .describe("absent: it is made when it is first needed; only doctor can see that"),
  problem: z.string().optional(),
  bytes: z.int().optional().describe("Its size on disk, the journal included"),
  journal_mode: z.string().optional().describe("wal where all is well"),
  schema_version: z.int().optional(),
  writable: z.boolean().describe("Whether a write has just succeeded"),
  put_aside: z.array(z.string()).optional()
    .describe("Damaged files that were put aside and still lie beside it, where there are any"),
});

const storage = z.strictObject({
  database_bytes: z.int().describe("The database with its journal"),
  output_bytes: z.int().describe("What jobs have printed and answered"),
  state_bytes: z.int().describe("What aimux keeps for CLIs, such as a chat history"),
  total_bytes: z.int(),
  max_bytes: z.int().describe("Above it the oldest finished sessions are deleted"),
  max_output_bytes: z.int().describe("The most that is kept of each stream of a run"),
  session_ttl_hours: z.int().describe("After it an unused session is deleted"),
});

const log = z.strictObject({
  path: z.string().describe("Empty where there is none"),
  level: z.string(),
  state: z.enum(["ok", "off", "failing"]),
  problem: z.string().optional(),
  bytes: z.int().optional(),
});

const left = z.strictObject({
  pid: z.int(),
  job_id: z.string().describe("Of which job"),
  cli: z.string(),
  since: z.string().describe("ISO 8601, UTC; when it was found that it could not be ended"),
});

const hook = z.strictObject({
  name: z.string(),
  event: z.enum(["before", "after"]).describe("When it is asked"),
  builtin: z.string().optional().describe("Which one, where it is no command"),
  command: z.array(z.string()).optional().describe("Its program and arguments"),
  path: z.string().optional().describe("Where its program is, or the file of telemetry"),
  on_failure: z.enum(["open", "closed"]).describe("What it means where it fails"),
  clis: z.array(z.string()).optional().describe("Only on these CLIs"),
  roles: z.array(z.string()).optional().describe("Only in these roles"),
  problem: z.string().optional().describe("Why it cannot be asked now"),
  failing: z.boolean().describe("Whether it failed when it was asked last"),
  failures: z.int().describe("Since the start of this server"),
  last_failure: z.strictObject({
    at: z.string().describe("ISO 8601, UTC"),
    message: z.string(),
  }).optional().describe("The last of them"),
});

/** The whole of it. */
export const healthShape = z.strictObject({
  status: z.enum(["ok", "degraded", "unusable"])
    .describe("degraded: there are warnings; unusable: no prompt can be run"),
  version: z.string().describe("Of aimux"),
  uptime_seconds: z.number(),
  started_at: z.string().describe("ISO 8601, UTC"),
  pid: z.int(),
  clis: z.array(cli).describe("Every CLI with a profile, in the order in which they are tried"),
  jobs,
  sessions: z.strictObject({
    own: z.int().describe("The caller's"),
    total: z.int().describe("Everybody's"),
  }).optional(),
  servers: z.array(z.strictObject({
    pid: z.int(),
    this_server: z.boolean(),
  })).optional().describe("The servers that share the database"),
  database,
  storage: storage.describe("What lies on the disk, and its bounds"),
  log,
  hooks: z.array(hook).describe("As they are configured, in the order in which they are asked"),
  process_control: z.strictObject({
    reach: z.enum(["group", "child"]).describe("How far the end of a run reaches"),
    ends: z.string().describe("What is ended with a run"),
    limits: z.array(z.string()).describe("What is not"),
    left: z.array(left).optional()
      .describe("Processes that could not be ended and still run; absent where there are none"),
  }),
  warnings: z.array(z.string()).describe("What is not as it should be, and what to do about it"),
});

/** The state of one CLI. */
export type CliHealth = z.output<typeof cli>;
/** The state of the database. */
export type DatabaseHealth = z.output<typeof database>;
/** The state of the log. */
export type LogHealth = z.output<typeof log>;
/** The state of a hook. */
export type HookHealth = z.output<typeof hook>;
/** The state of the program. */
export type Health = z.output<typeof healthShape>;
