import assert from "node:assert/strict";
import { parseVersion } from "./parse_version.ts";

const FOUND: [text: string, version: string][] = [
  ["codex-cli 0.169.0\n", "0.169.0"],
  ["2.1.330 (Claude Code)\n", "2.1.330"],
  ["0.61.0\n", "0.61.0"],
  ["aider 0.86.2\n", "0.86.2"],
  ["aider 0.86.3.dev12+g1234abc.d20261122\n", "0.86.3.dev12+g1234abc.d20261122"],
  [" 1.52.0\n", "1.52.0"],
  ["crush version v0.96.1\n", "0.96.1"],
  ["gptme v0.35.1\nPython 3.11.7\n", "0.35.1"],
  ["tool 1.0rc1", "1.0rc1"],
  ["V1.2.3-beta.1+build.5, built 2026", "1.2.3-beta.1+build.5"],
  ["Copilot 1.0.86.", "1.0.86"],
  ["took 1.5s\nversion 3.4", "3.4"],
];

Deno.test("the version stands among the words that programs put around it", () => {
  for (const [text, version] of FOUND) assert.equal(parseVersion(text), version, text);
});

Deno.test("what is no version is not taken for one", () => {
  for (const text of ["", "nightly", "version 12", "build 2026-11-22", "1.5s", "x1.2"]) {
    assert.equal(parseVersion(text), undefined, text);
  }
});

Deno.test("a long text without a version takes no time to speak of", () => {
  const started = performance.now();
  assert.equal(parseVersion("1.".repeat(50_000).slice(0, -1))?.length, 99_999);
  assert.equal(parseVersion("1-".repeat(50_000)), undefined);
  assert.equal(parseVersion("1.1" + "-a".repeat(50_000) + "_")?.length, 3 + 2 * 49_999);
  assert.ok(performance.now() - started < 10_000);
});
