import assert from "node:assert/strict";
import { callsOf, CLI_NAMES } from "../../emulators/mod.ts";
import { startServer } from "../server.ts";

const ROLES = [
  ...["analyze", "architect", "challenge", "codereview", "coding", "debug", "default", "docgen"],
  ...["planner", "planning", "precommit", "refactor", "research", "review", "secaudit"],
  ...["testgen", "thinkdeep", "tracer"],
];

Deno.test("an unknown role or CLI is refused with all the valid names, and no CLI takes its place", async () => {
  await using aimux = await startServer({ emulators: ["codex"] });
  const role = await aimux.call("exec", { prompt: "say hi", role: "philosopher" });
  assert.equal(role.error.code, "invalid_input");
  assert.match(role.error.message, /"philosopher"/);
  assert.deepEqual(role.error.details.valid, ROLES);
  for (const name of ROLES) assert.ok(role.text.includes(name), name);

  const cli = await aimux.call("exec", { prompt: "say hi", cli: "copilot" });
  assert.equal(cli.error.code, "unknown_cli");
  assert.match(cli.error.message, /"copilot"/);
  assert.deepEqual(cli.error.details.valid.toSorted(), CLI_NAMES.toSorted());
  for (const name of CLI_NAMES) assert.ok(cli.text.includes(name), name);

  assert.deepEqual(await callsOf(aimux.workplace.home, "codex"), []);
  assert.equal((await aimux.call("sessions", { action: "list" })).total_sessions, 0);
});
