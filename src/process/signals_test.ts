import assert from "node:assert/strict";
import { chooseSignals } from "./signals.ts";

const posix = Deno.build.os !== "windows";

/** Runs with another `Deno.kill`. */
function withKill(kill: typeof Deno.kill, work: () => void): void {
  const original = Deno.kill;
  Deno.kill = kill;
  try {
    work();
  } finally {
    Deno.kill = original;
  }
}

Deno.test("signals reach groups where the system has them", () => {
  assert.equal(chooseSignals().reach, posix ? "group" : "child");
});

Deno.test({
  name: "a group that does not exist is told, not thrown",
  ignore: !posix,
  fn() {
    const signals = chooseSignals();
    assert.equal(signals.groupExists(2 ** 30), false);
    assert.equal(signals.group(2 ** 30, "SIGTERM"), false);
  },
});

Deno.test({
  name: "a group that may not be signalled exists",
  ignore: !posix,
  fn() {
    const denied = () => {
      throw new Deno.errors.PermissionDenied("Operation not permitted (os error 1)");
    };
    withKill(denied, () => {
      const signals = chooseSignals();
      assert.equal(signals.groupExists(7), true);
      assert.equal(signals.group(7, "SIGKILL"), true);
    });
  },
});

Deno.test({
  name: "without an unrestricted run permission the C library signals groups just the same",
  ignore: !posix,
  async fn() {
    const program = `
      import { chooseSignals } from "${new URL("./signals.ts", import.meta.url)}";
      const signals = chooseSignals();
      const child = new Deno.Command("/bin/sleep", { args: ["600"], detached: true }).spawn();
      const before = [signals.reach, signals.groupExists(child.pid)];
      signals.group(child.pid, "SIGTERM");
      if (signals.reach === "child") child.kill("SIGTERM");
      const { signal } = await child.status;
      console.log(JSON.stringify([...before, signal, signals.group(child.pid, "SIGKILL")]));
    `;
    const script = Deno.makeTempFileSync({ suffix: ".ts" });
    try {
      Deno.writeTextFileSync(script, program);
      const run = async (...flags: string[]) => {
        const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
          args: ["run", "--quiet", "--no-prompt", "--allow-run=/bin/sleep", ...flags, script],
        }).output();
        const text = new TextDecoder().decode(stdout);
        assert.ok(text !== "", new TextDecoder().decode(stderr));
        return JSON.parse(text);
      };
      assert.deepEqual(await run("--allow-ffi"), ["group", true, "SIGTERM", false]);
      assert.deepEqual(await run(), ["child", false, "SIGTERM", false]);
    } finally {
      Deno.removeSync(script);
    }
  },
});
