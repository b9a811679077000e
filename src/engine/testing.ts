/** An engine for tests: a real store, a clock that is turned, and processes that only seem to run. */
import type { Discovery } from "../clis/discovery.ts";
import { asNewest, testProfile } from "../clis/testing.ts";
import { configSchema } from "../config/schema.ts";
import { createRedactor } from "../lib/redact.ts";
import { type TestClock, testClock } from "../lib/testing_clock.ts";
import { type Logged, testLog } from "../lib/testing_log.ts";
import type { ProcessEnd, RunningProcess, SpawnOptions, SpawnPlan } from "../process/launcher.ts";
import type { Left } from "../process/left.ts";
import type { Store } from "../store/store.ts";
import { type TestStore, testStore } from "../store/testing.ts";
import { createHookFailures } from "./hooks/failures.ts";
import { createHooks } from "./hooks/hooks.ts";
import { createEngine, type Engine, type EngineParts } from "./engine.ts";

/** A process that a test ends. */
export interface FakeProcess {
  plan: SpawnPlan;
  /** The graces with which it was asked to end. */
  asked: number[];
  /** What cannot be ended of it. */
  left: Left[];
  print(text: string, to?: "stdout" | "stderr"): void;
  exit(code?: number, signal?: string): void;
}

/** The engine with all that is around it. */
export interface TestEngine extends AsyncDisposable {
  engine: Engine;
  store: TestStore;
  clock: TestClock;
  /** What was started so far. */
  processes: FakeProcess[];
  /** Failures that no caller waited for. */
  errors: unknown[];
  /** What was logged so far. */
  logged: Logged[];
  /** Waits until so many processes were started. */
  started(count: number): Promise<FakeProcess>;
}

/** What a test can vary. */
export interface TestEngineOptions {
  /** Keys of the profile of the CLI `prog`. */
  profile?: Record<string, unknown>;
  server?: Record<string, unknown>;
  hooks?: Record<string, unknown>;
  /** Whether processes go on when they are asked to end. */
  stubborn?: boolean;
  /** Stands between the engine and its store. */
  between?(store: TestStore): Store;
  parts?: Partial<EngineParts>;
}

/** Makes it; processes that still seem to run at the end of its scope are interrupted. */
export function testEngine(options: TestEngineOptions = {}): TestEngine {
  const store = testStore();
  const clock = testClock();
  const processes: FakeProcess[] = [];
  const errors: unknown[] = [];
  const log = testLog();
  let wake = Promise.withResolvers<void>();
  let jobs = 0;
  let sessions = 0;

  const launcher = {
    reach: "group" as const,
    launch(plan: SpawnPlan, { stdout, stderr, onOutput, onErrors }: SpawnOptions): RunningProcess {
      const end = Promise.withResolvers<ProcessEnd>();
      const process: FakeProcess = {
        plan,
        asked: [],
        left: [],
        print(text, to = "stdout") {
          const chunk = new TextEncoder().encode(text);
          (to === "stdout" ? stdout : stderr).write(chunk);
          if (to === "stdout") onOutput?.(chunk);
          else onErrors?.(chunk);
        },
        exit(code = 0, signal) {
          stdout.close();
          stderr.close();
          const { left } = process;
          end.resolve({ code, signal: signal ?? null, ...left.length > 0 && { left } });
        },
      };
      processes.push(process);
      wake.resolve();
      wake = Promise.withResolvers();
      return {
        pid: 1_000_000 + processes.length,
        startTime: "never:1",
        ended: end.promise,
        end(graceMs) {
          process.asked.push(graceMs);
          if (options.stubborn) return end.promise.then(() => process.left);
          process.exit(143, "SIGTERM");
          return Promise.resolve(process.left);
        },
      };
    },
  };

  const profile = testProfile(options.profile);
  const config = configSchema.parse({
    server: { ...options.server },
    hooks: { ...options.hooks },
    roles: { default: { cli: profile.name } },
  });
  const discovery: Discovery = {
    probeAll: () => Promise.resolve(),
    find: ({ binary }) => Promise.resolve({ path: `/bin/${binary}` }),
  };
  const launcherFor = () => Promise.resolve(launcher);
  const redact = createRedactor({});
  const hooks = createHooks({
    config,
    discovery,
    launcherFor,
    clock,
    env: {},
    home: store.folder,
    owner: "own_1",
    failures: createHookFailures(clock),
    log,
    redact,
  });
  const engine = createEngine({
    config,
    profiles: new Map([[profile.name, profile]]),
    broken: new Map(),
    project: () => ({ config, warnings: [] }),
    preamble: () => Promise.resolve(""),
    discovery,
    fitVersion: asNewest,
    store: options.between?.(store) ?? store,
    ownership: { id: "own_1", recover: () => Promise.resolve(), resign() {} },
    launcherFor,
    clock,
    ids: {
      job: () => `job_${String(++jobs).padStart(4, "0")}`,
      session: () => `ses_${++sessions}`,
      owner: () => "own_1",
    },
    env: {},
    cwd: store.folder,
    hooks,
    log,
    redact,
    onError: (error) => errors.push(error),
    ...options.parts,
  });

  return {
    engine,
    store,
    clock,
    processes,
    errors,
    logged: log.entries,
    async started(count) {
      while (processes.length < count) await wake.promise;
      return processes[count - 1]!;
    },
    async [Symbol.asyncDispose]() {
      if (options.stubborn) { for (const process of processes) process.exit(137, "SIGKILL"); }
      await engine.interruptAll({ graceMs: 0 });
      await clock.advance(0);
      hooks.close();
      store[Symbol.dispose]();
    },
  };
}
