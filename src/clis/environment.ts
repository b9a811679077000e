/** The environment of a child: an allow-list, its profile's own keys, and nothing else. */
import type { CliProfile } from "../config/profile.ts";

/** What programs need to find themselves, the user, the network and the language. */
const ALLOWED = [
  "PATH",
  "HOME",
  "USER",
  "LOGNAME",
  "SHELL",
  "LANG",
  "LANGUAGE",
  "LC_*",
  "TZ",
  "TERM",
  "COLORTERM",
  "TMPDIR",
  "TMP",
  "TEMP",
  "XDG_*",
  "SSH_AUTH_SOCK",
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "NO_PROXY",
  "ALL_PROXY",
  "http_proxy",
  "https_proxy",
  "no_proxy",
  "all_proxy",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "NODE_EXTRA_CA_CERTS",
  "REQUESTS_CA_BUNDLE",
  "NVM_*",
  "VOLTA_HOME",
  "DBUS_SESSION_BUS_ADDRESS",
  // Windows
  "Path",
  "PATHEXT",
  "SystemRoot",
  "SYSTEMROOT",
  "SystemDrive",
  "windir",
  "COMSPEC",
  "ComSpec",
  "APPDATA",
  "LOCALAPPDATA",
  "ProgramData",
  "ProgramFiles",
  "ProgramFiles(x86)",
  "USERPROFILE",
  "USERNAME",
  "HOMEDRIVE",
  "HOMEPATH",
] as const;

/** Never passed on, whatever a profile allows. */
const NEVER = "AIMUX_AUTH_TOKEN";

/**
 * The whole environment of a run.
 *
 * @param env The server's environment.
 * @param added What this run adds, such as the effort level and aimux's own depth.
 */
export function childEnvironment(
  profile: CliProfile,
  env: Record<string, string>,
  added: Record<string, string>,
  os: typeof Deno.build.os = Deno.build.os,
): Record<string, string> {
  // Windows does not tell PATH from Path, and programs write such names as they like.
  const known = os === "windows" ? (name: string) => name.toUpperCase() : (name: string) => name;
  const allowed = matcher([...ALLOWED, ...profile.env_allow].map(known));
  const passed = Object.entries(env)
    .filter(([name]) => known(name) !== NEVER && allowed(known(name)));
  return { ...Object.fromEntries(passed), ...profile.env, ...added };
}

function matcher(patterns: readonly string[]): (name: string) => boolean {
  const exact = new Set(patterns.filter((pattern) => !pattern.endsWith("*")));
  const prefixes = patterns.filter((pattern) => pattern.endsWith("*"))
    .map((pattern) => pattern.slice(0, -1));
  return (name) => exact.has(name) || prefixes.some((prefix) => name.startsWith(prefix));
}
