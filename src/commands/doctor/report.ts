/** What `aimux doctor --json` prints. */
import { z } from "zod";
import { VERSION_SUPPORT } from "../../clis/version_support.ts";
import { healthShape } from "../../engine/health_shape.ts";
import { errorShape } from "../../mcp/tools/job_payload.ts";

const { status, clis, jobs, sessions, servers, database, storage, log, hooks, process_control } =
  healthShape.shape;

const cli = clis.element.extend({
  usable: z.boolean().describe("Whether it can be started now"),
  version_support: z.enum(VERSION_SUPPORT).optional()
    .describe("Whether its version is one that its profile is for; with state ready"),
  checked_version: z.string().optional().describe("The version that its profile was checked with"),
  minimum_version: z.string().optional().describe("The lowest that is known to work"),
  install: z.string().optional().describe("How to install or update it"),
  logged_in: z.enum(["yes", "no", "unknown"]).optional()
    .describe("As far as that can be told without a call of a model; with state ready"),
  login_by: z.string().optional().describe("What tells it"),
  login: z.string().optional().describe("How to log in"),
  argv: z.array(z.string()).optional()
    .describe("How it would be started for a prompt PROMPT without role, model or effort"),
  argv_problem: z.string().optional().describe("Why it would not be started"),
});

const role = z.strictObject({
  name: z.string(),
  advisory: z.boolean().describe("Whether its runs may not change files"),
  wanted: z.strictObject({
    cli: z.string().optional(),
    model: z.string().optional(),
    reasoning_effort: z.string().optional(),
  }).describe("As it is configured"),
  cli: z.string().optional().describe("Where a prompt would go now"),
  model: z.string().optional(),
  reasoning_effort: z.string().optional(),
  passed_over: z.array(z.strictObject({
    cli: z.string(),
    code: errorShape.shape.code.or(z.literal("completed")),
    message: z.string(),
  })),
  warnings: z.array(z.string()),
  problem: z.string().optional().describe("Why it cannot be used"),
});

const mistake = z.strictObject({
  path: z.string().describe("A file, or the name of a variable"),
  line: z.int().exactOptional(),
  column: z.int().exactOptional(),
  message: z.string(),
});

const config = z.strictObject({
  state: z.enum(["ok", "broken"]),
  problems: z.array(mistake).describe("Its mistakes; without a sound configuration nothing runs"),
  folders: z.array(z.strictObject({
    layer: z.string(),
    path: z.string().describe("config for the one within the program"),
    found: z.boolean(),
  })).describe("Where it is looked for, lowest layer first"),
  project: z.strictObject({
    path: z.string(),
    state: z.enum(["absent", "ok", "broken"]),
    trust: z.enum(["not_needed", "trusted", "untrusted"])
      .describe("Whether what needs the user's trust holds"),
    problems: z.array(mistake),
    warnings: z.array(z.string()).describe("What it sets in vain"),
  }),
  values: z.array(z.strictObject({
    key: z.string(),
    value: z.union([z.string(), z.number(), z.boolean()]),
    origin: z.string().describe("A file with line and column, a variable, or built-in default"),
  })).describe("Every value that holds in the folder; none where the configuration is broken"),
});

const permission = z.strictObject({
  name: z.string(),
  state: z.enum(["granted", "narrowed", "denied"]),
  allowed: z.array(z.string()).optional().describe("With narrowed: what of aimux's needs is"),
  use: z.string().describe("What aimux does with it"),
});

/** The whole of it. */
export const doctorShape = z.strictObject({
  status,
  problems: z.array(z.string()).describe("What keeps aimux from working, each with what to do"),
  warnings: z.array(z.string()).describe("What is not as it should be, each with what to do"),
  version: z.string().describe("Of aimux"),
  runtime: z.strictObject({
    deno: z.string(),
    v8: z.string(),
    os: z.string(),
    arch: z.string(),
    binary: z.boolean().describe("Whether it is compiled, with fixed permissions"),
  }),
  cwd: z.string().describe("The folder that it was asked about"),
  clis: z.array(cli),
  roles: z.array(role).describe("None where the configuration is broken"),
  database: database.optional(),
  storage: storage.optional(),
  servers,
  jobs: jobs.pick({ running: true, queued: true, max_concurrent_jobs: true, max_queue: true })
    .optional(),
  sessions,
  log: log.optional(),
  hooks: z.array(hooks.element.omit({ failing: true, failures: true, last_failure: true }))
    .describe("As health tells them, but for their failures"),
  config,
  permissions: z.array(permission),
  process_control,
  pseudo_terminal: z.strictObject({
    available: z.boolean(),
    problem: z.string().optional(),
  }),
  environment: z.array(z.strictObject({
    name: z.string(),
    value: z.string().optional().describe("Absent where it is not set; secrets are left out"),
    use: z.string(),
  })).describe("The variables that aimux itself reads"),
});

/** Everything that doctor finds out. */
export type DoctorReport = z.output<typeof doctorShape>;
