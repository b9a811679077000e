import assert from "node:assert/strict";
import { systemClock } from "../lib/clock.ts";
import { familyOf, type Root } from "./family.ts";
import { processEntry, processTable } from "./process_table.ts";
import { ticksOf } from "./start_time.ts";
import { testLauncher } from "./testing.ts";

/** A test that needs `/proc`. */
function linuxTest(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, ignore: Deno.build.os !== "linux", fn });
}

/** A family with a marker of its own; `setsid -f` starts a process that nobody can trace by group. */
function family(script: string) {
  const at = testLauncher();
  const value = crypto.randomUUID();
  const process = at.start(script, { env: { PATH: "/usr/bin:/bin", MARK: value } });
  const startTicks = ticksOf(process.startTime)!;
  const root: Root = { leader: process.pid, startTicks, marker: { name: "MARK", value } };
  return {
    process,
    root,
    pids: (of: Root = root) => familyOf(of)!.map(({ pid }) => pid).sort((a, b) => a - b),
    async [Symbol.asyncDispose]() {
      for (const { pid } of familyOf(root) ?? []) Deno.kill(pid, "SIGKILL");
      await at[Symbol.asyncDispose]();
    },
  };
}

/** The numbers that a script has printed, one a line. */
const numbers = (text: string) => text.trim().split("\n").map(Number).sort((a, b) => a - b);

linuxTest("the group, what left it, and what was orphaned are one family", async () => {
  await using at = family(
    "echo $$; sleep 600 & echo $!; (setsid sh -c 'echo $$; sleep 600 & echo $!; exec sleep 600' &); " +
      "exec sleep 600",
  );
  const printed = await at.process.prints(/(\d+\n){4}/);
  // The shell between them takes a moment to end.
  while (at.pids().length > 4) await systemClock.delay(5);
  assert.deepEqual(at.pids(), numbers(printed));
});

linuxTest("a cleaned environment does not hide a descendant", async () => {
  await using at = family(
    "env -i /usr/bin/setsid /bin/sh -c 'echo $$; exec sleep 600' & exec sleep 600",
  );
  const hidden = Number(await at.process.prints(/\d+\n/));
  assert.deepEqual(at.pids(), [at.process.pid, hidden].sort((a, b) => a - b));
});

linuxTest("an orphan is found by its marker after its family's end", async () => {
  await using at = family("setsid -f sh -c 'echo $$; exec sleep 600'");
  const orphan = Number(await at.process.prints(/\d+\n/));
  await at.process.ended;
  assert.deepEqual(at.pids(), [orphan]);
  assert.deepEqual(at.pids({ ...at.root, marker: { name: "MARK", value: "another" } }), []);
});

linuxTest("a later process with the leader's pid is nobody's family", async () => {
  await using at = family("echo up; exec sleep 600");
  await at.process.prints(/up/);
  const { leader, startTicks } = at.root;
  for (const inSight of [false, true]) {
    assert.deepEqual(familyOf({ leader, startTicks: startTicks - 1, inSight }), []);
    assert.deepEqual(familyOf({ leader, startTicks: startTicks + 1, inSight }), []);
  }
});

linuxTest("the table lists this process and no zombie", async () => {
  const own = processTable()!.find(({ pid }) => pid === Deno.pid)!;
  assert.equal(own.parent, Deno.ppid);
  const child = new Deno.Command("/bin/true").spawn();
  await child.status;
  assert.equal(processEntry(child.pid), undefined);
});
