import assert from "node:assert/strict";
import { systemClock } from "../lib/clock.ts";
import { testClock } from "../lib/testing_clock.ts";
import { endTree } from "./end_tree.ts";
import { familyOf, type Root } from "./family.ts";
import type { Left } from "./left.ts";
import { processEntry, processTable } from "./process_table.ts";
import { chooseSignals, type Signals } from "./signals.ts";
import { startTimeOf } from "./start_time.ts";
import { type StartedProcess, testLauncher } from "./testing.ts";

const linux = Deno.build.os === "linux";
const posix = Deno.build.os !== "windows";

/** A test that needs `/proc`. */
function linuxTest(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, ignore: !linux, fn });
}

/** Scripts whose family is known by a variable. */
function marked() {
  const at = testLauncher();
  const marker = { name: "MARK", value: crypto.randomUUID() };
  const everything: Root = { leader: -1, startTicks: 0, marker };
  return {
    marker,
    start: (script: string): StartedProcess =>
      at.start(script, { env: { PATH: "/usr/bin:/bin", MARK: marker.value }, marker: "MARK" }),
    end: (leader: number, graceMs = 5000, startTicks = 0) =>
      endTree({
        leader,
        startTicks,
        marker,
        graceMs,
        clock: systemClock,
        signals: chooseSignals(),
      }),
    left: () => familyOf(everything)!.map(({ pid }) => pid),
    async [Symbol.asyncDispose]() {
      for (const { pid } of familyOf(everything)!) Deno.kill(pid, "SIGKILL");
      await at[Symbol.asyncDispose]();
    },
  };
}

function commandOf(pid: number): string {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/cmdline`);
  } catch {
    return "";
  }
}

function stateOf(pid: number): string | undefined {
  return Deno.readTextFileSync(`/proc/${pid}/stat`).split(") ")[1]?.[0];
}

/** A process that has left its group, its session and its parents, and ignores what is polite. */
const ESCAPED = "setsid -f sh -c 'trap \"\" TERM HUP INT; echo escaped; sleep 600; sleep 600'";

linuxTest("what has left the group is ended with it", async () => {
  await using at = marked();
  const process = at.start(`${ESCAPED} & sleep 600 & echo up; sleep 600`);
  await process.prints(/escaped/);
  assert.ok(at.left().length >= 4);
  assert.deepEqual(await process.end(200), []);
  assert.deepEqual(at.left(), []);
  await process.ended;
});

linuxTest(
  "what a process that ends by itself leaves behind is ended before its end is told",
  async () => {
    await using at = marked();
    const process = at.start(`${ESCAPED}; exit 3`);
    assert.equal((await process.ended).code, 3);
    assert.deepEqual(at.left(), []);
  },
);

linuxTest("what was started with a cleaned environment is ended with its parents", async () => {
  await using at = marked();
  const process = at.start(
    "env -i /usr/bin/setsid /bin/sh -c 'echo $$; exec /bin/sleep 600' & wait",
  );
  const hidden = Number(await process.prints(/\d+\n/));
  assert.deepEqual(await process.end(5000), []);
  assert.equal(processEntry(hidden), undefined);
});

linuxTest("who goes on starting processes while it is ended does not get away", async () => {
  await using at = marked();
  const again = "trap '' TERM; while :; do setsid -f sleep 600; echo more; sleep 0.02; done";
  const process = at.start(again);
  await process.prints(/(more\n){3}/);
  assert.deepEqual(await process.end(100), []);
  assert.deepEqual(at.left(), []);
});

linuxTest(
  "a process that was stopped is asked like any other, and can still say good-bye",
  async () => {
    await using at = marked();
    const process = at.start("trap 'echo bye; exit 5' TERM; echo up; kill -STOP $$; sleep 600");
    await process.prints(/up/);
    while (stateOf(process.pid) !== "T") await systemClock.delay(5);
    assert.deepEqual(await process.end(60_000), []);
    assert.equal((await process.ended).code, 5);
    assert.match(process.stdout(), /bye/);
  },
);

linuxTest(
  "what has stopped and ignores every signal is ended, in whatever group it is",
  async () => {
    await using at = marked();
    // With job control each of them leads a group of its own, in the session of the shell.
    const process = at.start(
      "set -m; for n in 1 2 3; do sh -c 'trap \"\" TERM HUP INT; echo up; kill -STOP $$' & done; sleep 600",
    );
    await process.prints(/(up\n){3}/);
    assert.deepEqual(await process.end(50), []);
    assert.deepEqual(at.left(), []);
  },
);

linuxTest("many children are ended as well, each of which has started another", async () => {
  await using at = marked();
  const process = at.start(
    "trap '' TERM; n=0; while [ $n -lt 100 ]; do n=$((n+1)); (sleep 600 & sleep 600) & done; echo up; sleep 600",
  );
  await process.prints(/up/);
  assert.deepEqual(await process.end(50), []);
  assert.deepEqual(at.left(), []);
});

linuxTest(
  "a leader that is a zombie still stands for its group, also for another server",
  async () => {
    await using at = marked();
    // The parent never waits for the leader, whose children have no marker.
    const parent = at.start(
      "setsid sh -c 'env -i /bin/sleep 600 & echo $$ $!' & read forever </dev/tcp 2>/dev/null; kill -STOP $$",
    );
    const [leader, member] = (await parent.prints(/\d+ \d+\n/)).trim().split(" ").map(Number);
    while (stateOf(leader!) !== "Z") await systemClock.delay(5);
    const { startTicks } = processEntry(leader!, true)!;
    const other = { name: "MARK", value: "another" };
    const of = { leader: leader!, startTicks, marker: other };
    assert.deepEqual(familyOf(of)!.map(({ pid }) => pid), [member]);
    assert.deepEqual(await at.end(leader!, 5000, startTicks), []);
    assert.equal(processEntry(member!), undefined);
  },
);

linuxTest("who starts processes without a name while it is ended does not get away", async () => {
  await using at = marked();
  // Each of them is in a session of its own, with an empty environment: its parent alone betrays it.
  const seconds = `600.${Deno.pid}${Date.now()}`;
  const nameless = `env -i /usr/bin/setsid /bin/sleep ${seconds}`;
  const process = at.start(`while :; do ${nameless} & echo more; done`);
  await process.prints(/(more\n){20}/);
  assert.deepEqual(await process.end(5000), []);
  const left = processTable()!.filter(({ pid }) => commandOf(pid).includes(seconds));
  for (const { pid } of left) Deno.kill(pid, "SIGKILL");
  assert.equal(left.length, 0);
});

linuxTest("a family whose leader is gone is found again by its marker alone", async () => {
  await using at = marked();
  const process = at.start("sleep 600 & sleep 600 & echo up; kill -STOP $$");
  await process.prints(/up/);
  Deno.kill(process.pid, "SIGKILL");
  const { leader, startTicks } = { leader: process.pid, startTicks: 0 };
  assert.deepEqual(await at.end(leader, 5000, startTicks), []);
  assert.deepEqual(at.left(), []);
  await process.ended;
});

linuxTest("a later process with the same pid is left alone", async () => {
  await using at = marked();
  await using others = testLauncher();
  const stranger = others.start("echo up; sleep 600");
  await stranger.prints(/up/);
  const { startTicks } = processEntry(stranger.pid)!;
  assert.deepEqual(await at.end(stranger.pid, 100, startTicks - 1), []);
  assert.equal(processEntry(stranger.pid)?.startTicks, startTicks);
});

Deno.test({
  name: "what no signal ends is told by its pid, after the grace and the wait for the kill",
  ignore: !posix,
  async fn() {
    await using at = testLauncher();
    const process = at.start("echo up; sleep 600");
    await process.prints(/up/);
    const sent = new Set<string>();
    const deaf: Signals = {
      reach: "group",
      groupExists: () => true,
      process: () => true,
      group(leader, signal) {
        sent.add(`${signal} ${leader}`);
        return true;
      },
    };
    const clock = testClock();
    const before = clock.now();
    let left: Left[] | undefined;
    const startTicks = processEntry(process.pid)?.startTicks;
    const ending = endTree({ leader: process.pid, startTicks, graceMs: 100, clock, signals: deaf })
      .then((pids) => left = pids);
    while (sent.size < (linux ? 3 : 2)) await clock.advance(1);
    await clock.advance(99);
    const asked = [...linux ? ["SIGSTOP"] : [], "SIGTERM", "SIGCONT"]
      .map((signal) => `${signal} ${process.pid}`);
    assert.deepEqual([...sent], asked);
    while (left === undefined) await clock.advance(20);
    await ending;
    assert.ok(left.some(({ pid }) => pid === process.pid));
    if (linux) assert.equal(left[0]?.startTime, startTimeOf(left[0]!.pid));
    assert.deepEqual([...sent], [...asked, `SIGKILL ${process.pid}`]);
    assert.ok(clock.now() - before >= 2100 && clock.now() - before < 2300);
    assert.equal(clock.waiting, 0);
  },
});

Deno.test("a group that is gone gets no signal", async () => {
  const signals: Signals = {
    reach: "group",
    groupExists: () => false,
    group: () => assert.fail("signalled"),
    process: () => assert.fail("signalled"),
  };
  const gone = { leader: 2 ** 30, startTicks: undefined, graceMs: 100, clock: testClock() };
  assert.deepEqual(await endTree({ ...gone, signals }), []);
  assert.deepEqual(await endTree({ ...gone, signals: { ...signals, reach: "child" } }), []);
});
