import assert from "node:assert/strict";
import { systemClock } from "../lib/clock.ts";
import { testClock } from "../lib/testing_clock.ts";
import { writeProgram } from "../../tests/program_file.ts";
import type { Launcher } from "../process/launcher.ts";
import { createPipeLauncher } from "../process/pipe_launcher.ts";
import { chooseSignals } from "../process/signals.ts";
import { commandLinesWith, runningMembers } from "../process/testing.ts";
import { testProfile } from "./testing.ts";
import { createVersions } from "./versions.ts";

/** Programs that really run; the time that they may take is turned by the test. */
function place(env: Record<string, string> = {}) {
  const folder = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "versions_" }));
  const clock = testClock();
  const pipes = createPipeLauncher({ clock: systemClock, signals: chooseSignals() });
  const pids: number[] = [];
  let wake = Promise.withResolvers<void>();
  const launcher: Launcher = {
    reach: pipes.reach,
    launch(plan, options) {
      const process = pipes.launch(plan, options);
      pids.push(process.pid);
      wake.resolve();
      wake = Promise.withResolvers();
      return process;
    },
  };
  const versions = createVersions({
    launcher,
    clock,
    env: { PATH: "/usr/bin:/bin", ...env },
    cwd: folder,
  });
  return {
    folder,
    clock,
    versions,
    /** The pids of what was started so far. */
    pids,
    async started(count: number) {
      while (pids.length < count) await wake.promise;
    },
    /** Asks a shell script; a file of this name in the folder is replaced. */
    async ask(script: string, name = "prog", profile: Record<string, unknown> = {}) {
      const path = `${folder}/${name}`;
      await writeProgram(path, `#!/bin/sh\n${script}\n`);
      return await versions.of(testProfile({ name, ...profile }), path);
    },
    left: () => pids.flatMap((pid) => runningMembers(pid) ?? []),
    [Symbol.dispose]: () => Deno.removeSync(folder, { recursive: true }),
  };
}

/** A test that needs a POSIX shell. */
function posixTest(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, ignore: Deno.build.os === "windows", fn });
}

posixTest("a program tells its version when it is asked as its profile says", async () => {
  using at = place();
  assert.deepEqual(await at.ask('echo "prog $1 v1.2.3"'), { version: "1.2.3" });
  assert.deepEqual(
    await at.ask('echo "$1=4.5.6 $2"', "own", { version_flags: ["version", "--short"] }),
    { version: "4.5.6" },
  );
  assert.deepEqual(await at.ask("echo 1.1", "silent", { version_flags: [] }), {});
  assert.equal(at.pids.length, 2);
});

posixTest(
  "standard output goes before standard error, and what is no version is kept",
  async () => {
    using at = place();
    assert.deepEqual(await at.ask("echo 'node 24.1.0 warns' >&2; echo 'tool 0.9.1'"), {
      version: "0.9.1",
    });
    assert.deepEqual(await at.ask("echo 'tool 2.0.1' >&2", "err"), { version: "2.0.1" });
    assert.deepEqual(
      await at.ask(String.raw`printf '\n\033[31mnightly\007 build\033[0m\n'`, "odd"),
      {
        version: "nightly build",
      },
    );
  },
);

posixTest("a program that fails tells why there is no version", async () => {
  using at = place();
  const path = (name: string) => `"${at.folder}/${name} --version"`;
  assert.deepEqual(await at.ask("echo 'unknown option' >&2; exit 2"), {
    problem: `${path("prog")} exited with code 2: unknown option`,
  });
  assert.deepEqual(await at.ask("exit 1", "mute"), {
    problem: `${path("mute")} exited with code 1`,
  });
  assert.deepEqual(await at.ask("", "empty"), { problem: `${path("empty")} printed nothing` });
  const gone = await at.versions.of(testProfile(), `${at.folder}/gone`);
  assert.match(gone.problem!, /^Cannot run ".*\/gone --version": /);
});

posixTest("what a program has left behind outside of its group is ended, too", async () => {
  using at = place();
  assert.deepEqual(await at.ask("(setsid sleep 987653 > /dev/null 2>&1 &)\necho 1.0"), {
    version: "1.0",
  });
  if (Deno.build.os === "linux") assert.deepEqual(commandLinesWith("sleep 987653"), []);
});

posixTest("a program is asked once; again when its file has changed or after an hour", async () => {
  using at = place();
  assert.deepEqual(await at.ask("echo 1.0"), { version: "1.0" });
  const again = () => at.versions.of(testProfile({ name: "prog" }), `${at.folder}/prog`);
  assert.deepEqual(await Promise.all([again(), again()]), [{ version: "1.0" }, { version: "1.0" }]);
  assert.equal(at.pids.length, 1);

  assert.deepEqual(await at.ask("echo 2.0.0"), { version: "2.0.0" });
  assert.equal(at.pids.length, 2);
  await at.clock.advance(3_599_999);
  await again();
  assert.equal(at.pids.length, 2);
  await at.clock.advance(1);
  await again();
  assert.equal(at.pids.length, 3);
});

posixTest("a program that failed is asked again after a minute", async () => {
  using at = place();
  await at.ask(`[ -e "${at.folder}/ready" ] || exit 1; echo 1.0`);
  const again = () => at.versions.of(testProfile({ name: "prog" }), `${at.folder}/prog`);
  Deno.writeTextFileSync(`${at.folder}/ready`, "");
  assert.match((await again()).problem!, /exited with code 1/);
  await at.clock.advance(60_000);
  assert.deepEqual(await again(), { version: "1.0" });
});

posixTest("a program that hangs is ended with what it has started", async () => {
  using at = place();
  const answer = at.ask("trap '' TERM; sleep 600 & sleep 600; sleep 600");
  await at.started(1);
  await at.clock.advance(10_000);
  assert.match((await answer).problem!, /did not end within 10 seconds/);
  assert.deepEqual(at.left(), []);
});

posixTest("a program that prints without end is held to a bound", async () => {
  using at = place();
  const answer = at.ask("echo tool 1.0; while :; do echo yyyyyyyyyyyyyyyyyyyyyyyyyyyyyy; done");
  await at.started(1);
  await at.clock.advance(10_000);
  assert.match((await answer).problem!, /did not end/);
  const long = await at.ask("head -c 500000 /dev/zero | tr '\\0' x", "long");
  assert.equal(long.version?.length, 80);
  assert.deepEqual(at.left(), []);
});

posixTest("many are asked, but only four at once", async () => {
  using at = place();
  const script = `until [ -e "${at.folder}/go" ]; do sleep 0.02; done; echo 1.0`;
  const answers = Promise.all(
    Array.from({ length: 9 }, (_, index) => at.ask(script, `prog${index}`)),
  );
  await at.started(4);
  assert.equal(at.left().length > 0, true);
  assert.equal(at.pids.length, 4);
  Deno.writeTextFileSync(`${at.folder}/go`, "");
  assert.deepEqual(await answers, Array(9).fill({ version: "1.0" }));
  assert.equal(at.pids.length, 9);
});

posixTest("it sees what a run sees: its own variables, no token, one level deeper", async () => {
  using at = place({ AIMUX_AUTH_TOKEN: "secret", OTHER: "x", PROG_KEY: "k", AIMUX_DEPTH: "1" });
  const script =
    'echo "1.0 [$AIMUX_AUTH_TOKEN$OTHER] $PROG_KEY $PROG_OWN $AIMUX_DEPTH" > seen; pwd >> seen; ' +
    "echo 1.0";
  await at.ask(script, "prog", { env_allow: ["PROG_*"], env: { PROG_OWN: "own" } });
  const seen = Deno.readTextFileSync(`${at.folder}/seen`);
  assert.equal(seen, `1.0 [] k own 2\n${at.folder}\n`);
});

posixTest("closing ends what is being asked, and nothing is asked after it", async () => {
  using at = place();
  const hanging = ["a", "b", "c", "d", "e"].map((name) => at.ask("sleep 600", name));
  await at.started(4);
  await at.versions.close();
  for (const { problem } of await Promise.all(hanging)) assert.ok(problem);
  assert.equal((await at.ask("echo 1.0", "late")).problem, "aimux is shutting down");
  assert.equal(at.pids.length, 4);
  assert.deepEqual(at.left(), []);
});
