/** What `aimux://metrics` tells, as plain JSON. */
import { z } from "zod";
import { ERROR_CODES } from "../lib/errors.ts";

const figures = z.strictObject({
  requests: z.int().describe("Runs that have ended, and jobs that ended before any"),
  completed: z.int(),
  failures: z.int().describe("The errors but for cancelled and interrupted"),
  error_rate: z.number().describe("failures / requests; 0 without requests"),
  errors: z.partialRecord(z.enum(ERROR_CODES), z.int()).describe("How many by code"),
  latency_ms: z.strictObject({
    runs: z.int().describe("Runs whose process has ended, since ever"),
    p50: z.int().nullable().describe("Of the newest runs; null without any"),
    p95: z.int().nullable().describe("Of the newest runs; null without any"),
    max: z.int().nullable().describe("Since ever; null without any"),
  }),
  input_tokens: z.int().nullable().describe("null where no run told"),
  output_tokens: z.int().nullable().describe("null where no run told"),
  cached_tokens: z.int().nullable().describe("null where no run told"),
  cost_usd: z.number().nullable().describe("null where no run told"),
});

/** The whole of it. */
export const metricsShape = z.strictObject({
  since: z.string().describe("When the database was made: ISO 8601, UTC"),
  window: z.strictObject({
    newest_runs: z.int().describe("The percentiles are of so many runs"),
    percentiles: z.literal("nearest-rank"),
  }),
  total: figures,
  per_cli: z.record(z.string(), figures).describe("By name, those that were used, in their order"),
  per_role: z.record(z.string(), figures).describe("By name, those that were used"),
});

/** Counts, errors, latency, tokens and money of some runs. */
export type Figures = z.output<typeof figures>;
/** All that is counted. */
export type Metrics = z.output<typeof metricsShape>;
