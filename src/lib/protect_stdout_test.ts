import assert from "node:assert/strict";

const module = new URL("./protect_stdout.ts", import.meta.url).href;

const PROGRAM = `
  import { writeStdout } from "${module}";
  import process from "node:process";
  for (const [name, method] of Object.entries(console)) {
    if (typeof method === "function" && name !== "clear") method.call(console, "noise " + name);
  }
  process.stdout.write("noise process\\n");
  Deno.stdout.writeSync(new TextEncoder().encode("noise writeSync\\n"));
  await Deno.stdout.write(new TextEncoder().encode("noise write\\n"));
  await Deno.stdout.writable.getWriter().write(new TextEncoder().encode("noise writable\\n"));
  await writeStdout(new TextEncoder().encode("protocol\\n"));
`;

Deno.test("whatever is logged, only the protocol reaches standard output", async () => {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--ext=ts", PROGRAM],
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  assert.equal(code, 0, text(stderr));
  assert.equal(text(stdout), "protocol\n");
  for (
    const way of ["log", "table", "group", "count", "process", "writeSync", "write", "writable"]
  ) {
    assert.match(text(stderr), new RegExp(`noise ${way}`));
  }
});
