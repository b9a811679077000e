/** Finds the programs of the CLIs on this machine. */
import { posix, win32 } from "node:path";
import type { CliProfile } from "../config/profile.ts";
import { expandPattern } from "./expand_pattern.ts";

/** Where a CLI is, or why it counts as absent. */
export type Presence =
  | { path: string }
  | { path?: never; reason: string; /** It is there but may not be run. */ denied?: true };

/** What is looked for. */
export type Wanted = Pick<CliProfile, "name" | "binary" | "search_paths">;

/** What discovery needs to know of the machine. */
export interface DiscoveryParts {
  env: Record<string, string>;
  home: string;
  os?: typeof Deno.build.os;
}

/** Looks CLIs up, and remembers those it has found. */
export interface Discovery {
  /** Looks all of them up at once. */
  probeAll(profiles: Iterable<Wanted>): Promise<void>;
  /** Where a CLI is now: a remembered path is checked again, a missing CLI is searched again. */
  find(profile: Wanted): Promise<Presence>;
}

/** Below the home of each user on Linux and macOS. */
const UNIX_HOME = [
  "~/.local/bin",
  "~/.npm-global/bin",
  "~/.bun/bin",
  "~/.cargo/bin",
  "~/go/bin",
  "~/.deno/bin",
  "~/.volta/bin",
  "~/.local/share/mise/shims",
  "~/.asdf/shims",
  "~/.nvm/versions/node/*/bin",
];

/** Folders in which installers put programs although they may not be on a server's PATH. */
const WELL_KNOWN: Partial<Record<typeof Deno.build.os, string[]>> = {
  linux: [
    ...UNIX_HOME,
    "~/.nix-profile/bin",
    "/usr/local/bin",
    "/snap/bin",
    "/home/linuxbrew/.linuxbrew/bin",
  ],
  darwin: [...UNIX_HOME, "/opt/homebrew/bin", "/usr/local/bin"],
  windows: [
    "$APPDATA/npm",
    "$LOCALAPPDATA/Programs/*",
    "$LOCALAPPDATA/Programs/Python/*/Scripts",
    "$LOCALAPPDATA/Microsoft/WinGet/Links",
    "~/.local/bin",
    "~/.bun/bin",
    "~/.cargo/bin",
    "~/go/bin",
    "~/.deno/bin",
    "~/scoop/shims",
  ],
};

/** Makes a discovery over one environment. */
export function createDiscovery({ env, home, os = Deno.build.os }: DiscoveryParts): Discovery {
  const found = new Map<string, string>();
  const windows = os === "windows";
  const { delimiter, isAbsolute, sep } = windows ? win32 : posix;
  // A relative entry would mean another folder for each run, also one that is not trusted.
  const pathFolders = (env["PATH"] ?? env["Path"] ?? "").split(delimiter).filter(isAbsolute);
  const extensions = windows
    ? (env["PATHEXT"] ?? ".COM;.EXE;.BAT;.CMD").split(";").filter(Boolean)
    : [""];
  const wellKnown = Promise.all(
    (WELL_KNOWN[os] ?? []).map((pattern) => expandPattern(pattern, { env, home })),
  ).then((folders) => folders.flat());

  async function find(profile: Wanted): Promise<Presence> {
    const wanted = keyOf(profile);
    const remembered = found.get(wanted);
    if (remembered !== undefined) {
      if (await isProgram(remembered)) return permitted(remembered);
      found.delete(wanted);
    }
    const path = await search(profile);
    if (path === undefined) return { reason: absenceOf(profile) };
    found.set(wanted, path);
    return permitted(path);
  }

  async function search({ binary, search_paths }: Wanted): Promise<string | undefined> {
    if (isPath(binary)) {
      const [path] = await expandPattern(binary, { env, home });
      return path === undefined ? undefined : await firstProgram(namesOf(path));
    }
    const listed = await Promise.all(
      search_paths.map((pattern) => expandPattern(pattern, { env, home })),
    );
    for (const folder of [...pathFolders, ...await wellKnown, ...listed.flat()]) {
      const path = await firstProgram(candidates(folder, binary));
      if (path !== undefined) return path;
    }
    return undefined;
  }

  /** What a program may be called: on Windows with any of the endings, or with the one it has. */
  function namesOf(binary: string): string[] {
    const names = extensions.map((extension) => binary + extension);
    const hasEnding = extensions.some((extension) =>
      binary.toLowerCase().endsWith(extension.toLowerCase())
    );
    return windows && hasEnding ? [binary, ...names] : names;
  }

  /** A search path may name a folder or the program itself. */
  function candidates(folder: string, binary: string): string[] {
    const names = namesOf(binary);
    const inside = names.map((name) => `${folder}${sep}${name}`);
    const last = folder.split(/[/\\]/).at(-1)?.toLowerCase() ?? "";
    return names.some((name) => name.toLowerCase() === last) ? [folder, ...inside] : inside;
  }

  async function firstProgram(paths: readonly string[]): Promise<string | undefined> {
    for (const path of paths) if (await isProgram(path)) return path;
    return undefined;
  }

  async function isProgram(path: string): Promise<boolean> {
    try {
      const { isFile, mode } = await Deno.stat(path);
      return isFile && (windows || mode === null || (mode & 0o111) !== 0);
    } catch {
      return false;
    }
  }

  return {
    find,
    async probeAll(profiles) {
      await Promise.all(Array.from(profiles, find));
    },
  };
}

function isPath(binary: string): boolean {
  return /[/\\]/.test(binary);
}

function absenceOf({ binary }: Wanted): string {
  return isPath(binary)
    ? `there is no program at "${binary}"`
    : `"${binary}" is neither on PATH nor in a well-known folder`;
}

/** A project may call another program by the name of a CLI; that must not be taken elsewhere. */
function keyOf({ binary, search_paths }: Wanted): string {
  return JSON.stringify([binary, search_paths]);
}

/** Whether the run permission covers a program; asked first, so that Deno never prompts for it. */
function permitted(path: string): Presence {
  if (Deno.permissions.querySync({ name: "run", command: path }).state === "granted") {
    return { path };
  }
  return { reason: `aimux has no permission to run "${path}"`, denied: true };
}
