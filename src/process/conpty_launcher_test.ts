import assert from "node:assert/strict";
import { systemClock as clock } from "../lib/clock.ts";
import { captureTo } from "./capture.ts";
import { createConptyLauncher } from "./conpty_launcher.ts";
import type { Launcher, RunningProcess, SpawnPlan } from "./launcher.ts";
import type { Signals } from "./signals.ts";
import { type FakeOptions, fakeWindows } from "./windows/fake_kernel.ts";

const childOnly: Signals = {
  reach: "child",
  group: () => false,
  process: () => false,
  groupExists: () => false,
};

/** A launcher on a stand-in for Windows, with the recorded output. */
function testConsole(options: FakeOptions = {}) {
  const folder = Deno.makeTempDirSync();
  const windows = fakeWindows(options);
  const onPipes: string[] = [];
  const pipes: Launcher = {
    reach: "child",
    launch(plan) {
      onPipes.push(plan.command);
      return { pid: 1 } as RunningProcess;
    },
  };
  const launcher = createConptyLauncher({
    clock,
    signals: childOnly,
    pipes,
    openKernel32: () => windows.kernel,
  });
  const stdout = captureTo(`${folder}/stdout`);
  const stderr = captureTo(`${folder}/stderr`);
  return {
    windows,
    onPipes,
    stdout,
    launch: (plan: Partial<SpawnPlan> = {}) =>
      launcher.launch({
        command: "C:\\bin\\codex.exe",
        args: [],
        cwd: "C:\\work",
        env: {},
        ...plan,
      }, { stdout, stderr }),
    [Symbol.dispose]: () => Deno.removeSync(folder, { recursive: true }),
  };
}

Deno.test("a program is started on a console with exactly its arguments and environment", async () => {
  using at = testConsole();
  const stdin = "é".repeat(3000);
  const process = at.launch({ args: ["a b", '"'], env: { B: "2", A: "1" }, stdin });
  const { started } = at.windows;
  assert.equal(started!.program, "C:\\bin\\codex.exe\0");
  assert.equal(started!.line, '"C:\\bin\\codex.exe" "a b" "\\""\0');
  assert.equal(started!.environment, "A=1\0B=2\0\0");
  assert.equal(started!.cwd, "C:\\work\0");
  assert.equal(started!.flags, 0x80400);
  assert.deepEqual([...started!.attributes.keys()], [0x20016n, 0x20002n]);
  // The list of inherited handles holds standard input alone.
  const list = Deno.UnsafePointer.create(started!.attributes.get(0x20002n)!)!;
  const input = started!.info.getBigUint64(80, true);
  assert.equal(new Deno.UnsafePointerView(list).getBigUint64(), input);

  assert.equal(await at.windows.input(), stdin);
  at.windows.print("out\r\n");
  at.windows.print("\x1b[1mmore");
  at.windows.exit(7);
  assert.deepEqual(await process.ended, { code: 7, signal: null });
  assert.deepEqual([process.pid, process.terminal, process.warning], [4242, true, undefined]);
  assert.equal(at.stdout.text().text(), "out\r\n\x1b[1mmore");
  assert.equal(at.windows.openHandles, 0);
});

Deno.test("without text standard input is at its end at once", async () => {
  using at = testConsole();
  const process = at.launch();
  assert.equal(await at.windows.input(), "");
  at.windows.exit(0);
  await process.ended;
});

Deno.test("to end a process its console is closed, and after the grace it is terminated", async () => {
  using polite = testConsole();
  const first = polite.launch();
  assert.deepEqual(await first.end(60_000), []);
  assert.equal((await first.ended).code, -1073741510);
  assert.deepEqual(await first.end(0), []);

  using deaf = testConsole({ endsWithConsole: false });
  const second = deaf.launch();
  assert.deepEqual(await second.end(10), []);
  assert.equal((await second.ended).code, 1);
  assert.deepEqual([polite.windows.openHandles, deaf.windows.openHandles], [0, 0]);
});

Deno.test("batch files are run on pipes, and so is everything where there is no console", () => {
  using batch = testConsole();
  const first = batch.launch({ command: "C:\\npm\\codex.CMD" });
  assert.deepEqual(batch.onPipes, ["C:\\npm\\codex.CMD"]);
  assert.equal(batch.windows.started, undefined);
  assert.equal(
    first.warning,
    'There is no pseudo-terminal, pipes were used instead: "C:\\npm\\codex.CMD" is a batch file',
  );

  using old = testConsole({ console: -2147467263 });
  const second = old.launch();
  assert.deepEqual(old.onPipes, ["C:\\bin\\codex.exe"]);
  assert.match(second.warning!, /the system has none to give \(0x80004001\)$/);
  assert.equal(old.windows.openHandles, 0);
});

Deno.test("a program that does not start leaves nothing open", async () => {
  for (
    const [code, kind] of [
      [2, Deno.errors.NotFound],
      [267, Deno.errors.NotFound],
      [5, Deno.errors.PermissionDenied],
      [193, Error],
      [206, Error],
      [8, Error],
    ] as const
  ) {
    using at = testConsole({ start: code });
    assert.throws(() => at.launch(), kind);
    await Promise.resolve();
    assert.equal(at.windows.openHandles, 0);
  }
  using at = testConsole();
  assert.throws(() => at.launch({ args: ["a\0b"] }), TypeError);
  await Promise.resolve();
  assert.deepEqual([at.windows.started, at.windows.openHandles], [undefined, 0]);
});

Deno.test({
  name: "without the run permission nothing is started on a console either",
  permissions: { run: ["/bin/ls"], ffi: true, read: true, write: true },
  fn() {
    using at = testConsole();
    assert.throws(() => at.launch(), Deno.errors.NotCapable);
    assert.deepEqual([at.windows.started, at.onPipes.length], [undefined, 0]);
  },
});
