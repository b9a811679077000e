/** Asks the hooks before a run. */
import { type BeforeHook, HOOK_SECONDS } from "../../config/hooks.ts";
import { AimuxError } from "../../lib/errors.ts";
import { createLanes } from "../../lib/lanes.ts";
import { applies } from "./applies.ts";
import { askProgram } from "./ask_program.ts";
import { failedClosed, forbidden, reasonOf } from "./blocked.ts";
import { type BeforeAnswer, beforeAnswer, type BeforeRun, HOOK_VERSION } from "./documents.ts";
import type { HookParts } from "./hooks.ts";
import { withoutSecrets } from "./redact_secrets.ts";
import { understand, type Understood } from "./understand.ts";

/** How long all of them may take together: their caller waits for them. */
const TOTAL_MS = 40_000;
/** How many are asked at once. */
const LANES = 8;
/** JSON may write a byte of a prompt as six. */
const BYTES_OF_A_BYTE = 6;
const OTHER_BYTES = 65_536;

/** What a hook may change of a run. */
export type Change = Pick<
  Extract<BeforeAnswer, { verdict: "modify" }>,
  "prompt" | "model" | "reasoning_effort"
>;

/** A run that is about to be taken, in whatever form its asker has it. */
export interface Subject<State> {
  state: State;
  /** Hooks that were asked about it already; those that are asked now are added. */
  asked: Set<string>;
  facts(state: State): BeforeRun;
  /** @throws AimuxError where a run must not be so */
  change(state: State, change: Change): Promise<State>;
}

/** What passed, and what its caller should know. */
export interface Passed<State> {
  state: State;
  warnings: string[];
}

/** Asks all hooks that a run concerns. */
export type AskBefore = <State>(
  subject: Subject<State>,
  signal: AbortSignal,
) => Promise<Passed<State>>;

/**
 * Makes the asking. It
 *
 * @throws AimuxError `blocked` where a hook says so, or fails and must not, and what the signal
 * aborts with.
 */
export function createAskBefore(parts: HookParts): AskBefore {
  const { clock, failures, log, config } = parts;
  const inTurn = createLanes(LANES);

  return async function askBefore({ state, asked, facts, change }, signal) {
    const deadline = clock.now() + TOTAL_MS;
    const warnings: string[] = [];
    for (;;) {
      // From the first each time: a change may have led to another CLI, which concerns others.
      const run = facts(state);
      const hook = config.hooks.before.find((each) => !asked.has(each.name) && applies(each, run));
      if (!hook) return { state, warnings };
      asked.add(hook.name);
      const reply = await inTurn(() => ask(hook, run, deadline, signal));
      if (signal.aborted) throw reasonOfAbort(signal);
      const failure = "failure" in reply ? reply.failure : await take(hook, reply.answer);
      failures.record("before", hook.name, failure);
      if (failure === undefined) continue;
      log.warn("Hook failed", { hook: hook.name, event: "before", failure });
      if (hook.on_failure === "closed") throw failedClosed("before", hook.name, failure);
      warnings.push(`Hook "${hook.name}" failed and was passed over: ${failure}`);
    }

    /** Does as the hook says; returns what is wrong with that. */
    async function take(hook: BeforeHook, answer: BeforeAnswer): Promise<string | undefined> {
      const { name } = hook;
      log.debug("Hook answered", { hook: name, event: "before", verdict: answer.verdict });
      if (answer.verdict === "proceed") return undefined;
      if (answer.verdict === "block") {
        const reason = reasonOf(answer);
        log.info("Hook blocked a call", { hook: name, reason });
        failures.record("before", name, undefined);
        throw forbidden("before", name, reason);
      }
      const { prompt, model, reasoning_effort } = answer;
      const wanted = {
        ...prompt !== undefined && { prompt },
        ...model !== undefined && { model },
        ...reasoning_effort !== undefined && { reasoning_effort },
      };
      const changed = Object.keys(wanted);
      if (changed.length === 0) {
        return 'its answer with the verdict "modify" has neither prompt, model nor reasoning_effort';
      }
      try {
        state = await change(state, wanted);
      } catch (error) {
        if (error instanceof AimuxError) return `its change cannot be taken: ${error.message}`;
        throw error;
      }
      const reason = reasonOf(answer);
      log.info("Hook changed a call", { hook: name, changed });
      warnings.push(changeWarning(hook, changed, reason));
      return undefined;
    }
  };

  async function ask(
    hook: BeforeHook,
    run: BeforeRun,
    deadline: number,
    signal: AbortSignal,
  ): Promise<Understood<BeforeAnswer>> {
    if (hook.command === undefined) return { answer: withoutSecrets(run.prompt, parts.redact) };
    const own = (hook.timeout_seconds ?? HOOK_SECONDS) * 1000;
    const left = Math.max(0, deadline - clock.now());
    if (left === 0) return { failure: `its turn did not come within ${TOTAL_MS / 1000} seconds` };
    const reply = await askProgram(
      {
        command: hook.command,
        env_allow: hook.env_allow,
        document: { version: HOOK_VERSION, event: "before", hook: hook.name, run },
        maxBytes: config.server.max_prompt_bytes * BYTES_OF_A_BYTE + OTHER_BYTES,
        milliseconds: Math.min(own, left),
        limit: own <= left
          ? "timeout_seconds"
          : "what is left of the time that all hooks have together",
      },
      parts,
      signal,
    );
    if (reply === "stopped") return { failure: "the call was over" };
    return "failure" in reply ? reply : understand(reply.said, beforeAnswer);
  }
}

function changeWarning(
  { name, builtin }: BeforeHook,
  changed: readonly string[],
  reason: string | undefined,
): string {
  if (builtin !== undefined) return `Hook "${name}" ${reason}`;
  const what = `Hook "${name}" changed the ${changed.join(" and ")}`;
  return reason === undefined ? what : `${what}: ${reason}`;
}

function reasonOfAbort({ reason }: AbortSignal): AimuxError {
  if (reason instanceof AimuxError) return reason;
  return new AimuxError("cancelled", "The call was taken back before its hooks had answered");
}
