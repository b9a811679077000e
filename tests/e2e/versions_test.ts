import assert from "node:assert/strict";
import { callsOf, emulator } from "../emulators/mod.ts";
import { writeProgram } from "../program_file.ts";
import { runCommand } from "./command.ts";
import { startServer } from "./server.ts";
import { createWorkplace } from "./workplace.ts";

Deno.test("an older version of a CLI is called as it has to be", async () => {
  await using aimux = await startServer({
    emulators: { claude: emulator.claude().ofVersion("2.1.50") },
  });
  const ask = { prompt: "x y", cli: "claude", reasoning_effort: "max" };
  const result = await aimux.call("exec", ask);
  assert.equal(result["status"], "completed", result.text);
  assert.deepEqual(result["warnings"], [
    'claude has no effort level "max"; it ran with "high"',
  ]);
  const [{ argv = [] } = {}] = await callsOf(aimux.workplace.home, "claude");
  assert.deepEqual(argv.slice(argv.indexOf("--effort"), -1), ["--effort", "high"]);

  await Deno.remove(`${aimux.workplace.bin}/claude`);
  await aimux.workplace.install({ claude: emulator.claude().ofVersion("2.1.10") });
  const older = await aimux.call("exec", ask);
  assert.deepEqual(older["warnings"], [
    'claude has no effort levels; "max" was not passed on',
  ]);
});

Deno.test("doctor and a dry run tell the call of the installed version", async () => {
  await using workplace = await createWorkplace({
    emulators: { codex: emulator.codex().ofVersion("codex-cli 0.42.0") },
  });
  const run = ["run", "--cli", "codex", "PROMPT", "--dry-run", "--json"];
  const { argv } = JSON.parse((await runCommand(workplace, run)).stdout);
  assert.ok(argv.includes("--experimental-json"), argv.join(" "));
  const report = JSON.parse((await runCommand(workplace, ["doctor", "--json"])).stdout);
  const codex = report.clis.find(({ name }: { name: string }) => name === "codex");
  assert.deepEqual(codex.argv, argv);
});

Deno.test("a mode that only newer versions have is refused, and passed over", async () => {
  await using workplace = await createWorkplace({
    emulators: { gemini: emulator.gemini().ofVersion("0.30.0"), codex: emulator.codex() },
    config: { roles: { review: { cli: "gemini", advisory: true } } },
  });
  await using aimux = await startServer({ workplace });
  const refused = await aimux.call("exec", { prompt: "x", cli: "gemini", read_only: true });
  assert.equal(refused["error"].code, "unsupported");
  assert.match(
    refused["error"].message,
    /it has no mode that forbids changes in version 0\.30\.0$/,
  );
  assert.match(
    refused["error"].hint,
    /^Install a newer one: npm install -g @google\/gemini-cli\. /,
  );
  const instead = await aimux.call("exec", { prompt: "x", role: "review" });
  assert.deepEqual([instead["status"], instead["cli"]], ["completed", "codex"]);
  const doctor = JSON.parse((await runCommand(workplace, ["doctor", "--json"])).stdout);
  const gemini = doctor.clis.find(({ name }: { name: string }) => name === "gemini");
  assert.deepEqual(gemini.permissions, ["write", "full"]);
});

Deno.test("a CLI that does not tell its version runs as the newest one, with a warning", async () => {
  await using aimux = await startServer({ emulators: ["claude"] });
  const { bin } = aimux.workplace;
  await Deno.rename(`${bin}/claude`, `${bin}/real-claude`);
  const script = `[ "$1" = --version ] && exit 3\nexec "${bin}/real-claude" "$@"\n`;
  await writeProgram(`${bin}/claude`, `#!/bin/sh\n${script}`);
  const result = await aimux.call("exec", { prompt: "x y", cli: "claude" });
  assert.equal(result["status"], "completed", result.text);
  assert.deepEqual(result["warnings"], [
    `The version of claude is not known ("${bin}/claude --version" exited with code 3); ` +
    "it was called as 2.1.330 has to be",
  ]);
});

Deno.test("a CLI that does not tell its version is not run read-only where some version cannot be", async () => {
  await using aimux = await startServer({ emulators: ["gemini"] });
  const { bin } = aimux.workplace;
  await Deno.rename(`${bin}/gemini`, `${bin}/real-gemini`);
  const script = `[ "$1" = --version ] && exit 3\nexec "${bin}/real-gemini" "$@"\n`;
  await writeProgram(`${bin}/gemini`, `#!/bin/sh\n${script}`);
  const refused = await aimux.call("exec", { prompt: "x y", cli: "gemini", read_only: true });
  assert.equal(refused["error"].code, "unsupported", refused.text);
  assert.equal(
    refused["error"].message,
    'Cannot run "gemini" read-only: it has no mode that forbids changes in some of its versions, ' +
      `and which one is installed is not known ("${bin}/gemini --version" exited with code 3)`,
  );
  const written = await aimux.call("exec", { prompt: "x y", cli: "gemini" });
  assert.equal(written["status"], "completed", written.text);
});
