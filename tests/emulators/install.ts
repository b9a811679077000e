/** Puts emulated CLIs where a PATH finds them. */
import type { Emulation } from "./builder.ts";
import { binaryOf, type CliName } from "./cli.ts";
import { writeProgram } from "../program_file.ts";

/** Which CLIs: names for the good ones, emulations for those with a scenario. */
export type Emulators = readonly CliName[] | { readonly [cli in CliName]?: Emulation };

const DENO_FLAGS = [
  "run",
  "-A",
  "--quiet",
  "--no-prompt",
  "--no-check",
  "--no-config",
  "--no-lock",
  "--no-remote",
  "--no-npm",
];

/**
 * Writes a program for each CLI into `binDir`, `cn` for continue; the folder is made if it is
 * missing. A later call replaces a CLI's scenario.
 *
 * @param options.denoDir where Deno caches the emulator's code; by default one folder for the
 * user, so that the programs start fast and write nothing into the HOME they are given
 */
export async function installEmulators(
  binDir: string,
  emulators: Emulators,
  { denoDir = defaultDenoDir() }: { denoDir?: string } = {},
): Promise<void> {
  await Deno.mkdir(`${binDir}/.scenarios`, { recursive: true });
  const folder = await Deno.realPath(binDir);
  for (const [cli, emulation] of entriesOf(emulators)) {
    const scenario = `${folder}/.scenarios/${cli}.json`;
    const steps = { id: crypto.randomUUID(), ...emulation?.scenario ?? { calls: [[]] } };
    await Deno.writeTextFile(scenario, JSON.stringify(steps));
    await writeShim(`${folder}/${binaryOf(cli)}`, denoDir, [cli, "--emulator-scenario", scenario]);
  }
}

async function writeShim(path: string, denoDir: string, args: string[]): Promise<void> {
  const program = new URL("./emulator.ts", import.meta.url);
  const command = [Deno.execPath(), ...DENO_FLAGS, pathOf(program), ...args];
  if (Deno.build.os === "windows") {
    const quoted = command.map((word) => `"${word}"`).join(" ");
    await Deno.writeTextFile(
      `${path}.cmd`,
      `@set "DENO_DIR=${denoDir}"\r\n@set DENO_NO_UPDATE_CHECK=1\r\n@${quoted} %*\r\n`,
    );
    return;
  }
  const quoted = command.map(shellQuoted).join(" ");
  const text = `#!/bin/sh\nexport DENO_NO_UPDATE_CHECK=1 DENO_DIR=${shellQuoted(denoDir)}\n` +
    `exec ${quoted} "$@"\n`;
  await writeProgram(path, text);
}

function entriesOf(emulators: Emulators): [CliName, Emulation | undefined][] {
  return isList(emulators)
    ? emulators.map((cli) => [cli, undefined])
    : Object.entries(emulators) as [CliName, Emulation][];
}

function isList(emulators: Emulators): emulators is readonly CliName[] {
  return Array.isArray(emulators);
}

function pathOf(url: URL): string {
  const path = decodeURIComponent(url.pathname);
  return Deno.build.os === "windows" ? path.slice(1) : path;
}

function shellQuoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

function defaultDenoDir(): string {
  const temporary = Deno.env.get("TMPDIR") ?? Deno.env.get("TEMP") ?? "/tmp";
  return `${temporary.replace(/[\\/]$/, "")}/aimux-emulators-deno-${Deno.uid() ?? "user"}`;
}
