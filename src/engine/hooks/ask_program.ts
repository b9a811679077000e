/** Asks the program of a hook: JSON in, JSON out, and no process is left. */
import { deeper } from "../../clis/depth.ts";
import type { Discovery } from "../../clis/discovery.ts";
import { childEnvironment } from "../../clis/environment.ts";
import { withOwnFolder } from "../../clis/plan.ts";
import type { Clock } from "../../lib/clock.ts";
import { messageOf } from "../../lib/errors.ts";
import { plainText } from "../../lib/terminal/plain_text.ts";
import type { LauncherFor } from "../../process/launchers.ts";
import { type BriefEnd, runBriefly } from "../../process/run_briefly.ts";
import { findProgram } from "./find_program.ts";
import { HOOK_MARKER, OWNER_MARKER } from "../marks.ts";

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
  const found = await findProgram(question.command, parts.discovery);
  if ("problem" in found) return { failure: found.problem };
  if (signal.aborted) return "stopped";
  try {
    const launcher = await parts.launcherFor("pipe");
    const ended = await runBriefly({
      plan: {
        command: found.path,
        args: question.command.slice(1),
        cwd: parts.home,
        env: environmentOf(question, found.path, parts),
        marker: HOOK_MARKER,
        stdin: `${JSON.stringify(question.document)}\n`,
      },
      milliseconds: question.milliseconds,
      keptBytes: { stdout: question.maxBytes, stderr: ERROR_BYTES },
      strict: true,
      graceMs: GRACE_MS,
      signal,
    }, { launcher, clock: parts.clock });
    return replyOf(ended, question);
  } catch (error) {
    return { failure: `cannot start "${found.path}": ${messageOf(error)}` };
  }
}

function replyOf(
  { how, stdout, stderr, left }: BriefEnd,
  { milliseconds, limit, maxBytes }: Question,
): Reply {
  if (how === "stopped") return "stopped";
  if (typeof how === "string") {
    const why = how === "late"
      ? `it did not answer within ${milliseconds / 1000} seconds (${limit})`
      : `it printed more than ${maxBytes} bytes`;
    const rest = left.length === 0
      ? ""
      : `; could not be ended: ${left.map(({ pid }) => pid).join(", ")}`;
    return { failure: why + rest };
  }
  if (how.code === 0) return { said: stdout };
  const ended = how.signal === null ? `exited with code ${how.code}` : `was ended by ${how.signal}`;
  const lines = plainText(stderr).split("\n").map((line) => line.trim());
  const last = lines.findLast((line) => line !== "");
  return { failure: `it ${ended}${last === undefined ? "" : `: ${last.slice(0, ERROR_CHARS)}`}` };
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
