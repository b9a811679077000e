/** What a result tells of output that is not on disk as it was printed. */
import { messageOf } from "../lib/errors.ts";
import type { Capture } from "../process/capture.ts";

/** Warnings about both streams of a run that has ended. */
export function outputWarnings(
  streams: Readonly<Record<"standard output" | "standard error", Capture>>,
): string[] {
  return Object.entries(streams).flatMap(([name, { failure, lost, bytes, leftOut }]) => [
    ...failure === undefined ? [] : [
      `Not all of ${name} could be kept on disk: ${messageOf(failure)}` +
      (lost === 0 ? "; the answer was made from all of it all the same" : ""),
    ],
    ...leftOut === 0 ? [] : [
      `Of the ${bytes} bytes on ${name} ${leftOut} in the middle were left out ` +
      "(server.max_output_mb)",
    ],
  ]);
}
