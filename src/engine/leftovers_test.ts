import assert from "node:assert/strict";
import { testClock } from "../lib/testing_clock.ts";
import { testLog } from "../lib/testing_log.ts";
import { chooseSignals } from "../process/signals.ts";
import { testLauncher } from "../process/testing.ts";
import { testStore } from "../store/testing.ts";
import { endLeftovers, liveLeftovers, recordLeft } from "./leftovers.ts";

Deno.test({
  name: "what could not be ended is remembered and killed again until it is gone",
  ignore: Deno.build.os !== "linux",
  async fn() {
    using store = testStore();
    await using at = testLauncher();
    const [clock, log] = [testClock(5), testLog()];
    const process = at.start("echo up; sleep 600");
    await process.prints(/up/);
    const { pid, startTime } = process;
    const job = { id: "job_1", cli: "codex" };
    // Its pid is another's now, or nobody can tell whose it is.
    const [later, untold] = [{ pid, startTime: "00000000:1" }, { pid: 7, startTime: undefined }];
    recordLeft([{ pid, startTime }, later, untold], job, { store, clock });
    recordLeft([{ pid, startTime }], { ...job, id: "job_2" }, { store, clock });
    assert.equal(store.leftovers.all().length, 2);
    assert.deepEqual(liveLeftovers(store), [
      { pid, startTime, jobId: "job_1", cli: "codex", since: 5 },
    ]);

    const sent: string[] = [];
    const deaf = { process: (pid: number, signal: string) => sent.push(`${signal} ${pid}`) > 0 };
    endLeftovers({ store, signals: deaf, log });
    assert.deepEqual(sent, [`SIGKILL ${pid}`], "the other process is nobody's to kill");
    assert.equal(store.leftovers.all().length, 1);

    endLeftovers({ store, signals: chooseSignals(), log });
    assert.equal((await process.ended).signal, "SIGKILL");
    assert.deepEqual(liveLeftovers(store), []);
    endLeftovers({ store, signals: deaf, log });
    assert.deepEqual([store.leftovers.all(), sent.length], [[], 1]);
  },
});
