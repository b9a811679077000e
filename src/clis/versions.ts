/** Asks the CLIs for their versions, no oftener than needed. */
import type { CliProfile } from "../config/profile.ts";
import type { Clock } from "../lib/clock.ts";
import { messageOf } from "../lib/errors.ts";
import { createLanes } from "../lib/lanes.ts";
import { plainText } from "../lib/terminal/plain_text.ts";
import type { Launcher, RunningProcess } from "../process/launcher.ts";
import { captureInMemory } from "../process/memory_capture.ts";
import { deeper } from "./depth.ts";
import { childEnvironment } from "./environment.ts";
import { parseVersion } from "./parse_version.ts";
import { withOwnFolder } from "./plan.ts";

/** The real ones take from 0.05 to 3.4 s on an idle machine, and longer after its start. */
const ANSWER_MS = 10_000;
const KILL_GRACE_MS = 500;
/** How many are asked at once. */
const LANES = 4;
const OUTPUT_BYTES = 16_384;
const VERSION_CHARS = 80;
const PROBLEM_CHARS = 200;
/** A launcher of another program stays the same file when that is updated, so it is asked again. */
const GOOD_FOR_MS = 3_600_000;
/** What failed once may do better when the machine is less busy. */
const FAILED_FOR_MS = 60_000;

/** What a program told of its version; neither field where its profile says never to ask. */
export interface VersionAnswer {
  version?: string;
  /** Why there is no version. */
  problem?: string;
}

/** Asks and remembers. */
export interface Versions {
  /** The version of the program at `path`. Never throws. */
  of(profile: CliProfile, path: string): Promise<VersionAnswer>;
  /** Ends the programs that are being asked, and asks no more. */
  close(): Promise<void>;
}

/** What asking needs. */
export interface VersionsParts {
  launcher: Launcher;
  clock: Clock;
  /** The server's environment. */
  env: Record<string, string>;
  /** Where the programs run: not a project's folder, which they might read settings from. */
  cwd: string;
}

interface Asked {
  /** Tells this file from a later one at the same path. */
  file: string;
  until: number;
  answer: Promise<VersionAnswer>;
}

/** Makes it; no program is started before the first question. */
export function createVersions({ launcher, clock, env, cwd }: VersionsParts): Versions {
  const asked = new Map<string, Asked>();
  const closed = new AbortController();
  const asking = new Set<Promise<VersionAnswer>>();
  const inTurn = createLanes(LANES);

  return {
    async of(profile, path) {
      if (profile.version_flags.length === 0) return {};
      const file = await identityOf(path);
      const before = asked.get(profile.name);
      if (before?.file === file && clock.now() < before.until) return await before.answer;
      const entry: Asked = { file, until: Infinity, answer: inTurn(() => ask(profile, path)) };
      asked.set(profile.name, entry);
      asking.add(entry.answer);
      const answer = await entry.answer;
      asking.delete(entry.answer);
      entry.until = clock.now() + (answer.problem === undefined ? GOOD_FOR_MS : FAILED_FOR_MS);
      return answer;
    },

    async close() {
      closed.abort();
      await Promise.all(asking);
    },
  };

  async function ask(profile: CliProfile, path: string): Promise<VersionAnswer> {
    const line = [path, ...profile.version_flags].join(" ");
    if (closed.signal.aborted) return { problem: "aimux is shutting down" };
    const stdout = captureInMemory(OUTPUT_BYTES);
    const stderr = captureInMemory(OUTPUT_BYTES);
    try {
      const process = launcher.launch({
        command: path,
        args: profile.version_flags,
        cwd,
        env: withOwnFolder(childEnvironment(profile, env, deeper(env)), { path }),
      }, { stdout, stderr });
      const code = await answered(process);
      if (code === undefined) {
        return { problem: `"${line}" did not end within ${ANSWER_MS / 1000} seconds` };
      }
      return understood(line, code, stdout.text().text(), stderr.text().text());
    } catch (error) {
      return { problem: `Cannot run "${line}": ${messageOf(error)}` };
    }
  }

  /** The exit code, or undefined where the program had to be ended. */
  async function answered(process: RunningProcess): Promise<number | undefined> {
    const over = new AbortController();
    const limit = AbortSignal.any([over.signal, closed.signal]);
    const end = await Promise.race([process.ended, clock.delay(ANSWER_MS, limit)]);
    over.abort();
    if (end) return end.code;
    const left = await process.end(KILL_GRACE_MS);
    if (left.length === 0) await process.ended;
    return undefined;
  }
}

function understood(line: string, code: number, stdout: string, stderr: string): VersionAnswer {
  const [out, err] = [plainText(stdout), plainText(stderr)];
  const said = firstLine(out) ?? firstLine(err);
  if (code !== 0) {
    const reason = said === undefined ? "" : `: ${said.slice(0, PROBLEM_CHARS)}`;
    return { problem: `"${line}" exited with code ${code}${reason}` };
  }
  const version = parseVersion(out) ?? parseVersion(err) ?? said;
  if (version === undefined) return { problem: `"${line}" printed nothing` };
  return { version: version.slice(0, VERSION_CHARS) };
}

function firstLine(text: string): string | undefined {
  return text.split("\n").map((line) => line.trim()).find((line) => line !== "");
}

async function identityOf(path: string): Promise<string> {
  try {
    const real = await Deno.realPath(path);
    const { mtime, size } = await Deno.stat(real);
    return `${path} ${real} ${mtime?.getTime()} ${size}`;
  } catch {
    return path; // it is going away, which the start will tell
  }
}
