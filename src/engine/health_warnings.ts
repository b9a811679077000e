/** What is not as it should be, each with what to do about it. */
import type { Config } from "../config/schema.ts";
import { sentences } from "../lib/sentences.ts";
import { damageNotices } from "../store/notices.ts";
import type { Health } from "./health_shape.ts";

/** What keeps every prompt from being run. */
export function healthProblems(
  { clis, database }: Pick<Health, "clis" | "database">,
): string[] {
  return [...databaseFails(database), ...isAnyReady(clis) ? [] : noneReady(clis)];
}

/** What else is not as it should be. */
export function healthWarnings(
  { clis, log, hooks, process_control, database, storage }: Pick<
    Health,
    "clis" | "log" | "hooks" | "process_control" | "database" | "storage"
  >,
  roles: Config["roles"],
): string[] {
  return [
    ...isAnyReady(clis) ? defaultRole(clis, roles) : [],
    ...clis.flatMap(oneCli),
    ...clis.flatMap(leftAlone),
    ...damageNotices(database.path, database.put_aside ?? []),
    ...storageWarning(storage),
    ...logFails(log),
    ...hooks.flatMap(hookFails),
    ...process_control.reach === "child" ? [childOnly(process_control)] : [],
    ...(process_control.left ?? []).map(stillRuns),
  ];
}

function isAnyReady(clis: Health["clis"]): boolean {
  return clis.some(({ state }) => state === "ready");
}

function databaseFails({ state, problem }: Health["database"]): string[] {
  return state !== "failing" ? [] : [`No prompt can be run: ${problem}`];
}

function noneReady(clis: Health["clis"]): string[] {
  const howTo = clis.flatMap(({ name, fix }) => fix === undefined ? [] : [`${name}: ${fix}`]);
  return [["No AI CLI can be started. Make at least one ready", ...howTo].join("; ")];
}

/** The other roles tell it by themselves: each result names the CLIs that were passed over. */
function defaultRole(clis: Health["clis"], roles: Config["roles"]): string[] {
  const wanted = clis.find(({ name }) => name === roles["default"]?.cli);
  if (!wanted || wanted.state === "ready") return [];
  const next = clis.find(({ state }) => state === "ready")!;
  return [sentences(
    `${wanted.name}, the CLI of role "default", is not ready; ${next.name} is the next for its prompts`,
    wanted.fix,
    'Or set "roles.default.cli"',
  )];
}

function oneCli({ name, state, version, problem, fix }: Health["clis"][number]): string[] {
  if (state === "broken_profile") {
    return [sentences(`The profile of "${name}" is broken: ${problem}`, fix)];
  }
  if (state !== "ready" || version !== undefined || fix === undefined) return [];
  return [sentences(`${name} does not tell its version: ${problem}`, fix)];
}

/** One that is not ready has a reason that comes first. */
function leftAlone({ name, state, circuit_breaker: breaker }: Health["clis"][number]): string[] {
  if (state !== "ready" || breaker?.state !== "open") return [];
  return [sentences(
    `${name} has failed ${breaker.failures} times in a row, the last as ${breaker.last_error}; ` +
      `it is left alone for ${breaker.retry_in_seconds} more seconds`,
    "Look at what its last runs say",
  )];
}

function logFails({ state, problem }: Health["log"]): string[] {
  if (state !== "failing") return [];
  return [sentences(problem, 'Make room for it, or set another "server.log_file"')];
}

function hookFails(
  { name, event, on_failure, problem, failing, last_failure }: Health["hooks"][number],
): string[] {
  const what = on_failure === "closed" ? "what it concerns is blocked" : "it is passed over";
  if (problem !== undefined) {
    return [sentences(
      `Hook "${name}" (${event}) cannot be asked, so ${what}: ${problem}`,
      `Mend its "command" in "hooks.${event}"`,
    )];
  }
  if (!failing || last_failure === undefined) return [];
  return [sentences(
    `Hook "${name}" (${event}) failed at ${last_failure.at}: ${last_failure.message}`,
    "Run its program by hand with what docs/hooks.md says it is told",
  )];
}

function childOnly({ ends, limits }: Health["process_control"]): string {
  return sentences(ends, ...limits);
}

function stillRuns({ pid, job_id, cli }: { pid: number; job_id: string; cli: string }): string {
  return sentences(
    `Process ${pid}, which ${cli} has started in ${job_id}, could not be ended; it is tried again`,
    `See "ps -p ${pid}"; another user may have to end it`,
  );
}

/** For a moment it may be more: what was used just now is not deleted. */
function storageWarning({ total_bytes: total, max_bytes: most }: Health["storage"]): string[] {
  if (total <= 1.1 * most) return [];
  const megabytes = (bytes: number) => (bytes / 1_000_000).toFixed(1);
  return [sentences(
    `Database and output take ${megabytes(total)} MB, more than the ${megabytes(most)} MB of ` +
      "server.max_store_mb: what is left is in use",
    'Delete sessions with action "kill", or raise it',
  )];
}
