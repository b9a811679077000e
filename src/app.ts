/** The composition root: builds every part once, and takes them down again in order. */
import { createDiscovery } from "./clis/discovery.ts";
import type { LoadedConfig } from "./config/load.ts";
import type { CliProfile } from "./config/profile.ts";
import { formatProblem } from "./config/problem.ts";
import { loadProfiles } from "./config/profiles.ts";
import { applyProject, loadProject } from "./config/project.ts";
import { createEngine } from "./engine/engine.ts";
import { keepDeletingExpired } from "./engine/expiry.ts";
import { takeOwnership } from "./engine/ownership.ts";
import { systemClock } from "./lib/clock.ts";
import { AimuxError, messageOf } from "./lib/errors.ts";
import { createIds } from "./lib/ids.ts";
import { createLog, type Log } from "./lib/log.ts";
import type { ToolContext } from "./mcp/tools/define_tool.ts";
import { createPipeLauncher } from "./process/pipe_launcher.ts";
import { chooseSignals } from "./process/signals.ts";
import { openStore, type Store } from "./store/store.ts";

/** What the program is started with. */
export interface AppOptions {
  loaded: LoadedConfig;
  env: Record<string, string>;
  home: string;
  cwd: string;
}

/** How the program is stopped. */
export interface StopOptions {
  /** Between asking a process to end and killing it. */
  graceMs: number;
  /** Waits, not for ever, until the calls whose jobs have now ended are answered from the store. */
  answered?(): Promise<void>;
}

/** The program without its face. */
export interface App {
  log: Log;
  /**
   * The working parts, built at the first call; a start that failed is tried again.
   *
   * @throws AimuxError `storage`
   */
  parts(): Promise<AppParts>;
  /** Resolves when no job is queued or running. */
  idle(): Promise<void>;
  /** Ends every job as `interrupted`, and closes store and log. */
  stop(how: StopOptions): Promise<void>;
}

/** What tools work with. */
export type AppParts = Omit<ToolContext, "signal" | "principal" | "progress">;

/** Prepares the program; nothing is opened before it is needed. */
export function createApp({ loaded, env, home, cwd }: AppOptions): App {
  const { config } = loaded;
  const log = createLog(config.server.log_file, config.server.log_level);
  const clock = systemClock;
  let built: Promise<AppParts & { close(): void }> | undefined;
  let stopped = false;

  return {
    log,
    parts() {
      if (stopped) {
        return Promise.reject(new AimuxError("interrupted", "The server is shutting down"));
      }
      built ??= build().catch((error) => {
        built = undefined;
        log.error("Cannot start", { error: messageOf(error) });
        throw error;
      });
      return built;
    },
    async idle() {
      const parts = await built?.catch(() => undefined);
      await parts?.engine.idle();
    },
    async stop({ graceMs, answered }) {
      stopped = built === undefined;
      const parts = await built?.catch(() => undefined);
      await parts?.engine.interruptAll({ graceMs });
      await answered?.();
      stopped = true;
      parts?.close();
      log[Symbol.dispose]();
    },
  };

  async function build(): Promise<AppParts & { close(): void }> {
    const { profiles, brokenProfiles } = loadProfiles(loaded.folders);
    const broken = new Map(
      Array.from(brokenProfiles, ([name, problems]) => [
        name,
        problems.map(formatProblem).join("; "),
      ]),
    );
    for (const [cli, problem] of broken) log.warn("Broken profile", { cli, problem });

    const store = openStore(config.server.db_path);
    try {
      return await assemble(store, profiles, broken);
    } catch (error) {
      store.close();
      throw error;
    }
  }

  async function assemble(
    store: Store,
    profiles: ReadonlyMap<string, CliProfile>,
    broken: ReadonlyMap<string, string>,
  ): Promise<AppParts & { close(): void }> {
    const onError = (error: unknown) => log.error("Unexpected", { error: messageOf(error) });
    const signals = chooseSignals();
    const killGraceMs = config.server.kill_grace_seconds * 1000;
    const ids = createIds();
    const ownership = takeOwnership({ store, clock, ids, signals, killGraceMs, onError });
    // What fails here is tried again when the lease is renewed.
    await ownership.recover().catch(onError);

    const closed = new AbortController();
    const ttlHours = config.server.session_ttl_hours;
    void keepDeletingExpired({ store, clock, ttlHours, onError }, closed.signal);

    const discovery = createDiscovery({ env, home });
    discovery.probeAll(profiles.values()).catch(onError);
    const engine = createEngine({
      config,
      profiles,
      broken,
      project: (folder) => applyProject(loaded, loadProject(folder)),
      discovery,
      store,
      ownership,
      launcher: createPipeLauncher({ clock, signals }),
      clock,
      ids,
      env,
      cwd,
      onError,
    });
    log.info("Started", { pid: Deno.pid, owner: ownership.id, reach: signals.reach });
    return {
      engine,
      store,
      config,
      clock,
      close() {
        closed.abort();
        ownership.resign();
        store.close();
        log.info("Stopped", { pid: Deno.pid });
      },
    };
  }
}
