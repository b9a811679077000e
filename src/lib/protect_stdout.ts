/**
 * Keeps standard output for the protocol: whatever a dependency logs goes to standard error.
 *
 * Imported for its effect, before anything else is.
 */
import process from "node:process";

const toStderr = console.error.bind(console);
for (
  const name of ["log", "info", "debug", "dir", "table", "group", "timeLog", "timeEnd"] as const
) {
  console[name] = toStderr;
}
process.stdout.write = process.stderr.write.bind(process.stderr) as typeof process.stdout.write;

const stdout = {
  write: Deno.stdout.write.bind(Deno.stdout),
  writeSync: Deno.stdout.writeSync.bind(Deno.stdout),
};
Deno.stdout.write = Deno.stderr.write.bind(Deno.stderr);
Deno.stdout.writeSync = Deno.stderr.writeSync.bind(Deno.stderr);

/** Writes all of the bytes to the real standard output. */
export async function writeStdout(bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await stdout.write(bytes.subarray(at));
}
