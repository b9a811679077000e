import assert from "node:assert/strict";
import { outputText } from "../lib/output_text.ts";
import { showsChanges } from "./shows_changes.ts";

Deno.test("changed files are seen in both streams, also in colours, and nowhere else", () => {
  const shows = (stdout: string, stderr = "", change_patterns = ["^Applied edit to "]) =>
    showsChanges({ change_patterns }, { stdout: outputText(stdout), stderr: outputText(stderr) });
  assert.equal(shows("Thinking\nApplied edit to a.ts\n"), true);
  assert.equal(shows("", "Applied edit to a.ts"), true);
  assert.equal(shows("\x1b[32mApplied edit to a.ts\x1b[0m\n"), true);
  assert.equal(shows("It says: Applied edit to a.ts\n"), false);
  assert.equal(shows("Applied edit to a.ts\n", "", []), false);
});
