/** Does the steps of a scenario. */
import type { Ended, Turn } from "./cli.ts";
import { FAILURES, otherFailure } from "./failures.ts";
import { flood, floodText } from "./flood.ts";
import { BAD_BYTE, write } from "./output.ts";
import { sleepingChild } from "./sleeping_child.ts";
import type { Step, Steps } from "./steps.ts";
import type { Store } from "./store.ts";

type Outcome = Ended | void | Promise<Ended | void>;

/** Does the steps in turn until one ends the call; if none does, the answer is good. */
export async function perform(steps: Step[], turn: Turn, store: Store): Promise<Ended> {
  const performers = performersFor(turn, store) as Record<string, (args: unknown) => Outcome>;
  for (const step of steps) {
    for (const [name, args] of Object.entries(step)) {
      const performer = performers[name] ?? unknownStep(name, Object.keys(performers));
      const ended = await performer(args);
      if (ended) return ended;
    }
  }
  return turn.answer(mockText(turn));
}

/** Keeps the program running until a signal ends it. */
export function forever(): Promise<never> {
  return new Promise(() => setInterval(() => {}, 2 ** 30));
}

/** What the model says by itself: what it saw, how many turns and characters. */
function mockText({ prompt, seen = prompt, turns }: Turn): string {
  let chars = 0;
  for (const _ of seen) chars++;
  return `MOCK: ${seen} [turns=${turns} chars=${chars}]`;
}

function performersFor(
  turn: Turn,
  store: Store,
): { [K in keyof Steps]: (args: Steps[K]) => Outcome } {
  return {
    async print(args) {
      const { text, to = "stdout", after_ms = 0 } = typeof args === "string"
        ? { text: args }
        : args;
      if (after_ms > 0) await milliseconds(after_ms);
      write(to, text);
    },
    hang: forever,
    ignore_term() {
      const signals: Deno.Signal[] = Deno.build.os === "windows"
        ? ["SIGINT", "SIGBREAK"]
        : ["SIGTERM", "SIGHUP", "SIGINT"];
      for (const signal of signals) Deno.addSignalListener(signal, () => {});
    },
    fork(options) {
      const pid = sleepingChild(options);
      store.append("children.jsonl", { pid, parent: Deno.pid, ...options });
    },
    flood({ bytes = 50_000_000, line = 1_000, as = "noise", to = "stdout" }) {
      if (as === "answer") return turn.answer(floodText({ bytes, line }));
      flood(to, { bytes, line });
    },
    line(bytes) {
      write("stdout", `begin\n${"x".repeat(bytes)}\nend\n`);
    },
    invalid_utf8(as) {
      const text = `not ${BAD_BYTE}${BAD_BYTE} UTF-8`;
      if (as === "answer") return turn.answer(text);
      write("stdout", text + "\n");
    },
    fail: (kind) => turn.fail(FAILURES[kind]),
    failure_event: (message) => ({ ...turn.fail(otherFailure(message)), code: 0 }),
    nothing: () => ({ code: 0 }),
    exit: (code) => ({ code }),
    signal(signal) {
      Deno.kill(Deno.pid, signal);
      return forever();
    },
    wait_ms: milliseconds,
    linger() {
      const { stdout = "", stderr = "" } = turn.answer(mockText(turn));
      write("stderr", stderr);
      write("stdout", stdout);
      return forever();
    },
    answer: (text) => turn.answer(text),
  };
}

function milliseconds(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function unknownStep(name: string, known: string[]): never {
  throw new Error(`Unknown step "${name}"; the steps are ${known.join(", ")}`);
}
