/** What a job's result tells of processes that go on after it. */
import type { CliProfile } from "../config/profile.ts";
import type { Launcher } from "../process/launcher.ts";
import type { Left } from "../process/left.ts";
import { canTellStartTimes } from "../process/start_time.ts";

/** A warning, where there is something to tell. */
export function leftWarning(left: readonly Left[]): string[] {
  if (left.length === 0) return [];
  const pids = left.map(({ pid }) => pid).join(", ");
  return [`Processes that could not be ended: ${pids}; aimux://health lists those that still run`];
}

/** A CLI has answered, and stays. */
export function lingersWarning({ name }: Pick<CliProfile, "name">): string {
  return `${name} went on after its answer and is being ended; aimux://health tells where it cannot be`;
}

/** What of a run that was ended may still be there, unseen. */
export function outOfReachWarning(reach: Launcher["reach"]): string[] {
  if (reach === "child") {
    return [
      "Only the CLI itself was ended, not what it may have started: aimux is run without " +
      "permission for more (--allow-run without a list, or --allow-ffi)",
    ];
  }
  if (Deno.build.os === "windows" || canTellStartTimes()) return [];
  return [
    "Only the CLI's process group was ended: what has left it cannot be seen where aimux may " +
    "not, or cannot, read /proc",
  ];
}
