/** The composition root: builds every part once, and takes them down again in order. */
import { createDiscovery } from "./clis/discovery.ts";
import type { AskingParts } from "./clis/ask_program.ts";
import { createFitVersion } from "./clis/fit_version.ts";
import { createVersions, type Versions } from "./clis/versions.ts";
import type { LoadedConfig } from "./config/load.ts";
import { formatProblem } from "./config/problem.ts";
import { loadProfiles } from "./config/profiles.ts";
import { applyProject } from "./config/project.ts";
import { readProjectFiles } from "./config/project_files.ts";
import { createTrust, type Trust } from "./config/trust.ts";
import { createEngine } from "./engine/engine.ts";
import type { Health } from "./engine/health_shape.ts";
import { createHookFailures } from "./engine/hooks/failures.ts";
import { createHooks } from "./engine/hooks/hooks.ts";
import type { Metrics } from "./engine/metrics_shape.ts";
import { takeOwnership } from "./engine/ownership.ts";
import type { PreparationParts } from "./engine/prepare.ts";
import { boundsOf, keepTidy } from "./engine/upkeep.ts";
import { systemClock } from "./lib/clock.ts";
import { AimuxError, errorFacts, messageOf } from "./lib/errors.ts";
import { createIds } from "./lib/ids.ts";
import { createLog } from "./lib/log.ts";
import { createRedactor, type Redactor } from "./lib/redact.ts";
import { sentences } from "./lib/sentences.ts";
import { tapLog, type TappedLog } from "./lib/tapped_log.ts";
import type { ToolContext } from "./mcp/tools/define_tool.ts";
import { createTrustQuestions } from "./mcp/trust_questions.ts";
import { createLaunchers, type LauncherFor } from "./process/launchers.ts";
import { createPipeLauncher } from "./process/pipe_launcher.ts";
import { chooseSignals, type Signals } from "./process/signals.ts";
import { createPreambles, type PreambleParts } from "./skills/preambles.ts";
import { storageError } from "./store/sqlite_errors.ts";
import { openStore, type Store } from "./store/store.ts";
import { whileBusy } from "./store/while_busy.ts";

/** What the program is started with. */
export interface AppOptions {
  /** Of aimux. */
  version: string;
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
  log: TappedLog;
  /** Knows the secrets of the environment and of the profiles. */
  redact: Redactor;
  /**
   * The working parts, built at the first call; a start that failed is tried again.
   *
   * @throws AimuxError `storage`
   */
  parts(): Promise<AppParts>;
  /** How everything is, for a principal; also where the parts cannot be built. */
  health(principal: string): Promise<Health>;
  /** What every client should know of the store, as things stand; nothing while all is well. */
  notices(): string[];
  /**
   * What the CLIs did, for everybody and over all servers.
   *
   * @throws AimuxError `storage`
   */
  metrics(): Promise<Metrics>;
  /** Resolves when no job is queued or running. */
  idle(): Promise<void>;
  /** How many jobs were taken so far. */
  jobsTaken(): number;
  /** Ends every job as `interrupted`, and closes store and log. */
  stop(how: StopOptions): Promise<void>;
}

/** What tools work with. */
export type AppParts = Omit<ToolContext, "signal" | "principal" | "progress">;

/** The parts with the ways to put them away. */
interface BuiltParts extends AppParts {
  /** Ends all that goes on by itself; the store can still be used. */
  retire(): void;
  close(): void;
}

/** What is known and at hand without the database: the configuration, the CLIs, and how they run. */
export interface Surroundings extends Omit<PreparationParts, "store" | "standing"> {
  /** The user's home folder. */
  home: string;
  /** What the user has trusted. */
  trust: Trust;
  signals: Signals;
  launcherFor: LauncherFor;
  /** For what a program is asked besides its version. */
  asking: AskingParts;
  versions: Versions;
}

/**
 * Reads the profiles; looks for a CLI, and starts it, only when it is asked to.
 *
 * @param onPreamble told the files of each role prompt that is written
 */
export function lookAround(
  { loaded, env, home, cwd }: Omit<AppOptions, "version">,
  onPreamble?: PreambleParts["onWritten"],
): Surroundings {
  const { profiles, brokenProfiles } = loadProfiles(loaded.folders);
  const trust = createTrust(home);
  const clock = systemClock;
  const signals = chooseSignals();
  const pipes = createPipeLauncher({ clock, signals });
  const asking = { launcher: pipes, clock, env, cwd: home };
  const versions = createVersions(asking);
  return {
    config: loaded.config,
    profiles,
    broken: new Map(
      Array.from(brokenProfiles, ([name, problems]) => [
        name,
        problems.map(formatProblem).join("; "),
      ]),
    ),
    project: (folder) =>
      applyProject(readProjectFiles(folder), { loaded, profiles, brokenProfiles, trust }),
    trust,
    preamble: createPreambles({
      folders: loaded.folders,
      clock,
      ...onPreamble && { onWritten: onPreamble },
    }),
    discovery: createDiscovery({ env, home }),
    env,
    cwd,
    home,
    signals,
    launcherFor: createLaunchers({ clock, signals, pipes }),
    asking,
    versions,
    fitVersion: createFitVersion({ versions, clock }),
  };
}

/** Prepares the program; nothing is opened before it is needed. */
export function createApp({ version, loaded, env, home, cwd }: AppOptions): App {
  const { config } = loaded;
  const { log_file: path, log_level: level, log_max_mb: megabytes, log_files: keep } =
    config.server;
  const redact = createRedactor(env);
  const logFile = createLog({ path, level, redact, maxBytes: megabytes * 1_000_000, keep });
  const log = tapLog(logFile);
  const clock = systemClock;
  const startedAt = clock.now();
  const hookFailures = createHookFailures(clock);
  const trustQuestions = createTrustQuestions({ trust: createTrust(home), clock, log, redact });
  let around: Surroundings | undefined;
  let built: Promise<BuiltParts> | undefined;
  /** What `built` has come to. */
  let working: BuiltParts | undefined;
  /** Parts whose database was taken away: who still holds them goes on until the end. */
  const retired: BuiltParts[] = [];
  const lostBefore: string[] = [];
  let stopped = false;

  return {
    log,
    redact,
    parts,
    health: (principal) => health(principal, { askVersions: true }),
    notices() {
      const lost = working?.store.lost();
      return [
        ...lostBefore,
        ...lost === undefined ? [] : [lost],
        ...working?.store.notices() ?? [],
      ];
    },
    async metrics() {
      const { describeMetrics } = await import("./engine/metrics.ts");
      return describeMetrics((await parts()).store);
    },
    jobsTaken: () =>
      [...retired, ...working ? [working] : []].reduce(
        (sum, { engine }) => sum + engine.taken(),
        0,
      ),
    async idle() {
      const parts = await built?.catch(() => undefined);
      await parts?.engine.idle();
    },
    async stop({ graceMs, answered }) {
      stopped = built === undefined;
      const parts = await built?.catch(() => undefined);
      await Promise.all([parts?.engine.interruptAll({ graceMs }), around?.versions.close()]);
      await answered?.();
      stopped = true;
      for (const each of [...retired, ...parts ? [parts] : []]) each.close();
      logFile[Symbol.dispose]();
    },
  };

  function parts(): Promise<AppParts> {
    if (stopped) {
      return Promise.reject(new AimuxError("interrupted", "The server is shutting down"));
    }
    retireLost();
    built ??= build().then((parts) => working = parts, (error) => {
      built = undefined;
      log.error("Cannot start", errorFacts(error));
      throw error;
    });
    return built;
  }

  /** A database that was removed or is damaged is begun anew as soon as no job holds it. */
  function retireLost(): void {
    const lost = working?.store.lost();
    if (lost === undefined || !working!.engine.isIdle()) return;
    log.warn("Beginning anew", { why: lost });
    lostBefore.push(sentences(lost.replace(/;[^;]*$/, ""), "A new one was begun"));
    working!.retire();
    retired.push(working!);
    working = built = undefined;
  }

  /** Whoever asked for a job finds its answer also where its database was taken away meanwhile. */
  function adoptHomeless(store: Store): void {
    for (const { engine } of retired) {
      for (const id of engine.homeless().splice(0)) {
        try {
          const job = engine.store.jobs.find(id);
          const session = job && engine.store.sessions.find(job.sessionId, job.principal);
          if (session) store.adopt(session, job);
        } catch (error) {
          log.error("The end of a job is lost with its database", {
            job: id,
            ...errorFacts(error),
          });
        }
      }
    }
  }

  async function health(
    principal: string,
    { askVersions }: { askVersions: boolean },
  ): Promise<Health> {
    const { describeHealth } = await import("./engine/health.ts");
    const open = await parts().catch((error) => ({ problem: problemOf(error) }));
    const { signals, versions, ...of } = surroundings();
    const told = await describeHealth({
      ...of,
      ...askVersions && { versions },
      version,
      startedAt,
      clock,
      log: log.state(),
      hookFailures,
      reach: signals.reach,
      principal,
      ..."store" in open
        ? {
          store: open.store,
          progress: open.engine.progress,
          unrecorded: open.engine.unrecorded(),
        }
        : { store: open },
    });
    return redact.facts(told);
  }

  function surroundings(): Surroundings {
    if (around) return around;
    around = lookAround(
      { loaded, env, home, cwd },
      ({ role, style }, files) => log.debug("Role prompt", { role, style, files }),
    );
    for (const [cli, problem] of around.broken) log.warn("Broken profile", { cli, problem });
    for (const { env } of around.profiles.values()) redact.learn(env);
    const { project } = around;
    around.project = function knownProject(folder) {
      const applied = project(folder);
      for (const { env } of applied.profiles?.values() ?? []) redact.learn(env);
      return applied;
    };
    return around;
  }

  async function build(): Promise<BuiltParts> {
    const parts = surroundings();
    const store = await whileBusy(() => openStore(config.server.db_path), { clock, tries: 3 });
    try {
      return await assemble(store, parts);
    } catch (error) {
      store.close();
      throw storageError(config.server.db_path, error, "use");
    }
  }

  async function assemble(
    store: Store,
    { signals, versions: _, ...around }: Surroundings,
  ): Promise<BuiltParts> {
    const onError = (error: unknown) => log.error("Unexpected", errorFacts(error));
    const onLeaseTrouble = (error: unknown) => log.warn("Lease trouble", errorFacts(error));
    const killGraceMs = config.server.kill_grace_seconds * 1000;
    const ids = createIds();
    const register = () =>
      takeOwnership({
        store,
        clock,
        ids,
        signals,
        killGraceMs,
        redact,
        log,
        onEnd: (ended) => void hooks.note(ended),
        onError: onLeaseTrouble,
      });
    const ownership = await whileBusy(register, { clock, tries: 5 });
    const hooks = createHooks({
      ...around,
      clock,
      owner: ownership.id,
      failures: hookFailures,
      log,
      redact,
    });
    // What fails here is tried again when the lease is renewed.
    await ownership.recover().catch(onLeaseTrouble);

    const closed = new AbortController();

    around.discovery.probeAll(around.profiles.values()).catch(onError);
    const engine = createEngine({
      ...around,
      hooks,
      store,
      ownership,
      clock,
      ids,
      log,
      redact,
      onError,
    });
    adoptHomeless(store);
    const bounds = boundsOf(config.server);
    void keepTidy({ store, clock, ...bounds, activity: engine, onError }, closed.signal);
    log.info("Started", {
      version,
      owner: ownership.id,
      reach: signals.reach,
      db_path: config.server.db_path,
      depth: env["AIMUX_DEPTH"] ?? "0",
    });
    const retire = () => {
      closed.abort();
      ownership.resign();
    };
    return {
      engine,
      store: engine.store,
      config,
      clock,
      health: (principal) => health(principal, { askVersions: false }),
      trust: trustQuestions,
      retire,
      close() {
        if (!closed.signal.aborted) retire();
        hooks.close();
        store.close();
        log.info("Stopped");
      },
    };
  }
}

/** An error in one line, with what to do about it. */
function problemOf(error: unknown): string {
  return sentences(messageOf(error), error instanceof AimuxError ? error.hint : undefined);
}
