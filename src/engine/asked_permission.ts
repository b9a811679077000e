/** The permission that a caller asks for, by either of its two parameters. */
import type { Permission } from "../config/permission.ts";
import { AimuxError } from "../lib/errors.ts";

/** How a call can say what its run may do. */
export interface AskedPermission {
  permission?: Permission | undefined;
  /** true is short for `read_only`, false only says that it is not. */
  read_only?: boolean | undefined;
}

/**
 * What both parameters say together; undefined where neither is given.
 *
 * @throws AimuxError `invalid_input` where they contradict each other.
 */
export function askedPermission(
  { permission, read_only }: AskedPermission,
): Permission | undefined {
  if (read_only === undefined) return permission;
  if (permission === undefined) return read_only ? "read_only" : "write";
  if (read_only === (permission === "read_only")) return permission;
  throw new AimuxError(
    "invalid_input",
    `permission "${permission}" and read_only ${read_only} contradict each other`,
    { hint: "Pass one of them", details: { permission, read_only } },
  );
}
