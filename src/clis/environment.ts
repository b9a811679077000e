/** The environment of a child: an allow-list, its profile's own keys, and nothing else. */
import type { CliProfile } from "../config/profile.ts";

/**
 * What programs need, whatever they do; a final `*` stands for any rest. None of it is a secret, but
 * for the password that the address of a proxy may have.
 */
const ALLOWED = [
  // Themselves, the user and the terminal
  ...["PATH", "HOME", "USER", "LOGNAME", "SHELL", "TMPDIR", "TMP", "TEMP", "XDG_*"],
  ...["TERM", "COLORTERM", "NO_COLOR", "LANG", "LANGUAGE", "LC_*", "TZ"],
  // The network and its certificates
  ...["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY"],
  ...["http_proxy", "https_proxy", "no_proxy", "all_proxy"],
  ...["SSL_CERT_FILE", "SSL_CERT_DIR", "NIX_SSL_CERT_FILE", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO"],
  ...["REQUESTS_CA_BUNDLE", "AWS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "NODE_USE_SYSTEM_CA"],
  ...["NODE_USE_ENV_PROXY", "NODE_OPTIONS"],
  // Where logins are kept, and git's way to others
  ...[
    "DBUS_SESSION_BUS_ADDRESS",
    "SSH_AUTH_SOCK",
    "SSH_AGENT_PID",
    "GNUPGHOME",
    "GIT_CONFIG_GLOBAL",
  ],
  ...["GIT_SSH", "GIT_SSH_COMMAND", "GIT_AUTHOR_*", "GIT_COMMITTER_*"],
  // Version managers and tool chains: the CLI itself may be run by one, and so may what it builds.
  // By name: others of theirs, such as MISE_GITHUB_TOKEN, are secrets.
  ...["NVM_DIR", "NVM_BIN", "NVM_INC", "FNM_DIR", "FNM_MULTISHELL_PATH", "VOLTA_HOME", "N_PREFIX"],
  ...["ASDF_DIR", "ASDF_DATA_DIR", "MISE_DATA_DIR", "MISE_CONFIG_DIR", "MISE_SHELL"],
  ...["NPM_CONFIG_PREFIX", "PNPM_HOME", "BUN_INSTALL", "DENO_DIR", "DENO_INSTALL", "NODE_PATH"],
  ...[
    "PYENV_ROOT",
    "PYENV_VERSION",
    "VIRTUAL_ENV",
    "CONDA_PREFIX",
    "CONDA_EXE",
    "CONDA_DEFAULT_ENV",
  ],
  ...["PIPX_HOME", "PIPX_BIN_DIR", "UV_TOOL_DIR", "UV_TOOL_BIN_DIR", "PYTHONPATH", "PYTHONUTF8"],
  ...["PYTHONIOENCODING", "RBENV_ROOT", "RBENV_VERSION", "GOPATH", "GOROOT", "CARGO_HOME"],
  ...["RUSTUP_HOME", "JAVA_HOME", "ANDROID_HOME", "DOTNET_ROOT", "LD_LIBRARY_PATH"],
  ...[
    "HOMEBREW_PREFIX",
    "HOMEBREW_CELLAR",
    "HOMEBREW_REPOSITORY",
    "WSL_DISTRO_NAME",
    "WSL_INTEROP",
  ],
  // Windows
  ...["Path", "PATHEXT", "SystemRoot", "SYSTEMROOT", "SystemDrive", "windir", "COMSPEC", "ComSpec"],
  ...["APPDATA", "LOCALAPPDATA", "ProgramData", "ALLUSERSPROFILE", "PUBLIC", "OS"],
  ...["ProgramFiles", "ProgramFiles(x86)", "ProgramW6432", "CommonProgramFiles"],
  ...["USERPROFILE", "USERNAME", "USERDOMAIN", "HOMEDRIVE", "HOMEPATH", "COMPUTERNAME"],
  ...["NUMBER_OF_PROCESSORS", "PROCESSOR_ARCHITECTURE", "PSModulePath", "MSYSTEM"],
] as const;

/** aimux's own tokens are never passed on, whatever a profile allows or sets, in whatever case. */
const NEVER = /^AIMUX_(?:\w+_)?AUTH_TOKENS?(?:_|$)/i;

/**
 * The whole environment of a run.
 *
 * @param env The server's environment.
 * @param added What this run adds, such as the effort level and aimux's own depth.
 */
export function childEnvironment(
  profile:
    & Pick<CliProfile, "env" | "env_allow">
    & Partial<Pick<CliProfile, "env_default" | "files_default">>,
  env: Record<string, string>,
  added: Record<string, string>,
  os: typeof Deno.build.os = Deno.build.os,
): Record<string, string> {
  // Windows does not tell PATH from Path, and programs write such names as they like.
  const known = os === "windows" ? (name: string) => name.toUpperCase() : (name: string) => name;
  const allowed = matcher([...ALLOWED, ...profile.env_allow].map(known));
  const own = { ...profile.env_default, ...profile.files_default };
  const passed = Object.entries(env).filter(([name]) =>
    allowed(known(name)) || Object.hasOwn(own, name)
  );
  const all = {
    ...profile.env_default,
    ...Object.fromEntries(passed),
    ...profile.env,
    ...added,
  };
  return Object.fromEntries(Object.entries(all).filter(([name]) => !NEVER.test(name)));
}

function matcher(patterns: readonly string[]): (name: string) => boolean {
  const exact = new Set(patterns.filter((pattern) => !pattern.endsWith("*")));
  const prefixes = patterns.filter((pattern) => pattern.endsWith("*"))
    .map((pattern) => pattern.slice(0, -1));
  return (name) => exact.has(name) || prefixes.some((prefix) => name.startsWith(prefix));
}
