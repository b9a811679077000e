import assert from "node:assert/strict";
import expected from "../fixtures/captures/expected.json" with { type: "json" };
import { CLI_NAMES, conversationsOf, emulator } from "./mod.ts";
import { longPrompt, type Recording, recordings, shapeOf } from "./recordings.ts";
import { sandbox } from "./testing.ts";

/** The run before a resume. */
const FIRST_RUNS: Record<string, string[]> = {
  "aider/resume_restore": ["--message", "say hi"],
  "claude/resume": ["-p", "say hi"],
  "cn/resume": ["-p", "say hi"],
  "cn/resume_fork": ["-p", "say hi"],
  "codex/resume": ["exec", "say hi"],
  "gemini/resume": ["--skip-trust", "-p", "say hi"],
  "goose/resume": ["run", "-n", "sess1", "-t", "say hi"],
  "gptme/resume": ["--name", "aimux-t1", "--tools", "read-only", "say hi"],
  "opencode/resume": ["run", "--agent", "plan", "say hi"],
  "qwen/resume": ["say hi"],
};

/** In this run aider took the echo of its own instructions for an edit. */
const NOT_PLAYED = ["aider/ok", ...decodedOnly()];

for (const recording of recordings().filter(({ name }) => !NOT_PLAYED.includes(name))) {
  Deno.test(`the emulator ends and prints as in the recording ${recording.name}`, async () => {
    const { cli, name } = recording;
    const keyless = name.endsWith("/nokey") ? emulator[cli]().fails("login") : emulator[cli]();
    await using box = await sandbox({ [cli]: keyless });
    const first = FIRST_RUNS[name];
    if (first !== undefined) assert.equal((await box.run(cli, first)).code, 0);

    const id = conversationsOf(box.home, cli)[0];
    const ran = await box.run(cli, await argsOf(recording, id, box.cwd), {
      ...stdinOf(recording),
      env: recording.env,
    });

    const there = (text: string) =>
      text.replaceAll(box.cwd, "/home/user/project").replaceAll(box.home, "/home/user");
    assert.equal(ran.code, recording.code);
    assert.equal(shapeOf(there(ran.stdout)), shapeOf(recording.stdout));
    if (recording.code !== 0) {
      assert.equal(shapeOf(told(there(ran.stderr))), shapeOf(told(recording.stderr)));
    }
  });
}

/** What only the decoders are tried on. */
function decodedOnly(): string[] {
  return Object.entries(expected).filter(([, meaning]) => "decoded_only" in meaning)
    .map(([name]) => name);
}

Deno.test("there is a recording of every CLI but crush", () => {
  const recorded = new Set(recordings().map(({ cli }) => cli));
  assert.deepEqual(CLI_NAMES.filter((cli) => !recorded.has(cli)), ["crush"]);
});

/** The error on standard error, without the log lines around it. */
function told(stderr: string): string {
  const log = /^· ERROR {4}(?:No provider|Error code: \d+)/m.exec(stderr);
  if (log !== null) return log[0];
  return stderr.slice(Math.max(0, stderr.search(/^\{/m)));
}

async function argsOf({ args, name }: Recording, id: string | undefined, cwd: string) {
  const file = `${cwd}/p20k.txt`;
  await Deno.writeTextFile(file, longPrompt());
  return args.map((argument) => {
    if (argument.endsWith("/p20k.txt")) return file;
    const isId = /^([0-9a-f]{8}-[0-9a-f-]{27}|ses_\w+)$/.test(argument);
    // The recorded limit of five seconds is not worth waiting for.
    if (name === "cline/timeout_flag" && argument === "5") return "0.1";
    return isId && id !== undefined ? id : argument;
  });
}

function stdinOf({ stdin }: Recording): { stdin?: string } {
  if (stdin === "/dev/null") return {};
  return { stdin: stdin.endsWith("/s.txt") ? "piped text" : longPrompt() };
}
