import assert from "node:assert/strict";
import { testClock } from "../../lib/testing_clock.ts";
import { displayWidth } from "../../lib/terminal/display_width.ts";
import type { Job } from "../../store/job.ts";
import { shownOf, testOutput } from "../testing.ts";
import { createView } from "./view.ts";

function jobAt(status: Job["status"], startedAt?: number): Job {
  const job = { id: "job_1", cli: "codex", model: "gpt-5", role: "coding", status, createdAt: 0 };
  return { ...job, startedAt } as unknown as Job;
}

Deno.test("in a pipe each line is plain and complete", () => {
  const output = testOutput();
  const view = createView(output, { quiet: false, clock: testClock() });
  view.show({ job: jobAt("queued"), lines: [], place: 2 });
  view.show({ job: jobAt("queued"), lines: [], place: 1 });
  view.show({ job: jobAt("queued"), lines: [], place: 1 });
  view.show({ job: jobAt("running", 0), lines: ["reading \x1b[31mmain.ts\x1b[0m", "b\u202e"] });
  view.show({ job: jobAt("running", 0), lines: [], newest: "half a li" });
  view.note("SIGINT: ending codex");
  view.end();
  assert.equal(
    output.text,
    [
      "queued: codex gpt-5, role coding, job_1, place 2",
      "queued: codex gpt-5, role coding, job_1, place 1",
      "running: codex gpt-5, role coding, job_1",
      "> reading main.ts",
      "> b\uFFFD",
      "SIGINT: ending codex",
      "",
    ].join("\n"),
  );
});

Deno.test("who asked for quiet sees nothing", () => {
  const output = testOutput(80);
  const view = createView(output, { quiet: true, clock: testClock() });
  view.show({ job: jobAt("running", 0), lines: ["a line"] });
  view.note("a note");
  view.end();
  assert.equal(output.text, "");
});

Deno.test("on a terminal one line lives, and what it said moves up", async () => {
  const output = testOutput(60);
  const clock = testClock();
  const start = clock.now();
  const view = createView(output, { quiet: false, clock });
  const last = () => shownOf(output.text).at(-1);

  view.show({ job: { ...jobAt("queued"), createdAt: start }, lines: [], place: 3 });
  assert.match(last()!, /^\S codex gpt-5 {2}0 s {2}waits at place 3$/);
  const job = jobAt("running", start);
  view.show({ job, lines: [] });
  view.show({ job, lines: ["one", "two", "three"], newest: "three" });
  assert.deepEqual(shownOf(output.text).slice(0, -1), ["  one", "  two"]);
  assert.match(last()!, /^\S codex gpt-5 {2}0 s {2}three$/);
  view.show({ job, lines: [], newest: "half a li" });
  assert.match(last()!, /half a li$/);

  await clock.advance(72_000);
  assert.match(last()!, /codex gpt-5 {2}1 min 12 s/);
  view.show({ job, lines: ["four"] });
  view.note("SIGINT: ending codex");
  assert.match(last()!, /SIGINT: ending codex$/);
  view.end();
  await clock.advance(1000);
  assert.deepEqual(shownOf(output.text), ["  one", "  two", "  three", "  four", ""]);
});

Deno.test("no line on a terminal is wider than it, and none acts on it", async (t) => {
  for (const columns of [1, 5, 20, 40, 200]) {
    await t.step(`${columns} columns`, () => {
      const output = testOutput(columns);
      const view = createView(output, { quiet: false, clock: testClock() });
      const hostile = "\x1b[2Jgone \x1b]0;title\x07" + "漢字 👩‍🔧 ".repeat(40);
      view.show({ job: jobAt("running", 0), lines: [hostile, hostile], newest: hostile });
      view.note(hostile);
      const before = output.text;
      view.end();
      for (const text of [before, output.text]) {
        for (const line of shownOf(text)) {
          assert.ok(displayWidth(line) < Math.max(columns, 2), line);
        }
      }
      for (const acting of ["\x1b[2J", "\x1b]", "\x07"]) assert.ok(!output.text.includes(acting));
    });
  }
});

Deno.test("a view that has shown nothing leaves nothing", () => {
  const output = testOutput(60);
  createView(output, { quiet: false, clock: testClock() }).end();
  assert.equal(output.text, "");
});
