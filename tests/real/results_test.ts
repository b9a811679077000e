import assert from "node:assert/strict";
import { type CliResult, readResults, recordResults } from "./results.ts";
import { table } from "./table.ts";

const RUN: CliResult = {
  package: "npm @openai/codex",
  version: "0.169.0",
  date: "2026-11-26",
  platform: "linux x86_64",
  cases: {
    quota: { outcome: "failed", seconds: 60, note: "It took 60 s to be told" },
    short: { outcome: "passed", seconds: 1.25 },
    effort: { outcome: "skipped", note: "it takes no effort" },
  },
};

Deno.test("the recorded results can be read", () => {
  for (const { version, cases } of Object.values(readResults().clis)) {
    assert.notEqual(version, "");
    assert.ok(cases);
  }
});

Deno.test("results are recorded in a fixed order, and those of other CLIs stay", async () => {
  const file = await Deno.makeTempFile();
  try {
    await Deno.remove(file);
    assert.deepEqual(readResults(file), { clis: {} });
    recordResults({ codex: RUN }, file);
    recordResults({ aider: { ...RUN, cases: {} } }, file);

    const { clis } = readResults(file);
    assert.deepEqual(Object.keys(clis), ["aider", "codex"]);
    assert.deepEqual(Object.keys(clis["codex"]!.cases), ["short", "effort", "quota"]);
    assert.deepEqual(clis["codex"], RUN);
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("the table tells each case, and loudly what did not run, each with its reason", () => {
  const crush = { ...RUN, version: "0.96.1", cases: {}, not_run: "It cannot be installed here" };
  assert.deepEqual(
    table({ clis: { codex: RUN, crush } }).split("\n").map((line) => line.replace(/ {2,}/g, "|")),
    [
      "|short|long|resume|write|read_only|effort|model|slow|auth|quota|500|529|cut|cancel",
      "codex 0.169.0|ok 1.3 s|skipped|FAILED 60.0 s",
      `crush 0.96.1${"|SKIPPED".repeat(14)}`,
      "",
      "codex effort: skipped: it takes no effort",
      "codex quota: FAILED: It took 60 s to be told",
      "crush: SKIPPED, not run at all: It cannot be installed here",
      "",
    ],
  );
});
