/** A job while this server has it in hand. */
import type { Capture } from "../process/capture.ts";
import type { Stop } from "./wait_for_end.ts";

/** The handle on a queued or running job of this server. */
export interface Live {
  /** Resolves when the job has ended and its end is recorded. */
  done: Promise<void>;
  /** Aborted with a {@linkcode Stop} as its reason. */
  readonly signal: AbortSignal;
  /** Ends the job; the first reason stands. */
  stop(reason: Stop): void;
  /** Tells where the output is recorded, once the process runs. */
  started(stdout: Capture): void;
  /** What was printed last and when, or undefined before the process runs. */
  progress(now: number): string | undefined;
}

/** Makes the handle of a job that is about to be executed. */
export function liveJob(): Live {
  const controller = new AbortController();
  let stdout: Capture | undefined;
  return {
    done: Promise.resolve(),
    signal: controller.signal,
    stop(reason) {
      if (!controller.signal.aborted) controller.abort(reason);
    },
    started(capture) {
      stdout = capture;
    },
    progress(now) {
      if (!stdout) return undefined;
      if (stdout.bytes === 0) return "No output yet";
      const seconds = Math.round((now - stdout.lastWriteAt) / 1000);
      return `${stdout.bytes} bytes of output, the last ${seconds} s ago`;
    },
  };
}
