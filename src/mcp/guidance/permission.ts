/** The permission of a job in calls that are suggested after it: no more, and no less. */
import type { Permission } from "../../config/permission.ts";
import type { Call } from "./guidance.ts";

/** What is known of a job's permission. */
export interface Permitted {
  permission?: Permission | undefined;
}

/** The arguments that keep it; `write` is what a call has by itself. */
export function keepingPermission({ permission }: Permitted): Call {
  if (permission === "read_only") return { read_only: true };
  return permission === "full" ? { permission } : {};
}

/** The same as changes of a call, which may have asked for something else in vain. */
export function changesKeepingPermission(job: Permitted, call: Call): Call {
  if (call["permission"] === job.permission) return {};
  const kept = keepingPermission(job);
  return Object.keys(kept).length === 0
    ? {}
    : { permission: undefined, read_only: undefined, ...kept };
}

/** Whether a call says what its run may do. */
export function saysPermission(call: Call): boolean {
  return call["permission"] !== undefined || call["read_only"] !== undefined;
}
