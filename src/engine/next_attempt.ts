/** What to try after an attempt that failed. */
import type { Permission } from "../config/permission.ts";
import type { ErrorCode } from "../lib/errors.ts";

/** How far a job may go to get an answer: the same again only, other models, other CLIs. */
export const FALLBACKS = ["none", "model", "cli"] as const;

/** How far a job may go. */
export type Fallback = (typeof FALLBACKS)[number];

/** What is known when an attempt has failed. */
export interface Failed {
  code: ErrorCode;
  /** The output shows that the CLI has changed files. */
  changedFiles: boolean;
  permission: Permission;
  fallback: Fallback;
  /** How often this model of this CLI was tried for the job. */
  tries: number;
  /** Models of this CLI that could be tried and were not yet, the best first. */
  models: readonly string[];
}

/** The same once more, another model of the CLI, another CLI, or nothing. */
export type Next = "same" | { model: string } | "cli" | "none";

/** Failures that say nothing about the task, so that another model may do better. */
const OF_MODEL: readonly ErrorCode[] = ["quota", "model_unavailable"];
/** Failures that say nothing about the task, so that another CLI may do better. */
const OF_CLI: readonly ErrorCode[] = [
  ...OF_MODEL,
  "transient",
  "auth",
  "cli_not_installed",
  "circuit_open",
];

/**
 * Chooses the next step. What may have been done already is not done twice: after a change of files
 * nothing is tried, unless the run was read-only.
 */
export function nextAttempt(
  { code, changedFiles, permission, fallback, tries, models }: Failed,
): Next {
  if (changedFiles && permission !== "read_only") return "none";
  if (code === "transient" && tries < 2) return "same";
  const [model] = models;
  if (fallback !== "none" && OF_MODEL.includes(code) && model !== undefined) return { model };
  return fallback === "cli" && OF_CLI.includes(code) ? "cli" : "none";
}
