import assert from "node:assert/strict";
import { systemClock } from "../lib/clock.ts";
import { testClock } from "../lib/testing_clock.ts";
import { endTree } from "./end_tree.ts";
import { familyOf, type Root } from "./family.ts";
import { processEntry } from "./process_table.ts";
import { chooseSignals, type Signals } from "./signals.ts";
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
    let left: number[] | undefined;
    const startTicks = processEntry(process.pid)?.startTicks;
    const ending = endTree({ leader: process.pid, startTicks, graceMs: 100, clock, signals: deaf })
      .then((pids) => left = pids);
    await clock.advance(99);
    assert.deepEqual([...sent], [`SIGTERM ${process.pid}`]);
    while (left === undefined) await clock.advance(20);
    await ending;
    assert.ok(left.includes(process.pid));
    assert.deepEqual([...sent], [`SIGTERM ${process.pid}`, `SIGKILL ${process.pid}`]);
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
