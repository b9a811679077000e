import { roleEntries } from "./check.ts";
import { merge, type Settings, valueAt } from "./merge.ts";

/**
 * Lays one layer of the main configuration over another.
 *
 * A role that goes to another CLI leaves the model and the effort of the layer below behind: they
 * were chosen for the CLI it had, and another one would refuse them.
 */
export function overlay(below: Settings, above: Settings): Settings {
  const rerouted = roleEntries(above).filter(([role, { cli }]) =>
    cli !== undefined && cli !== valueAt(below, ["roles", role, "cli"])
  );
  const base = merge({}, below);
  for (const [role] of rerouted) {
    const route = valueAt(base, ["roles", role]) as Settings | undefined;
    delete route?.model;
    delete route?.reasoning_effort;
  }
  return merge(base, above);
}
