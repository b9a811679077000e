/** Starts a process that sleeps ten minutes, so that nothing stays for ever if a test forgets it. */
export function sleepingChild(
  { setsid = false, hold_stdout = false }: { setsid?: boolean; hold_stdout?: boolean },
): number {
  const [program, ...args] = Deno.build.os === "windows"
    ? ["ping", "-n", "600", "127.0.0.1"]
    : ["sleep", "600"];
  const child = new Deno.Command(program!, {
    args,
    stdin: "null",
    stdout: hold_stdout ? "inherit" : "null",
    stderr: "null",
    detached: setsid,
  }).spawn();
  child.unref();
  return child.pid;
}
