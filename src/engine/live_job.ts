/** A job while this server has it in hand. */
import type { PrintedForm } from "../clis/live_line.ts";
import type { Capture } from "../process/capture.ts";
import type { Stop } from "./wait_for_end.ts";

/** The handle on a queued or running job of this server. */
export interface Live {
  /** How it prints, by the profile that it runs with, which may be a project's. */
  form: PrintedForm;
  /** Resolves when the job has ended and its end is recorded. */
  done: Promise<void>;
  /** Aborted with a {@linkcode Stop} as its reason. */
  readonly signal: AbortSignal;
  /** Ends the job; the first reason stands. */
  stop(reason: Stop): void;
  /** Tells where the output is recorded, once the process runs. */
  started(output: LiveOutput): void;
  /** The output while it is being recorded; undefined before the process runs. */
  readonly output: LiveOutput | undefined;
  /** Tells that there is something new to see. */
  changed(): void;
  /** Called at each change, until the signal aborts. */
  onChange(listener: () => void, signal: AbortSignal): void;
}

/** Both streams of the process. */
export interface LiveOutput {
  stdout: Capture;
  stderr: Capture;
}

/** Makes the handle of a job that is about to be executed, its output of this form. */
export function liveJob(form: PrintedForm): Live {
  const controller = new AbortController();
  const listeners = new Set<() => void>();
  let output: LiveOutput | undefined;
  const changed = () => {
    for (const listener of listeners) listener();
  };
  return {
    form,
    done: Promise.resolve(),
    signal: controller.signal,
    stop(reason) {
      if (!controller.signal.aborted) controller.abort(reason);
    },
    started(captures) {
      output = captures;
      changed();
    },
    get output() {
      return output;
    },
    changed,
    onChange(listener, signal) {
      if (signal.aborted) return;
      listeners.add(listener);
      signal.addEventListener("abort", () => listeners.delete(listener), { once: true });
    },
  };
}
