/** The signals that ask the program to end. */
import { ignoresHangup } from "./hangup.ts";

/** They are the same for the server and for commands. */
const SIGNALS: readonly Deno.Signal[] = Deno.build.os === "windows"
  ? ["SIGINT", "SIGBREAK"]
  : ["SIGTERM", "SIGINT", "SIGHUP"];

const NUMBERS: Partial<Record<Deno.Signal, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGTERM: 15,
  SIGBREAK: 21,
};

/**
 * Resolves with the name of the first one that comes; from now on none ends the program itself.
 * SIGHUP counts for nothing where `nohup` has started the program.
 */
export function firstStopSignal(): Promise<Deno.Signal> {
  const deaf = ignoresHangup();
  if (Deno.build.os !== "windows") failWhereFilesMayNotGrow();
  return new Promise((resolve) => {
    for (const signal of SIGNALS) {
      // Deno, once it listens to any signal, lets SIGHUP end the program that has ignored it.
      const listener = deaf && signal === "SIGHUP" ? () => {} : () => resolve(signal);
      Deno.addSignalListener(signal, listener);
    }
  });
}

/** At a limit such as that of `ulimit -f` the write fails then, as on a full disk. */
function failWhereFilesMayNotGrow(): void {
  Deno.addSignalListener("SIGXFSZ", () => {});
}

/** The exit code of a program that a signal ended, as shells tell it. */
export function exitCodeOfSignal(signal: Deno.Signal): number {
  return 128 + (NUMBERS[signal] ?? 0);
}
