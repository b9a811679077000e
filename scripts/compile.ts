/**
 * Makes the binary: bundles and minifies the program, compiles it with its configuration inside
 * and its permissions spelled out, and runs it once to prove that it starts.
 *
 *     deno task compile [--target TRIPLE] [--output PATH]
 *
 * `deno compile` takes its runtime from DENORT_BIN where that is set; it must be of the same
 * version, or the binary compiles and then panics.
 */
import { parseArgs } from "node:util";
import { bundle } from "./bundle.ts";

/** One by one, so that a reader sees what the program may do. */
const PERMISSIONS = [
  "--allow-read", // configuration, output of jobs, where the CLIs are
  "--allow-write", // database, output of jobs, log
  "--allow-net", // the network transports
  "--allow-env", // configuration, and what is passed on to CLIs
  "--allow-sys", // the home folder
  "--allow-run", // the CLIs
  "--allow-ffi", // pseudo-terminals; signals to process groups where run is narrowed
  "--allow-import", // with all eight Deno lets the supervisor read /proc
  "--no-prompt",
];

const BUILD = "dist/build";

const { values: given } = parseArgs({
  args: Deno.args,
  options: { target: { type: "string" }, output: { type: "string" } },
});
const output = given.output ?? "dist/aimux";

await bundle(BUILD);
await deno(
  "compile",
  "--quiet",
  "--no-check",
  ...PERMISSIONS,
  ...given.target ? ["--target", given.target] : [],
  "--include",
  `${BUILD}/config`,
  "--output",
  output,
  `${BUILD}/main.js`,
);
if (given.target && given.target !== Deno.build.target) {
  console.log(`Compiled ${output} for ${given.target}; it was not run on this machine`);
} else {
  const tools = await proveStart(Deno.build.os === "windows" ? `${output}.exe` : output);
  console.log(`Compiled ${output}; it starts and lists ${tools.join(", ")}`);
}

async function deno(...args: string[]): Promise<void> {
  const { success } = await new Deno.Command(Deno.execPath(), { args }).spawn().status;
  if (!success) throw new Error(`deno ${args[0]} failed`);
}

/** Asks the binary for its tools, in an empty home. */
async function proveStart(binary: string): Promise<string[]> {
  const home = await Deno.makeTempDir();
  try {
    const path = await Deno.realPath(binary);
    const child = new Deno.Command(path, {
      cwd: home,
      clearEnv: true,
      env: { HOME: home, USERPROFILE: home, PATH: Deno.env.get("PATH") ?? "" },
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const writer = child.stdin.getWriter();
    const request = { jsonrpc: "2.0", id: 1, method: "tools/list", params: {} };
    await writer.write(new TextEncoder().encode(JSON.stringify(request) + "\n"));
    await writer.close();
    const { code, stdout } = await child.output();
    const text = new TextDecoder().decode(stdout);
    if (code !== 0 || !text) throw new Error(`The binary does not start (exit code ${code})`);
    return JSON.parse(text).result.tools.map(({ name }: { name: string }) => name);
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}
