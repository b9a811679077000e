import assert from "node:assert/strict";
import { cannotStart } from "./cannot_start.ts";

Deno.test("a start that failed is told by what is gone: the folder, the program, or neither", () => {
  const folder = Deno.makeTempDirSync();
  try {
    const path = `${folder}/prog`;
    const profile = { name: "prog", install: "npm i prog" };
    const told = (cwd: string, error: Error) => {
      const { code, message, hint } = cannotStart({ profile, path, cwd }, error);
      return [code, message, hint];
    };
    const missing = new Deno.errors.NotFound("entity not found");
    assert.deepEqual(told(`${folder}/none`, missing), [
      "invalid_input",
      `Cannot start "prog": the folder "${folder}/none" is gone`,
      "Make it again, or pass another cwd",
    ]);
    assert.deepEqual(told(folder, missing), [
      "cli_not_installed",
      `Cannot start "prog": "${path}" is gone`,
      "Install it with: npm i prog",
    ]);
    Deno.writeTextFileSync(path, "#!/no/such/interpreter\n");
    assert.deepEqual(told(folder, missing), [
      "failed",
      `Cannot start "prog" (${path}): entity not found`,
      "Run the program by hand to see what is wrong with it",
    ]);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
