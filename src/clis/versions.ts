/** Asks the CLIs for their versions, no oftener than needed. */
import type { CliProfile } from "../config/profile.ts";
import { createLanes } from "../lib/lanes.ts";
import { type AskingParts, askProgram, firstLine } from "./ask_program.ts";
import { parseVersion } from "./parse_version.ts";

/** How many are asked at once. */
const LANES = 4;
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

interface Asked {
  /** Tells this file from a later one at the same path. */
  file: string;
  until: number;
  answer: Promise<VersionAnswer>;
}

/** Makes it; no program is started before the first question. */
export function createVersions(parts: AskingParts): Versions {
  const { clock } = parts;
  const asked = new Map<string, Asked>();
  const closed = new AbortController();
  const asking = new Set<Promise<VersionAnswer>>();
  const inTurn = createLanes(LANES);

  return {
    async of(profile, path) {
      if (profile.version_flags.length === 0) return {};
      const file = await identityOf(path);
      // The folder of a project may have another program for the CLI.
      const question = [path, ...profile.version_flags].join(" ");
      const before = asked.get(question);
      if (before?.file === file && clock.now() < before.until) return await before.answer;
      const entry: Asked = { file, until: Infinity, answer: inTurn(() => ask(profile, path)) };
      asked.set(question, entry);
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
    const args = profile.version_flags;
    const answer = await askProgram({ profile, path, args, signal: closed.signal }, parts);
    if (answer.problem !== undefined) return { problem: answer.problem };
    return understood([path, ...args].join(" "), answer.code, answer.stdout, answer.stderr);
  }
}

function understood(line: string, code: number, stdout: string, stderr: string): VersionAnswer {
  const said = firstLine(stdout) ?? firstLine(stderr);
  if (code !== 0) {
    const reason = said === undefined ? "" : `: ${said.slice(0, PROBLEM_CHARS)}`;
    return { problem: `"${line}" exited with code ${code}${reason}` };
  }
  const version = parseVersion(stdout) ?? parseVersion(stderr) ?? said;
  if (version === undefined) return { problem: `"${line}" printed nothing` };
  return { version: version.slice(0, VERSION_CHARS) };
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
