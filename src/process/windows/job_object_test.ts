import assert from "node:assert/strict";
import { testClock } from "../../lib/testing_clock.ts";
import { treeEnder } from "../end_tree.ts";
import type { Left } from "../left.ts";
import type { Signals } from "../signals.ts";
import { type JobKernel, takeIntoJob } from "./job_object.ts";

/** Windows as far as job objects go: handles, and processes that a test starts and ends. */
function fakeJobs({ deaf = [], refuses = "" }: { deaf?: number[]; refuses?: string } = {}) {
  const processes = new Set([10]);
  const handles = new Map<bigint, { pid?: number; members: Set<number>; kills: boolean }>();
  let next = 1n;
  const open = (pid?: number) => {
    handles.set(next, { ...pid !== undefined && { pid }, members: new Set(), kills: false });
    return next++;
  };
  const end = (members: Set<number>) => {
    for (const pid of members) if (!deaf.includes(pid)) processes.delete(pid);
  };
  const kernel: JobKernel = {
    CreateJobObjectW: () => refuses === "create" ? 0n : open(),
    SetInformationJobObject(job, kind, limits) {
      const view = new DataView((limits as Uint8Array<ArrayBuffer>).buffer);
      assert.deepEqual([kind, view.byteLength, view.getUint32(16, true)], [9, 144, 0x2000]);
      handles.get(job as bigint)!.kills = true;
      return refuses === "limits" ? 0 : 1;
    },
    QueryInformationJobObject(job, kind, memory) {
      assert.equal(kind, 3);
      const view = new DataView((memory as Uint8Array<ArrayBuffer>).buffer);
      const running = [...handles.get(job as bigint)!.members].filter((pid) => processes.has(pid));
      view.setUint32(4, running.length, true);
      running.forEach((pid, n) => view.setBigUint64(8 + n * 8, BigInt(pid), true));
      return 1;
    },
    AssignProcessToJobObject(job, process) {
      if (refuses === "assign") return 0;
      handles.get(job as bigint)!.members.add(handles.get(process as bigint)!.pid!);
      return 1;
    },
    TerminateJobObject(job) {
      end(handles.get(job as bigint)!.members);
      return 1;
    },
    OpenProcess: (_access, _inherit, pid) => processes.has(Number(pid)) ? open(Number(pid)) : 0n,
    CloseHandle(handle) {
      const { kills, members } = handles.get(handle as bigint)!;
      if (kills) end(members);
      handles.delete(handle as bigint);
      return 1;
    },
  };
  return {
    kernel,
    processes,
    handles,
    /** A member starts another process. */
    fork(pid: number) {
      processes.add(pid);
      for (const { kills, members } of handles.values()) if (kills) members.add(pid);
    },
  };
}

/** What ends process 10 on it. */
function ender({ kernel, processes }: ReturnType<typeof fakeJobs>) {
  const clock = testClock();
  const exit = Promise.withResolvers<void>();
  const sent: string[] = [];
  const signals: Signals = {
    reach: "group",
    group: () => assert.fail("there are no groups"),
    process: () => assert.fail("there are no signals"),
    groupExists: () => assert.fail("there are no groups"),
    hold: (pid) => takeIntoJob(kernel, pid),
  };
  const kill = (signal: string) => {
    sent.push(signal);
    processes.delete(10);
    exit.resolve();
  };
  const child = { ended: exit.promise, kill };
  const end = treeEnder({ env: {} }, { pid: 10, startTime: undefined, child }, { clock, signals });
  return { end, clock, sent, exit: () => kill("by itself") };
}

Deno.test("a process is ended with all that it has started, and the job object is closed", async () => {
  const windows = fakeJobs();
  const { end, sent } = ender(windows);
  windows.fork(11);
  windows.fork(12);
  assert.deepEqual(await end(1000), []);
  assert.deepEqual(sent, ["SIGTERM"]);
  assert.deepEqual([windows.processes.size, windows.handles.size], [0, 0]);
  assert.deepEqual(await end(1000), [], "once more it does nothing");
});

Deno.test("what a process that ended by itself has left is ended", async () => {
  const windows = fakeJobs();
  const { end, exit } = ender(windows);
  windows.fork(11);
  exit();
  assert.deepEqual(await end(1000), []);
  assert.deepEqual([windows.processes.size, windows.handles.size], [0, 0]);
});

Deno.test("a member that does not end is told by its pid", async () => {
  const windows = fakeJobs({ deaf: [12] });
  const { end, clock } = ender(windows);
  windows.fork(11);
  windows.fork(12);
  let left: Left[] | undefined;
  const ending = end(1000).then((found) => left = found);
  while (left === undefined) await clock.advance(100);
  await ending;
  assert.deepEqual(left.map(({ pid }) => pid), [12]);
  assert.equal(clock.waiting, 0);
});

Deno.test("where the system refuses a job object the process alone is ended, and no handle is left", async () => {
  for (const refuses of ["create", "limits", "assign"]) {
    const windows = fakeJobs({ refuses });
    const { end, sent } = ender(windows);
    assert.deepEqual(await end(1000), []);
    assert.deepEqual([sent, windows.handles.size], [["SIGTERM"], 0], refuses);
  }
  const windows = fakeJobs();
  windows.processes.clear();
  assert.equal(takeIntoJob(windows.kernel, 10), undefined);
});
