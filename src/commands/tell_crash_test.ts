import assert from "node:assert/strict";

Deno.test("an error that nobody handles is logged, told without secrets, and ends the program", async (t) => {
  const ways = {
    "error": "setTimeout(() => { throw new Error('lost correct horse'); })",
    "rejection": "void Promise.reject(new Error('lost correct horse'))",
  };
  const folder = await Deno.makeTempDir({ prefix: "crash_" });
  const at = (path: string) => new URL(path, import.meta.url);
  const config = at("../../deno.json").pathname;
  for (const [way, statement] of Object.entries(ways)) {
    await t.step(way, async () => {
      const path = `${folder}/${way}.log`;
      const program = `
        import { createLog } from "${at("../lib/log.ts")}";
        import { createRedactor } from "${at("../lib/redact.ts")}";
        import { tellCrash } from "${at("./tell_crash.ts")}";
        const redact = createRedactor({ MY_TOKEN: "correct horse" });
        tellCrash({ log: createLog({ path: Deno.args[0], level: "info", redact }), redact });
        ${statement};
        setTimeout(() => Deno.exit(9), 60_000);`;
      await Deno.writeTextFile(`${folder}/program.ts`, program);
      const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "-q", "--no-check", `--config=${config}`, `${folder}/program.ts`, path],
      }).output();
      assert.deepEqual([code, stdout.length], [1, 0]);
      assert.equal(new TextDecoder().decode(stderr), "aimux cannot go on: lost [redacted]\n");
      const line = JSON.parse(await Deno.readTextFile(path));
      assert.deepEqual([line.level, line.message, line.error], [
        "error",
        "Crashed",
        "lost [redacted]",
      ]);
      assert.match(line.stack, /program\.ts/);
    });
  }
  await Deno.remove(folder, { recursive: true });
});
