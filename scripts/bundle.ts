/** Makes a few files of the program's many, with its configuration beside them. */
import { fileURLToPath } from "node:url";

/**
 * Bundles and minifies `main.ts` into `<folder>/main.js` and its chunks; `<folder>/config` is the
 * configuration. In chunks, since what is imported both at the start and later would else be
 * initialized later: Deno 2.9 then finds no zod when the MCP SDK asks for it.
 *
 * @throws Error where `deno bundle` fails; it fetches its bundler from npm when it first runs
 */
export async function bundle(folder: string): Promise<void> {
  await Deno.remove(folder, { recursive: true }).catch(ignoreMissing);
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["bundle", "--quiet", "--platform=deno", "--minify", "--code-splitting"],
      ...[`--outdir=${folder}`, `${ROOT}main.ts`],
    ],
    cwd: ROOT,
  }).spawn().status;
  if (!success) throw new Error("deno bundle failed");
  await copyFolder(`${ROOT}config`, `${folder}/config`);
}

const ROOT = fileURLToPath(new URL("../", import.meta.url));

async function copyFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await copyFolder(`${from}/${name}`, `${to}/${name}`);
    else await Deno.copyFile(`${from}/${name}`, `${to}/${name}`);
  }
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
