import assert from "node:assert/strict";
import { spawnError } from "./spawn_error.ts";

Deno.test("a failed start says what is wrong with what, by the kind that Deno has for it", () => {
  const folder = Deno.makeTempDirSync();
  try {
    const script = `${folder}/script`;
    Deno.writeTextFileSync(script, "#!/no/such/interpreter\n");
    const error = (code: number, command: string, cwd = folder) =>
      spawnError(code, { command, cwd });
    const { NotFound, PermissionDenied, NotADirectory } = Deno.errors;
    const none = `${folder}/none`;

    const cases = [
      [error(2, none), NotFound, `There is no program "${none}"`],
      [
        error(2, script),
        NotFound,
        `The program that the first line of "${script}" names is not there`,
      ],
      [error(2, script, none), NotFound, `There is no folder "${none}" to run it in`],
      [error(20, `${script}/x`), NotFound, `There is no program "${script}/x"`],
      [error(20, none, script), NotADirectory, `The folder "${script}" is none`],
      [error(13, script), PermissionDenied, `"${script}" may not be executed (os error 13)`],
      [error(8, script), Error, `"${script}" is no program and names none in its first line`],
      [error(7, script), Error, "The arguments and the environment are too long for the system"],
      [error(11, script), Error, `The system refused to start "${script}" (os error 11)`],
    ] as const;
    for (const [found, kind, message] of cases) {
      assert.ok(found instanceof kind, `${found}`);
      assert.equal(found.message, message);
    }
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
