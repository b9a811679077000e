/** Which of Deno's permissions this process has. */
import type { DoctorReport } from "./report.ts";

type Permission = DoctorReport["permissions"][number];

/** What aimux would touch; each is looked at where the permission is not granted as a whole. */
export interface PermissionNeeds {
  /** Paths that are read, and those that are written. */
  read: readonly string[];
  write: readonly string[];
  /** Programs that are started: paths, or names of those that were not found. */
  run: readonly string[];
  env: readonly string[];
}

/** All eight, in the order in which the documentation lists them. */
export function describePermissions({ read, write, run, env }: PermissionNeeds): Permission[] {
  return [
    of("read", "configuration, output of jobs, where the CLIs are", read, (path) => ({ path })),
    of("write", "database, output of jobs, log", write, (path) => ({ path })),
    of("net", "listening, where the transport is http or sse", [], () => ({})),
    of("env", "configuration, and what is passed on to CLIs", env, (variable) => ({ variable })),
    of("sys", "the home folder", ["homedir"], (kind) => ({ kind })),
    of(
      "run",
      "the CLIs and hooks, and ending their process groups",
      run,
      (command) => ({ command }),
    ),
    of("ffi", "pseudo-terminals, and ending groups where run is narrowed", [], () => ({})),
    of("import", "with all eight Deno lets aimux read /proc", [], () => ({})),
  ];
}

function of(
  name: string,
  use: string,
  needs: readonly string[],
  narrowed: (need: string) => Record<string, string>,
): Permission {
  if (granted({ name })) return { name, state: "granted", use };
  const allowed = needs.filter((need) => granted({ name, ...narrowed(need) }));
  return allowed.length === 0
    ? { name, state: "denied", use }
    : { name, state: "narrowed", allowed, use };
}

/** Deno's type does not know all of the names and kinds that there are. */
function granted(descriptor: Record<string, string>): boolean {
  try {
    const asked = descriptor as unknown as Deno.PermissionDescriptor;
    return Deno.permissions.querySync(asked).state === "granted";
  } catch {
    return false;
  }
}
