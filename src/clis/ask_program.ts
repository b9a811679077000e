/** Asks a CLI's program something that it answers at once, such as for its version. */
import type { CliProfile } from "../config/profile.ts";
import type { Clock } from "../lib/clock.ts";
import { messageOf } from "../lib/errors.ts";
import { plainText } from "../lib/terminal/plain_text.ts";
import type { Launcher } from "../process/launcher.ts";
import { runBriefly } from "../process/run_briefly.ts";
import { deeper } from "./depth.ts";
import { childEnvironment } from "./environment.ts";
import { withOwnFolder } from "./plan.ts";

/** The real ones take from 0.05 to 3.4 s on an idle machine, and longer after its start. */
const ANSWER_MS = 10_000;
const KILL_GRACE_MS = 500;
const OUTPUT_BYTES = 16_384;

/** The variable by which one that is being asked is told from all others; its value is unique. */
const PROBE_MARKER = "AIMUX_PROBE_ID";

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
  const own = { ...deeper(env), [PROBE_MARKER]: crypto.randomUUID() };
  try {
    const { how, stdout, stderr } = await runBriefly({
      plan: {
        command: path,
        args,
        cwd,
        env: withOwnFolder(childEnvironment(profile, env, own), { path }),
        marker: PROBE_MARKER,
      },
      milliseconds: ANSWER_MS,
      keptBytes: { stdout: OUTPUT_BYTES, stderr: OUTPUT_BYTES },
      graceMs: KILL_GRACE_MS,
      signal,
    }, { launcher, clock });
    if (typeof how === "string") {
      return { problem: `"${line}" did not end within ${ANSWER_MS / 1000} seconds` };
    }
    return { code: how.code, stdout: plainText(stdout), stderr: plainText(stderr) };
  } catch (error) {
    return { problem: `Cannot run "${line}": ${messageOf(error)}` };
  }
}

/** The first line that says something. */
export function firstLine(text: string): string | undefined {
  return text.split("\n").map((line) => line.trim()).find((line) => line !== "");
}
