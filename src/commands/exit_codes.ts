/** What exit codes tell a script. */
import type { ErrorCode } from "../lib/errors.ts";
import type { JobStatus } from "../store/job.ts";

/** The codes by name; those of signals are in `signals.ts`. */
export const EXIT = {
  done: 0,
  failed: 1,
  refused: 2,
  notInstalled: 3,
  notLoggedIn: 4,
  later: 5,
  timedOut: 124,
} as const;

/** What each of them means, as help and documentation say it. */
export const EXIT_MEANINGS: readonly [code: string, meaning: string][] = [
  ["0", "the CLI has answered"],
  ["1", "it failed, or aimux cannot work: its configuration or its database is at fault"],
  ["2", "the command line or the request is wrong; nothing was started"],
  ["3", "the CLI, or any CLI, is not installed"],
  ["4", "the CLI is not logged in"],
  ["5", "not now: a limit is reached, the service is overloaded, or the queue is full"],
  ["124", "it took longer than it may"],
  ["129, 130, 143", "SIGHUP, SIGINT (Ctrl+C) or SIGTERM came; the CLI was ended"],
];

const BY_ERROR: Partial<Record<ErrorCode, number>> = {
  invalid_input: EXIT.refused,
  unknown_cli: EXIT.refused,
  not_found: EXIT.refused,
  unsupported: EXIT.refused,
  depth_exceeded: EXIT.refused,
  blocked: EXIT.refused,
  cli_not_installed: EXIT.notInstalled,
  auth: EXIT.notLoggedIn,
  quota: EXIT.later,
  transient: EXIT.later,
  queue_full: EXIT.later,
  circuit_open: EXIT.later,
  timed_out: EXIT.timedOut,
};

/** The exit code for a request that was refused, or a job that ended without an answer. */
export function exitCodeOf({ status, code }: { status?: JobStatus; code?: ErrorCode }): number {
  if (status === "completed") return EXIT.done;
  // A hook that rejects an answer comes too late to say that nothing was started.
  if (status !== undefined && code === "blocked") return EXIT.failed;
  return code === undefined ? EXIT.failed : BY_ERROR[code] ?? EXIT.failed;
}
