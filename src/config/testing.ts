/** Folders with configuration for the tests of this room. */
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { ConfigSources } from "./folders.ts";
import { loadConfig } from "./load.ts";
import { ConfigError } from "./problem.ts";
import { loadProfiles } from "./profiles.ts";
import { type AppliedProject, applyProject } from "./project.ts";
import { readProjectFiles } from "./project_files.ts";

/** A folder of its own with `embedded/`, `home/`, `bin/` and `project/`; gone with its scope. */
export interface TestFolders extends Disposable {
  path: string;
  /** The user's folder of configuration. */
  user: string;
  /** Sources for `loadConfig`. */
  sources(env?: Record<string, string>): ConfigSources;
  write(file: string, text: string): void;
}

/** A profile with all that must be there. */
export const SMALL_PROFILE = [
  "binary: prog",
  "command:",
  '  base: "prog run"',
  "output_format: text",
].join("\n");

/** Makes the folders; the embedded one describes codex and gemini. */
export function testFolders(files: Record<string, string> = {}): TestFolders {
  const path = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "config_" }));
  const folders: TestFolders = {
    path,
    user: join(path, "home/.config/aimux"),
    sources: (env = {}) => ({
      embedded: pathToFileURL(join(path, "embedded/")),
      env,
      home: join(path, "home"),
      execDir: join(path, "bin"),
    }),
    write(file, text) {
      Deno.mkdirSync(dirname(join(path, file)), { recursive: true });
      Deno.writeTextFileSync(join(path, file), text);
    },
    [Symbol.dispose]: () => Deno.removeSync(path, { recursive: true }),
  };
  const embedded = {
    "embedded/cli.d/codex/profile.yaml": `name: codex\n${SMALL_PROFILE}\n`,
    "embedded/cli.d/gemini/profile.yaml": `name: gemini\n${SMALL_PROFILE}\n`,
  };
  for (const [file, text] of Object.entries({ ...embedded, ...files })) folders.write(file, text);
  return folders;
}

/** The configuration for calls in `project/`. */
export function projectConfig(
  folders: TestFolders,
  { env, trusted = false }: { env?: Record<string, string>; trusted?: boolean } = {},
): AppliedProject {
  const loaded = loadConfig(folders.sources(env));
  return applyProject(readProjectFiles(join(folders.path, "project")), {
    loaded,
    ...loadProfiles(loaded.folders),
    trust: { holds: () => trusted },
  });
}

/** The lines of the ConfigError that a function throws. */
export function problemsOf(load: () => unknown): string[] {
  try {
    load();
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split("\n");
    throw error;
  }
  return [];
}
