import assert from "node:assert/strict";
import { createPipeLauncher } from "./pipe_launcher.ts";
import { chooseSignals, type Signals } from "./signals.ts";
import {
  createTestPtyLauncher,
  runningMembers,
  type TestLauncher,
  testLauncher,
} from "./testing.ts";

const linux = Deno.build.os === "linux";
const posix = Deno.build.os !== "windows";

const LAUNCHERS = { pipes: createPipeLauncher, terminals: createTestPtyLauncher };

/** Tests a promise that both launchers hold. */
function launcherTest(
  name: string,
  fn: (at: TestLauncher, kind: string) => Promise<void> | void,
  { ignore = !posix, signals }: { ignore?: boolean; signals?: Signals } = {},
): void {
  for (const [kind, create] of Object.entries(LAUNCHERS)) {
    Deno.test({
      name: `${name} (${kind})`,
      ignore,
      async fn() {
        await using at = testLauncher({ create, ...signals && { signals } });
        await fn(at, kind);
      },
    });
  }
}

launcherTest("what a process prints is recorded, and how it ended is told", async (at, kind) => {
  const good = at.start("echo out; echo err >&2");
  const bad = at.start("exit 7");
  const killed = at.start("kill -9 $$");
  assert.deepEqual(await good.ended, { code: 0, signal: null });
  const printed = kind === "pipes" ? ["out\n", "err\n"] : ["out\nerr\n", ""];
  assert.deepEqual([good.stdout(), good.stderr()], printed);
  assert.equal(good.terminal, kind === "pipes" ? undefined : true);
  assert.equal(good.warning, undefined);
  assert.deepEqual(await bad.ended, { code: 7, signal: null });
  assert.deepEqual(await killed.ended, { code: 137, signal: "SIGKILL" });
});

launcherTest(
  "arguments, environment and folder arrive exactly, without a shell between",
  async (at) => {
    const odd = [
      "",
      "é".repeat(50_000),
      "a b",
      "$HOME `id` $(id)",
      "\"'\\",
      "*",
      "-x",
      "日本 😀",
      "two\nlines",
    ];
    const args = at.start("", { command: "/usr/bin/printf", args: ["<%s>", ...odd] });
    const env = at.start("", { command: "/usr/bin/env", args: [], env: { ONLY: "this = one\n" } });
    const cwd = at.start("", { command: "/bin/pwd", args: [] });
    await Promise.all([args.ended, env.ended, cwd.ended]);
    assert.equal(args.stdout(), odd.map((arg) => `<${arg}>`).join(""));
    assert.equal(env.stdout(), "ONLY=this = one\n\n");
    assert.equal(cwd.stdout(), `${at.folder}\n`);
  },
);

launcherTest(
  "standard input arrives whole and ends; without one the process reads the end at once",
  async (at) => {
    const lines = "line of 😀 text\n".repeat(60_000);
    const line = "語".repeat(350_000);
    const fed = at.start("cat", { stdin: lines });
    const long = at.start("cat", { stdin: line });
    const none = at.start("cat; echo over");
    const empty = at.start("cat; echo over", { stdin: "" });
    await Promise.all([fed.ended, long.ended, none.ended, empty.ended]);
    assert.ok(fed.stdout() === lines);
    assert.ok(long.stdout() === line);
    assert.deepEqual([none.stdout(), empty.stdout()], ["over\n", "over\n"]);
  },
);

launcherTest("a process need not read its standard input", async (at) => {
  const stdin = "x".repeat(1_000_000);
  const deaf = at.start("exit 3", { stdin });
  const picky = at.start("head -c 3", { stdin });
  assert.equal((await deaf.ended).code, 3);
  await picky.ended;
  assert.equal(picky.stdout(), "xxx");
});

launcherTest("a large output is recorded to the last byte", async (at) => {
  const process = at.start("head -c 8000000 /dev/zero | tr '\\0' x; echo end");
  await process.ended;
  const printed = process.stdout();
  assert.equal(printed.length, 8_000_004);
  assert.ok(printed.endsWith("xend\n"));
});

launcherTest(
  "a program that is not there, or may not be run, throws what the system says",
  (at) => {
    assert.throws(() => at.start("", { command: `${at.folder}/none` }), Deno.errors.NotFound);
    Deno.writeTextFileSync(`${at.folder}/plain`, "", { mode: 0o644 });
    assert.throws(
      () => at.start("", { command: `${at.folder}/plain` }),
      Deno.errors.PermissionDenied,
    );
    assert.throws(() => at.start("", { cwd: `${at.folder}/none` }), Deno.errors.NotFound);
    assert.throws(() => at.start("", { args: ["a\0b"] }));
    assert.throws(() => at.start("", { env: { A: "a\0b" } }));
  },
);

launcherTest(
  "end asks the whole group and then makes sure, also of what ignores the asking",
  async (at) => {
    const polite = at.start(
      "exec 2>/dev/null; trap 'echo bye; exit 5' TERM; echo up; while :; do sleep 0.01; done",
    );
    const stubborn = at.start(
      "trap '' TERM; sh -c 'while :; do sleep 1; done' & echo up; wait; wait",
    );
    await Promise.all([polite.prints(/up/), stubborn.prints(/up/)]);

    const asked = performance.now();
    assert.deepEqual(await polite.end(60_000), []);
    assert.ok(performance.now() - asked < 30_000, "nobody waited for the whole grace");
    assert.equal((await polite.ended).code, 5);
    assert.equal(polite.stdout(), "up\nbye\n");

    assert.deepEqual(await stubborn.end(50), []);
    assert.equal((await stubborn.ended).signal, "SIGKILL");
    if (linux) assert.deepEqual(runningMembers(stubborn.pid), []);
  },
);

launcherTest(
  "what a process leaves in its group ends with it, also while it holds the output open",
  async (at) => {
    const process = at.start("sleep 600 & echo left; sleep 600 >/dev/null 2>&1 & exit 0");
    assert.equal((await process.ended).code, 0);
    assert.equal(process.stdout(), "left\n");
    if (linux) assert.deepEqual(runningMembers(process.pid), []);
  },
);

launcherTest("end after the end does nothing, and ends at the same time agree", async (at) => {
  const done = at.start("true");
  await done.ended;
  assert.deepEqual(await done.end(1000), []);
  const process = at.start("echo up; sleep 600");
  await process.prints(/up/);
  assert.deepEqual(await Promise.all([process.end(1000), process.end(1000)]), [[], []]);
});

launcherTest(
  "a process that left the group and holds every descriptor does not hold up the end",
  async (at) => {
    const process = at.start(
      "mkfifo up; setsid sh -c 'echo $$; echo >up; sleep 600' & read up <up; exit 0",
      {
        stdin: "x".repeat(1_000_000),
      },
    );
    const daemon = Number(await process.prints(/\d+\n/));
    assert.equal((await process.ended).code, 0);
    Deno.kill(-daemon, "SIGKILL");
  },
  { ignore: !linux },
);

const childOnly: Signals = {
  reach: "child",
  group: () => false,
  process: () => false,
  groupExists: () => false,
};

launcherTest("where signals reach no group the process itself is ended", async (at) => {
  const process = at.start("trap '' TERM; echo up; while :; do sleep 0.05; done");
  await process.prints(/up/);
  assert.deepEqual(await process.end(20), []);
  assert.equal((await process.ended).signal, "SIGKILL");
}, { signals: childOnly });

launcherTest("a process leads a group of its own, which is known by its pid", async (at) => {
  const process = at.start("echo up; exec sleep 600");
  await process.prints(/up/);
  assert.equal(chooseSignals().groupExists(process.pid), true);
  if (linux) assert.ok(runningMembers(process.pid)?.includes(process.pid));
  await process.end(1000);
  await process.ended;
  assert.equal(chooseSignals().groupExists(process.pid), false);
});
