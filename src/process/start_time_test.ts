import assert from "node:assert/strict";
import { canTellStartTimes, startTimeOf, ticksOf } from "./start_time.ts";
import { runningMembers, testLauncher } from "./testing.ts";

/** A test that needs `/proc`. */
function linuxTest(name: string, fn: () => Promise<void> | void): void {
  Deno.test({ name, ignore: Deno.build.os !== "linux", fn });
}

linuxTest(
  "a start time is the same as long as the process lives, and tells it from others",
  async () => {
    await using at = testLauncher();
    assert.equal(canTellStartTimes(), true);
    const own = startTimeOf(Deno.pid);
    assert.match(own!, /^[0-9a-f]{8}:\d+$/);
    const process = at.start("echo up; sleep 600");
    await process.prints(/up/);
    assert.equal(process.startTime, startTimeOf(process.pid));
    assert.notEqual(process.startTime, own);
    assert.equal(startTimeOf(Deno.pid), own);
    await process.end(1000);
    await process.ended;
    assert.equal(startTimeOf(process.pid), undefined);
  },
);

linuxTest("a program may have any name", async () => {
  await using at = testLauncher();
  const name = `${at.folder}/a) R 1 (b c`;
  Deno.copyFileSync("/bin/sleep", name);
  const process = at.start("", { command: name, args: ["600"] });
  assert.match(startTimeOf(process.pid)!, /^[0-9a-f]{8}:\d+$/);
  assert.deepEqual(runningMembers(process.pid), [process.pid]);
});

linuxTest("a zombie does not run", async () => {
  await using at = testLauncher();
  // A shell that has become a sleep does not wait for its child, which ends only then.
  const child = "until [ $(cat /proc/$$/comm) = sleep ]; do :; done";
  const process = at.start(`(${child}) & echo $!; exec sleep 600`);
  const zombie = Number(await process.prints(/\d+\n/));
  const state = () => Deno.readTextFileSync(`/proc/${zombie}/stat`).split(") ")[1]?.[0];
  while (state() !== "Z") await new Promise((resolve) => setTimeout(resolve, 5));
  assert.deepEqual(runningMembers(process.pid), [process.pid]);
  assert.equal(startTimeOf(zombie), undefined);
  assert.match(startTimeOf(zombie, true)!, /^[0-9a-f]{8}:\d+$/);
});

linuxTest("the ticks of another boot tell nothing", () => {
  const own = startTimeOf(Deno.pid)!;
  assert.equal(ticksOf(own), Number(own.split(":")[1]));
  assert.equal(ticksOf(`00000000:${own.split(":")[1]}`), undefined);
  assert.equal(ticksOf(undefined), undefined);
});

Deno.test("a process that does not exist has no start time", () => {
  assert.equal(startTimeOf(2 ** 30), undefined);
});
