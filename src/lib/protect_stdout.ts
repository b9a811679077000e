/**
 * Keeps standard output for the protocol: whatever a dependency logs goes to standard error.
 *
 * Imported for its effect, before anything else is.
 */
import process from "node:process";

/** These print to standard error anyway, or print nothing. */
const HARMLESS = ["error", "warn", "trace", "assert", "clear", "time", "timeStamp"];

const toStderr = console.error.bind(console);
for (const [name, method] of Object.entries(console)) {
  if (typeof method !== "function" || HARMLESS.includes(name)) continue;
  Object.assign(console, { [name]: toStderr });
}
process.stdout.write = process.stderr.write.bind(process.stderr) as typeof process.stdout.write;

const write = Deno.stdout.write.bind(Deno.stdout);
Deno.stdout.write = Deno.stderr.write.bind(Deno.stderr);
Deno.stdout.writeSync = Deno.stderr.writeSync.bind(Deno.stderr);
Object.defineProperty(Deno.stdout, "writable", { get: () => Deno.stderr.writable });

/** Writes all of the bytes to the real standard output. */
export async function writeStdout(bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await write(bytes.subarray(at));
}
