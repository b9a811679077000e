import assert from "node:assert/strict";
import type { Launcher } from "../process/launcher.ts";
import { testClock } from "../lib/testing_clock.ts";
import { loginOf } from "./logins.ts";
import { testProfile } from "./testing.ts";

/** Ends every program at once with a code, and notes its arguments. */
function ending(code: number, calls: string[]): Launcher {
  return {
    reach: "group",
    launch({ args }, { stdout, stderr }) {
      calls.push(args.join(" "));
      stdout.close();
      stderr.close();
      const ended = Promise.resolve({ code, signal: null });
      return { pid: 1, startTime: undefined, ended, end: () => Promise.resolve([]) };
    },
  };
}

Deno.test("a login is told by a variable, a file or the program, and else unknown", async () => {
  const home = await Deno.makeTempDir({ prefix: "logins_" });
  try {
    await Deno.mkdir(`${home}/.prog`);
    const calls: string[] = [];
    const look = (login_check: unknown, env: Record<string, string> = {}, code = 0) =>
      loginOf({
        profile: testProfile({ login_check }),
        path: "/bin/prog",
        signal: new AbortController().signal,
      }, { launcher: ending(code, calls), clock: testClock(), env, cwd: home, home });

    const check = { args: ["login", "status"], env: ["PROG_KEY"], files: ["~/.prog/auth.json"] };
    assert.deepEqual(await look(check, { PROG_KEY: "x" }), {
      logged_in: "yes",
      login_by: "PROG_KEY is set",
    });
    assert.deepEqual(calls, [], "nothing has to be asked");
    const told = { login_by: '"prog login status" says so' };
    assert.deepEqual(await look(check, { PROG_KEY: "" }, 1), { logged_in: "no", ...told });
    assert.deepEqual(await look(check), { logged_in: "yes", ...told });
    assert.deepEqual(calls, ["login status", "login status"]);

    const files = { files: ["$NOWHERE/x", "~/.prog", "~/.prog/*.json"] };
    assert.deepEqual(await look(files), { logged_in: "unknown" }, "a folder is no login");
    await Deno.writeTextFile(`${home}/.prog/auth.json`, "{}");
    assert.deepEqual(await look(files), {
      logged_in: "yes",
      login_by: `"${home}/.prog/auth.json" is there`,
    });
    assert.deepEqual(await look(undefined), { logged_in: "unknown" });
  } finally {
    await Deno.remove(home, { recursive: true });
  }
});
