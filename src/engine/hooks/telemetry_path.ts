import { join } from "node:path";

/** The file that telemetry goes to: the configured one, else one beside aimux's own files. */
export function telemetryPath({ path }: { path?: string | undefined }, home: string): string {
  return path ?? join(home, ".config", "aimux", "telemetry.jsonl");
}
