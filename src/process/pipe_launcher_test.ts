import assert from "node:assert/strict";
import { runningMembers } from "./proc.ts";
import { chooseSignals } from "./signals.ts";
import { testLauncher } from "./testing.ts";

const linux = Deno.build.os === "linux";
const posix = Deno.build.os !== "windows";

/** A test that needs a POSIX shell. */
function posixTest(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, ignore: !posix, fn });
}

posixTest("what a process prints is recorded, and how it ended is told", async () => {
  await using at = testLauncher();
  const good = at.start("echo out; echo err >&2");
  const bad = at.start("exit 7");
  const killed = at.start("kill -9 $$");
  assert.deepEqual(await good.ended, { code: 0, signal: null });
  assert.deepEqual([good.stdout(), good.stderr()], ["out\n", "err\n"]);
  assert.deepEqual(await bad.ended, { code: 7, signal: null });
  assert.deepEqual(await killed.ended, { code: 137, signal: "SIGKILL" });
});

posixTest("arguments, environment and folder arrive exactly, without a shell between", async () => {
  await using at = testLauncher();
  const odd = ["", "a b", "$HOME `id` $(id)", "\"'\\", "*", "-x", "日本 😀", "two\nlines"];
  const args = at.start("", { command: "/usr/bin/printf", args: ["<%s>", ...odd] });
  const env = at.start("", { command: "/usr/bin/env", args: [], env: { ONLY: "this = one\n" } });
  const cwd = at.start("", { command: "/bin/pwd", args: [] });
  await Promise.all([args.ended, env.ended, cwd.ended]);
  assert.equal(args.stdout(), odd.map((arg) => `<${arg}>`).join(""));
  assert.equal(env.stdout(), "ONLY=this = one\n\n");
  assert.equal(cwd.stdout(), `${at.folder}\n`);
});

posixTest(
  "standard input arrives whole and ends; without one the process reads the end at once",
  async () => {
    await using at = testLauncher();
    const text = "line of 😀 text\n".repeat(60_000);
    const fed = at.start("cat", { stdin: text });
    const empty = at.start("cat; echo over");
    await Promise.all([fed.ended, empty.ended]);
    assert.ok(fed.stdout() === text);
    assert.equal(empty.stdout(), "over\n");
  },
);

posixTest("a process need not read its standard input", async () => {
  await using at = testLauncher();
  const stdin = "x".repeat(1_000_000);
  const deaf = at.start("exit 3", { stdin });
  const picky = at.start("head -c 3", { stdin });
  assert.equal((await deaf.ended).code, 3);
  await picky.ended;
  assert.equal(picky.stdout(), "xxx");
});

posixTest("a large output is recorded to the last byte", async () => {
  await using at = testLauncher();
  const process = at.start("head -c 8000000 /dev/zero | tr '\\0' x; echo end");
  await process.ended;
  const printed = process.stdout();
  assert.equal(printed.length, 8_000_004);
  assert.ok(printed.endsWith("xend\n"));
});

posixTest(
  "a program that is not there, or may not be run, throws what the system says",
  async () => {
    await using at = testLauncher();
    assert.throws(() => at.start("", { command: `${at.folder}/none` }), Deno.errors.NotFound);
    Deno.writeTextFileSync(`${at.folder}/plain`, "", { mode: 0o644 });
    assert.throws(
      () => at.start("", { command: `${at.folder}/plain` }),
      Deno.errors.PermissionDenied,
    );
  },
);

posixTest(
  "end asks the whole group and then makes sure, also of what ignores the asking",
  async () => {
    await using at = testLauncher();
    const polite = at.start("trap 'echo bye; exit 5' TERM; echo up; while :; do sleep 0.01; done");
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

posixTest(
  "what a process leaves in its group ends with it, also while it holds the output open",
  async () => {
    await using at = testLauncher();
    const process = at.start("sleep 600 & echo left; sleep 600 >/dev/null 2>&1 & exit 0");
    assert.equal((await process.ended).code, 0);
    assert.equal(process.stdout(), "left\n");
    if (linux) assert.deepEqual(runningMembers(process.pid), []);
  },
);

posixTest("end after the end does nothing, and ends at the same time agree", async () => {
  await using at = testLauncher();
  const done = at.start("true");
  await done.ended;
  assert.deepEqual(await done.end(1000), []);
  const process = at.start("echo up; sleep 600");
  await process.prints(/up/);
  assert.deepEqual(await Promise.all([process.end(1000), process.end(1000)]), [[], []]);
});

Deno.test({
  name: "a process that left the group and holds every pipe does not hold up the end",
  ignore: !linux,
  async fn() {
    await using at = testLauncher();
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
});

posixTest("where signals reach no group the process itself is ended", async () => {
  const childOnly = { reach: "child", group: () => false, groupExists: () => false } as const;
  await using at = testLauncher(childOnly);
  const process = at.start("trap '' TERM; echo up; while :; do sleep 0.05; done");
  await process.prints(/up/);
  assert.deepEqual(await process.end(20), []);
  assert.equal((await process.ended).signal, "SIGKILL");
});

posixTest("a process leads a group of its own, which is known by its pid", async () => {
  await using at = testLauncher();
  const process = at.start("echo up; exec sleep 600");
  await process.prints(/up/);
  assert.equal(chooseSignals().groupExists(process.pid), true);
  if (linux) assert.ok(runningMembers(process.pid)?.includes(process.pid));
  await process.end(1000);
  await process.ended;
  assert.equal(chooseSignals().groupExists(process.pid), false);
});
