/**
 * The program under test: the sources, the bundle of them that AIMUX_TEST_BUNDLE names, or the
 * binary that AIMUX_TEST_BINARY names.
 */

/** How to start it. */
export const PROGRAM: { command: string; args: string[] } = programUnderTest();

function programUnderTest(): { command: string; args: string[] } {
  const binary = Deno.env.get("AIMUX_TEST_BINARY");
  if (binary) return { command: binary, args: [] };
  const root = new URL("../../", import.meta.url).pathname;
  const bundle = Deno.env.get("AIMUX_TEST_BUNDLE");
  return {
    command: Deno.execPath(),
    // The permissions of the binary, one by one; `deno.json` has them as the set "serve".
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      "--no-check",
      ...bundle ? ["--no-config", "--unstable-no-legacy-abort"] : [`--config=${root}deno.json`],
      ...["read", "write", "net", "env", "sys", "run", "ffi", "import"].map((name) =>
        `--allow-${name}`
      ),
      bundle ?? `${root}main.ts`,
    ],
  };
}

/** Variables for Deno itself, which must find its cache although HOME is a test's own. */
export function denoEnv(): Record<string, string> {
  const home = Deno.env.get("HOME") ?? "";
  return {
    DENO_DIR: Deno.env.get("DENO_DIR") ??
      `${Deno.env.get("XDG_CACHE_HOME") ?? `${home}/.cache`}/deno`,
    DENO_NO_UPDATE_CHECK: "1",
  };
}
