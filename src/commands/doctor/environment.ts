/** The variables that aimux itself reads. */
import type { Redactor } from "../../lib/redact.ts";
import type { DoctorReport } from "./report.ts";

/** Those with a name of their own; the keys of the configuration have theirs besides. */
const KNOWN: readonly [name: string, use: string][] = [
  ["HOME", "the home folder: configuration, database, well-known folders of CLIs"],
  ["PATH", "where the CLIs are looked for"],
  ["AIMUX_CONFIG_DIR", "a folder of configuration between the built-in one and the user's"],
  ["AIMUX_AUTH_TOKEN", "server.auth_token; never passed on to a CLI"],
  ["AIMUX_DEPTH", "how deep aimux runs inside itself"],
  ["MCP_TRANSPORT", "server.transport.type"],
  ["PORT", "server.transport.port"],
  ["NO_COLOR", "where it is set: no colours and no control sequences"],
  ["TERM", "where it is dumb: no colours and no control sequences"],
];

/** What the environment says to aimux: the known variables, set or not, and the keys that it sets. */
export function describeEnvironment(
  env: Record<string, string>,
  redact: Redactor,
): DoctorReport["environment"] {
  const names = Object.keys(env).filter((name) =>
    /^AIMUX_(?:SERVER|CIRCUIT_BREAKER|ROLE)_/.test(name)
  )
    .sort();
  const all = [...KNOWN, ...names.map((name): [string, string] => [name, "the key of its name"])];
  const safe = redact.facts(env);
  return all.map(([name, use]) => {
    const value = safe[name];
    return { name, use, ...value !== undefined && { value } };
  });
}
