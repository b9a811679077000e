import assert from "node:assert/strict";
import { systemClock } from "../lib/clock.ts";
import { testClock } from "../lib/testing_clock.ts";
import { endGroup } from "./end_group.ts";
import { runningMembers } from "./proc.ts";
import { chooseSignals, type Signals } from "./signals.ts";
import { testLauncher } from "./testing.ts";

const linux = Deno.build.os === "linux";
const posix = Deno.build.os !== "windows";

Deno.test({
  name: "a group is ended by its leader's pid alone, also when the leader is gone",
  ignore: !linux,
  async fn() {
    await using at = testLauncher();
    const process = at.start("sleep 600 & sleep 600 & echo up; kill -STOP $$");
    await process.prints(/up/);
    const leader = process.pid;
    Deno.kill(leader, "SIGKILL");
    const left = await endGroup({
      leader,
      graceMs: 5000,
      clock: systemClock,
      signals: chooseSignals(),
    });
    assert.deepEqual(left, []);
    assert.deepEqual(runningMembers(leader), []);
    await process.ended;
  },
});

Deno.test({
  name: "what no signal ends is told by its pid, after the grace and the wait for the kill",
  ignore: !posix,
  async fn() {
    await using at = testLauncher();
    const process = at.start("echo up; sleep 600");
    await process.prints(/up/);
    const sent: string[] = [];
    const deaf: Signals = {
      reach: "group",
      groupExists: () => true,
      group: (leader, signal) => sent.push(`${signal} ${leader}`) > 0,
    };
    const clock = testClock();
    const before = clock.now();
    let left: number[] | undefined;
    const ending = endGroup({ leader: process.pid, graceMs: 100, clock, signals: deaf })
      .then((pids) => left = pids);
    await clock.advance(99);
    assert.deepEqual(sent, [`SIGTERM ${process.pid}`]);
    while (left === undefined) await clock.advance(20);
    await ending;
    assert.ok(left.includes(process.pid));
    assert.deepEqual(sent, [`SIGTERM ${process.pid}`, `SIGKILL ${process.pid}`]);
    assert.ok(clock.now() - before >= 2100 && clock.now() - before < 2300);
    assert.equal(clock.waiting, 0);
  },
});

Deno.test("a group that is gone gets no signal", async () => {
  const signals: Signals = {
    reach: "group",
    groupExists: () => false,
    group: () => assert.fail("signalled"),
  };
  const clock = testClock();
  assert.deepEqual(await endGroup({ leader: 1, graceMs: 100, clock, signals }), []);
  const childOnly: Signals = { ...signals, reach: "child" };
  assert.deepEqual(await endGroup({ leader: 1, graceMs: 100, clock, signals: childOnly }), []);
});
