/** Asks the program of a hook: JSON in, JSON out, and no process is left. */
import { deeper } from "../../clis/depth.ts";
import type { Discovery } from "../../clis/discovery.ts";
import { childEnvironment } from "../../clis/environment.ts";
import { withOwnFolder } from "../../clis/plan.ts";
import type { Clock } from "../../lib/clock.ts";
import { messageOf } from "../../lib/errors.ts";
import { plainText } from "../../lib/terminal/plain_text.ts";
import type { ProcessEnd, RunningProcess } from "../../process/launcher.ts";
import type { LauncherFor } from "../../process/launchers.ts";
import { captureInMemory } from "../../process/memory_capture.ts";
import { findProgram } from "./find_program.ts";
import { HOOK_MARKER, OWNER_MARKER } from "./marks.ts";

/** Between asking a hook's program to end and killing it. */
const GRACE_MS = 1000;
/** How much is kept of what it prints besides its answer. */
const ERROR_BYTES = 16_384;
const ERROR_CHARS = 200;

/** What is asked of whom. */
export interface Question {
  /** Program and arguments. */
  command: readonly string[];
  env_allow?: readonly string[] | undefined;
  /** Becomes JSON. */
  document: unknown;
  /** How much it may print. */
  maxBytes: number;
  milliseconds: number;
  /** How that limit is called. */
  limit: string;
}

/** What asking needs. */
export interface AskingParts {
  discovery: Pick<Discovery, "find">;
  launcherFor: LauncherFor;
  clock: Clock;
  /** The server's environment. */
  env: Record<string, string>;
  /** Where the programs run: not a project's folder, which they might read settings from. */
  home: string;
  /** The server's id. */
  owner: string;
}

/** What it printed, or why there is no answer; `stopped` where the signal aborted first. */
export type Reply = { said: string } | { failure: string } | "stopped";

/** Never throws. When it returns the program has ended with all that it had started. */
export async function askProgram(
  question: Question,
  parts: AskingParts,
  signal: AbortSignal,
): Promise<Reply> {
  const stdout = captureInMemory(question.maxBytes);
  const stderr = captureInMemory(ERROR_BYTES);
  const tooMuch = Promise.withResolvers<"too much">();
  const found = await findProgram(question.command, parts.discovery);
  if ("problem" in found) return { failure: found.problem };
  if (signal.aborted) return "stopped";
  try {
    const launcher = await parts.launcherFor("pipe");
    const process = launcher.launch({
      command: found.path,
      args: question.command.slice(1),
      cwd: parts.home,
      env: environmentOf(question, found.path, parts),
      marker: HOOK_MARKER,
      stdin: `${JSON.stringify(question.document)}\n`,
    }, {
      stdout,
      stderr,
      onOutput: () => stdout.bytes > question.maxBytes && tooMuch.resolve("too much"),
    });
    return await ending(process);
  } catch (error) {
    return { failure: `cannot start "${found.path}": ${messageOf(error)}` };
  }

  async function ending(process: RunningProcess): Promise<Reply> {
    const over = new AbortController();
    const first = await Promise.race([
      process.ended,
      tooMuch.promise,
      parts.clock.delay(question.milliseconds, AbortSignal.any([over.signal, signal]))
        .then(() => "late" as const),
    ]);
    over.abort();
    if (typeof first === "object" && stdout.bytes <= question.maxBytes) return replyOf(first);
    const left = await process.end(GRACE_MS);
    if (left.length === 0) await process.ended;
    if (signal.aborted) return "stopped";
    const why = first === "late"
      ? `it did not answer within ${question.milliseconds / 1000} seconds (${question.limit})`
      : `it printed more than ${question.maxBytes} bytes`;
    const rest = left.length === 0
      ? ""
      : `; could not be ended: ${left.map(({ pid }) => pid).join(", ")}`;
    return { failure: why + rest };
  }

  function replyOf({ code, signal }: ProcessEnd): Reply {
    if (code === 0) return { said: stdout.text().text() };
    const how = signal === null ? `exited with code ${code}` : `was ended by ${signal}`;
    const lines = plainText(stderr.text().text()).split("\n").map((line) => line.trim());
    const last = lines.findLast((line) => line !== "");
    return { failure: `it ${how}${last === undefined ? "" : `: ${last.slice(0, ERROR_CHARS)}`}` };
  }
}

function environmentOf(
  { env_allow = [] }: Question,
  path: string,
  { env, owner }: AskingParts,
): Record<string, string> {
  const own = { ...deeper(env), [HOOK_MARKER]: crypto.randomUUID(), [OWNER_MARKER]: owner };
  return withOwnFolder(childEnvironment({ env: {}, env_allow: [...env_allow] }, env, own), {
    path,
  });
}
