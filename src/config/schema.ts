/** The schema of the main configuration: `default.yaml` and `config.yaml` of each layer. */
import { z } from "zod";
import { hooksSchema } from "./hooks.ts";
import { amount, namePattern } from "./kinds.ts";
import { EFFORT_LEVELS, modelName } from "./profile.ts";

/** The transports a server can speak. */
export const TRANSPORTS = ["stdio", "sse", "http"] as const;

function whole(min: number, max: number) {
  const error = `Expected a whole number from ${min} to ${max}`;
  return z.int(error).min(min, error).max(max, error);
}

const portError = 'Expected a port such as 8080, ":8080" or "127.0.0.1:8080"';

const port = z.union([z.int(), z.string()], portError)
  .transform((value) => typeof value === "number" || /^\d+$/.test(value) ? `:${value}` : value)
  .refine(isAddress, portError);

function isAddress(address: string): boolean {
  const match = /^(?:[\w.-]*|\[[\da-fA-F:.]+\]):(\d{1,5})$/.exec(address);
  return match !== null && Number(match[1]) <= 65535;
}

/** Names of tokens are names of principals, and `local` is the one that needs no token. */
const principalPattern = /^(?!local$)[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** What can stand in a header, without spaces. */
const token = z.string().regex(/^[\x21-\x7e]*$/, "Use visible ASCII characters without spaces");

/** Where a role's prompts go. */
export const roleSchema = z.strictObject({
  cli: z.string().regex(namePattern, "Use the name of a CLI").optional()
    .describe("The CLI that takes the role's prompts; by default that of the role default"),
  model: modelName.optional()
    .describe("The model; by default the CLI's own choice"),
  reasoning_effort: z.enum(EFFORT_LEVELS).optional()
    .describe("How hard the model should think; by default the CLI's own choice"),
  advisory: z.boolean().optional()
    .describe("true: the role gives advice and its runs may not change files"),
  style: z.string().regex(namePattern, "Use the name of a style, such as concise").optional()
    .describe("How answers are written: a file of prompts.d/styles, by default none"),
});

/** A name or an address as it stands in a Host header, without a port. */
const hostPattern = /^(?:[\w.-]+|\[[\da-fA-F:.]+\])$/;
const originPattern = /^[a-z][a-z\d+.-]*:\/\/(?:[\w.-]+|\[[\da-fA-F:.]+\])(?::\d{1,5})?$/i;

/** The way to the clients; also taken as a block of its own at the top of a file. */
export const transportSchema = z.strictObject({
  type: z.enum(TRANSPORTS).default("stdio").describe("How clients reach the server"),
  port: port.prefault(":8080")
    .describe("Where sse and http listen: 8080, :8080 or host:port; without a host loopback"),
  sse: z.boolean().default(false)
    .describe("With type http: whether /sse and /messages are served beside /mcp"),
  allowed_hosts: z.array(z.string().regex(hostPattern, "Use a host name without a port"))
    .default([]).describe("Host names, besides its own, under which clients may reach it"),
  allowed_origins: z.array(z.string().regex(originPattern, "Use an origin such as https://host"))
    .default([]).describe("Origins, besides local ones, whose pages may call it"),
  tls_cert: z.string().default("").describe(
    "A file with the certificate chain, PEM; empty: no TLS",
  ),
  tls_key: z.string().default("").describe("A file with the certificate's private key, PEM"),
  max_body_bytes: whole(1024, 1_073_741_824).default(16_777_216)
    .describe("The longest message that is accepted"),
  max_connections: whole(1, 1_000_000).default(4096)
    .describe("Requests and streams that may be open at once; more are answered with 503"),
  max_requests_per_minute: whole(1, 100_000_000).default(60_000)
    .describe("Requests of one principal; more are answered with 429"),
  keep_alive_seconds: amount(0.05, 3600).default(15)
    .describe("Seconds of silence on a stream after which a comment is sent"),
});

const server = z.strictObject({
  log_level: z.enum(["debug", "info", "warn", "error"]).default("info")
    .describe("The least severe messages that are logged"),
  log_file: z.string().default("~/.config/aimux/aimux.log")
    .describe("The log file; empty: no file"),
  log_max_mb: amount(0.01, 10_000).default(10)
    .describe("Megabytes after which a new log file is begun"),
  log_files: whole(1, 1000).default(5)
    .describe("Full log files that are kept beside the current one"),
  db_path: z.string().regex(/\S/, "Expected the path of a file").default(
    "~/.config/aimux/sessions.db",
  ).describe("The database of sessions and jobs"),
  max_concurrent_jobs: whole(1, 1000).default(10)
    .describe("Jobs that run at once; more wait in the queue"),
  max_queue: whole(1, 1_000_000).default(5000)
    .describe("Jobs that may wait; more are refused"),
  max_depth: whole(0, 10).default(2)
    .describe("How deep aimux may be called by a CLI that aimux runs"),
  max_fan_out: whole(0, 1000).default(10)
    .describe("Unfinished jobs that the CLI of one job may have called"),
  max_prompt_bytes: whole(1, 104_857_600).default(1_048_576)
    .describe("The longest prompt that is accepted"),
  max_result_tokens: whole(2000, 1_000_000).default(20_000)
    .describe("Tokens that a result may take, its text and its JSON together; the rest is linked"),
  allow_full: z.enum(["ask", "always", "never"]).default("ask")
    .describe(
      'Whether calls of clients may have permission "full": ask the user each time, and refuse ' +
        "where the client cannot ask; always; never",
    ),
  trust_projects: z.enum(["ask", "command"]).default("ask")
    .describe(
      "How the user trusts a project: ask, through the client of a call there, or by command; " +
        "command: by aimux config trust alone",
    ),
  session_ttl_hours: whole(1, 87_600).default(24)
    .describe("Hours after which an unused session is deleted"),
  max_store_mb: amount(0.1, 10_000_000).default(2000)
    .describe("Megabytes of database and output above which the oldest sessions are deleted"),
  max_output_mb: amount(0.01, 1_000_000).default(256)
    .describe("Megabytes of each stream of a run that are kept; of more the middle is left out"),
  default_timeout_seconds: whole(1, 604_800).default(300)
    .describe("Seconds a run may take where neither the call nor the CLI's profile says"),
  sync_wait_seconds: amount(0, 3600).default(45)
    .describe("Seconds a synchronous call waits before it returns the running job"),
  model_cooldown_seconds: whole(1, 604_800).default(60)
    .describe("Seconds for which roles pass over a model that is at its limit or absent"),
  progress_interval_seconds: amount(0.1, 3600).default(10)
    .describe("Seconds between two heartbeats of a call that asked for progress"),
  shutdown_grace_seconds: amount(0, 3600).default(10)
    .describe("Seconds that running jobs have to end when the server stops"),
  kill_grace_seconds: amount(0, 600).default(5)
    .describe("Seconds between asking a process to end and killing it"),
  on_disconnect: z.enum(["interrupt", "finish"]).default("interrupt")
    .describe("What becomes of running jobs when the stdio client goes"),
  auth_token: token.default("")
    .describe("The bearer token of the principal default; empty: none. Also AIMUX_AUTH_TOKEN"),
  auth_tokens: z.record(
    z.string().regex(
      principalPattern,
      "Use up to 64 letters, digits, - _ and ., the first a letter or digit, and not local",
    ),
    token.min(1),
  ).default({}).describe("Bearer tokens by the names of their principals"),
  transport: transportSchema.prefault({}).describe("The way to the clients"),
});

const circuitBreaker = z.strictObject({
  failure_threshold: whole(1, 1000).default(3)
    .describe("Failures in a row after which a CLI is left alone"),
  cooldown_seconds: whole(1, 604_800).default(300)
    .describe("Seconds until a CLI that was left alone is tried again"),
  half_open_max_calls: whole(1, 100).default(1)
    .describe("Calls that may try it at once"),
});

/** The shape of the main configuration; unknown keys are errors. */
export const configSchema = z.strictObject({
  server: server.prefault({}).describe("The server and its limits"),
  circuit_breaker: circuitBreaker.prefault({}).describe("When a failing CLI is left alone"),
  hooks: hooksSchema.prefault({}).describe("What is asked before and after each run"),
  roles: z.record(
    z.string().regex(namePattern, "Use lower-case letters, digits, - and _"),
    roleSchema,
  )
    .default({}).describe("Which CLI, model and effort each role uses"),
});

/** The main configuration, defaults filled in. */
export type Config = z.output<typeof configSchema>;

/** One role of the configuration. */
export type Role = z.output<typeof roleSchema>;
