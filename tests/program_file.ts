/** Writes scripts that tests run as programs. */

const WRITE = 'umask 022 && cat > "$1.new" && chmod 755 "$1.new" && mv -f "$1.new" "$1"';

/**
 * Writes an executable script; one that is there already is replaced at once.
 *
 * A process of its own writes it: a file that is open for writing cannot be executed, and a child
 * that another thread of this process starts in that moment would hold it open.
 */
export async function writeProgram(path: string, script: string): Promise<void> {
  const child = new Deno.Command("/bin/sh", { args: ["-c", WRITE, "sh", path], stdin: "piped" })
    .spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(script));
  await writer.close();
  const { success } = await child.status;
  if (!success) throw new Error(`Cannot write the program "${path}"`);
}
