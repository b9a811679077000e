/** A place of its own for each test: a home, a PATH with emulated CLIs, a project folder. */
import { type Emulators, installEmulators } from "../emulators/mod.ts";
import { processesWithHome } from "./processes.ts";

/** What a workplace is furnished with. */
export interface WorkplaceOptions {
  emulators?: Emulators;
  /** Written to the user's `config.yaml`, as JSON, which is YAML too. */
  config?: Record<string, unknown>;
  /** Profiles of the user by CLI, laid over those that aimux ships. */
  profiles?: Record<string, Record<string, unknown>>;
  /** Variables besides HOME and PATH. */
  env?: Record<string, string>;
}

/** Folders and variables that a server and its CLIs see. */
export interface Workplace extends AsyncDisposable {
  home: string;
  project: string;
  bin: string;
  env: Record<string, string>;
  install(emulators: Emulators): Promise<void>;
  /** Command lines of processes that were started here and still run. */
  processesLeft(): string[];
}

/** Makes a workplace; it is removed with everything in it when it is disposed. */
export async function createWorkplace(options: WorkplaceOptions = {}): Promise<Workplace> {
  const root = await Deno.realPath(await Deno.makeTempDir({ prefix: "aimux-test-" }));
  const [home, project, bin] = [`${root}/home`, `${root}/project`, `${root}/bin`];
  for (const folder of [home, project, bin]) await Deno.mkdir(folder);
  const install = (emulators: Emulators) => installEmulators(bin, emulators);
  await install(options.emulators ?? []);
  if (options.config) await write("config.yaml", options.config);
  for (const [cli, profile] of Object.entries(options.profiles ?? {})) {
    await write(`cli.d/${cli}/profile.yaml`, profile);
  }
  return {
    home,
    project,
    bin,
    // Only what is needed: a CLI that is really installed here must not be found.
    env: { HOME: home, PATH: `${bin}:/usr/bin:/bin`, ...options.env },
    install,
    processesLeft: () => processesWithHome(home),
    async [Symbol.asyncDispose]() {
      await Deno.remove(root, { recursive: true });
    },
  };

  /** JSON is YAML, too. */
  async function write(file: string, content: unknown): Promise<void> {
    const path = `${home}/.config/aimux/${file}`;
    await Deno.mkdir(path.replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.writeTextFile(path, JSON.stringify(content));
  }
}
