import assert from "node:assert/strict";
import { testClock } from "../lib/testing_clock.ts";
import type { Outlook } from "../store/queue_view.ts";
import { createTypicalRuns } from "./typical_runs.ts";
import { describeWait } from "./wait.ts";

const codex = (startedAt?: number) => ({ cli: "codex", role: "default", startedAt });

/** Runs of codex took 10, 20 and 60 s; of claude nothing is known. */
function startsIn(given: Partial<Outlook>, known = ["codex"]): number | undefined {
  const outlook: Outlook = {
    place: 1,
    cli: "codex",
    role: "default",
    limit: 1,
    cliLimit: undefined,
    placeOfCli: 1,
    running: [],
    session: [],
    waiting: [{ cli: "codex", count: 1 }],
    ...given,
  };
  const typical = (cli: string) => known.includes(cli) ? [10_000, 20_000, 60_000] : [];
  const { place, startsInSeconds } = describeWait(outlook, { typical, now: 100_000 });
  assert.equal(place, outlook.place);
  return startsInSeconds;
}

Deno.test("a job starts at once where there is room", () => {
  assert.equal(startsIn({}), 0);
  assert.equal(startsIn({ place: 2, limit: 3, running: [codex(100_000)] }), 0);
});

Deno.test("a run that has just begun takes as long as most, one that lasts as long as such do", () => {
  assert.equal(startsIn({ running: [codex(100_000)] }), 20);
  assert.equal(startsIn({ running: [codex(85_000)] }), 5, "20 s, of which 15 are over");
  assert.equal(startsIn({ running: [codex(75_000)] }), 35, "60 s, since it takes more than 20");
  assert.equal(startsIn({ running: [codex(0)] }), 20, "longer than any: as long as most again");
});

Deno.test("those before it take the places that become free first", () => {
  const running = [codex(100_000), codex(85_000)];
  assert.equal(startsIn({ limit: 2, running, place: 1 }), 5);
  assert.equal(startsIn({ limit: 2, running, place: 2 }), 20);
  assert.equal(startsIn({ limit: 2, running, place: 3 }), 25);
  assert.equal(startsIn({ limit: 1, running, place: 1 }), 20, "more run than may");
});

Deno.test("a session that is busy, and a CLI at its limit, make it later", () => {
  assert.equal(startsIn({ limit: 9, session: [codex(85_000), codex()] }), 25);
  const running = [codex(100_000)];
  assert.equal(startsIn({ limit: 9, running, cliLimit: 1, placeOfCli: 2, place: 2 }), 40);
});

Deno.test("without a known run there is no estimate; with some, the others are guessed", () => {
  const claude = { cli: "claude", role: "default", startedAt: 100_000 };
  assert.equal(startsIn({ running: [claude] }, []), undefined);
  assert.equal(startsIn({ running: [claude] }), 20);
  assert.equal(startsIn({ cli: "claude", running: [codex(100_000)] }), 20);
});

Deno.test("durations are those of the role, else of the CLI, and are read once in a while", () => {
  const clock = testClock();
  const asked: unknown[] = [];
  const typical = createTypicalRuns({
    clock,
    metrics: {
      latencies(of) {
        asked.push(of);
        return of?.role === "review" ? [] : [3, 1, 2];
      },
    },
  });
  assert.deepEqual(typical("codex", "coding"), [1, 2, 3]);
  assert.deepEqual(typical("codex", "review"), [1, 2, 3]);
  typical("codex", "coding");
  assert.deepEqual(asked, [
    { cli: "codex", role: "coding" },
    { cli: "codex", role: "review" },
    { cli: "codex" },
  ]);
});
