/** Asks a CLI's program something that it answers at once, such as for its version. */
import type { CliProfile } from "../config/profile.ts";
import type { Clock } from "../lib/clock.ts";
import { messageOf } from "../lib/errors.ts";
import { plainText } from "../lib/terminal/plain_text.ts";
import type { Launcher, RunningProcess } from "../process/launcher.ts";
import { captureInMemory } from "../process/memory_capture.ts";
import { deeper } from "./depth.ts";
import { childEnvironment } from "./environment.ts";
import { withOwnFolder } from "./plan.ts";

/** The real ones take from 0.05 to 3.4 s on an idle machine, and longer after its start. */
const ANSWER_MS = 10_000;
const KILL_GRACE_MS = 500;
const OUTPUT_BYTES = 16_384;

/** What asking needs. */
export interface AskingParts {
  launcher: Launcher;
  clock: Clock;
  /** The server's environment. */
  env: Record<string, string>;
  /** Where the programs run: not a project's folder, which they might read settings from. */
  cwd: string;
}

/** What to ask. */
export interface Question {
  profile: CliProfile;
  /** The program. */
  path: string;
  args: string[];
  /** Ends the program early. */
  signal: AbortSignal;
}

/** What the program said, as a person would have seen it, or why it said nothing. */
export type ProgramAnswer =
  | { code: number; stdout: string; stderr: string; problem?: undefined }
  | { problem: string };

/** Asks; never throws. */
export async function askProgram(
  { profile, path, args, signal }: Question,
  { launcher, clock, env, cwd }: AskingParts,
): Promise<ProgramAnswer> {
  const line = [path, ...args].join(" ");
  if (signal.aborted) return { problem: "aimux is shutting down" };
  const stdout = captureInMemory(OUTPUT_BYTES);
  const stderr = captureInMemory(OUTPUT_BYTES);
  try {
    const process = launcher.launch({
      command: path,
      args,
      cwd,
      env: withOwnFolder(childEnvironment(profile, env, deeper(env)), { path }),
    }, { stdout, stderr });
    const code = await answered(process);
    if (code === undefined) {
      return { problem: `"${line}" did not end within ${ANSWER_MS / 1000} seconds` };
    }
    const [out, err] = [stdout, stderr].map((capture) => plainText(capture.text().text()));
    return { code, stdout: out!, stderr: err! };
  } catch (error) {
    return { problem: `Cannot run "${line}": ${messageOf(error)}` };
  }

  /** The exit code, or undefined where the program had to be ended. */
  async function answered(process: RunningProcess): Promise<number | undefined> {
    const over = new AbortController();
    const limit = AbortSignal.any([over.signal, signal]);
    const end = await Promise.race([process.ended, clock.delay(ANSWER_MS, limit)]);
    over.abort();
    if (end) return end.code;
    const left = await process.end(KILL_GRACE_MS);
    if (left.length === 0) await process.ended;
    return undefined;
  }
}

/** The first line that says something. */
export function firstLine(text: string): string | undefined {
  return text.split("\n").map((line) => line.trim()).find((line) => line !== "");
}
