import assert from "node:assert/strict";
import { systemClock } from "../../lib/clock.ts";
import { createPipeLauncher } from "../../process/pipe_launcher.ts";
import { chooseSignals } from "../../process/signals.ts";
import { commandLinesWith } from "../../process/testing.ts";
import { askProgram, type Question, type Reply } from "./ask_program.ts";

const ignore = Deno.build.os === "windows";

/** Asks a line of shell. */
async function ask(
  line: string,
  { signal = new AbortController().signal, ...question }:
    & Partial<Question>
    & { signal?: AbortSignal } = {},
): Promise<Reply> {
  const pipes = createPipeLauncher({ clock: systemClock, signals: chooseSignals() });
  return await askProgram({
    command: ["sh", "-c", line],
    document: { prompt: "say hi" },
    maxBytes: 1000,
    milliseconds: 20_000,
    limit: "timeout_seconds",
    ...question,
  }, {
    discovery: {
      find: ({ binary }) =>
        Promise.resolve(binary === "sh" ? { path: "/bin/sh" } : { reason: "It is nowhere" }),
    },
    launcherFor: () => Promise.resolve(pipes),
    clock: systemClock,
    env: { PATH: "/usr/bin:/bin", MY_TOKEN: "x", AIMUX_DEPTH: "1", AIMUX_AUTH_TOKEN: "secret" },
    home: "/",
    owner: "own_1",
  }, signal);
}

Deno.test("it is told the document, and its variables are those that are meant for it", {
  ignore,
}, async () => {
  assert.deepEqual(await ask("cat"), { said: '{"prompt":"say hi"}\n' });
  const env = async (question: Partial<Question>) => {
    const reply = await ask("env; pwd", question);
    assert.ok(typeof reply === "object" && "said" in reply);
    return reply.said;
  };
  const usual = await env({});
  assert.match(usual, /^AIMUX_DEPTH=2$/m);
  assert.match(usual, /^AIMUX_OWNER=own_1$/m);
  assert.match(usual, /^AIMUX_HOOK_ID=\S{20,}$/m);
  assert.match(usual, /^\/$/m, "it runs in the home folder");
  assert.doesNotMatch(usual, /MY_TOKEN|secret/);
  const more = await env({ env_allow: ["MY_*", "AIMUX_*"] });
  assert.match(more, /^MY_TOKEN=x$/m);
  assert.doesNotMatch(more, /secret/);
});

Deno.test("a program need not read what it is told, however long it is", { ignore }, async () => {
  const document = { prompt: "x".repeat(1_000_000) };
  assert.deepEqual(await ask("echo {}", { document }), { said: "{}\n" });
});

Deno.test("why there is no answer is told", { ignore }, async () => {
  const failures: [string, Partial<Question>, RegExp][] = [
    ["exit 3", {}, /^it exited with code 3$/],
    ["echo first >&2; echo last >&2; exit 1", {}, /^it exited with code 1: last$/],
    ["echo no >&2; kill -9 $$", {}, /^it was ended by SIGKILL: no$/],
    ["head -c 1001 /dev/zero", {}, /^it printed more than 1000 bytes$/],
    ["while :; do echo yes; done", {}, /^it printed more than 1000 bytes$/],
    [
      "sleep 1000",
      { milliseconds: 50 },
      /^it did not answer within 0\.05 seconds \(timeout_seconds\)$/,
    ],
    ["", { command: ["nothing"] }, /^It is nowhere$/],
    ["", { command: ["/no/thing"] }, /^"\/no\/thing" is no file that can be executed$/],
  ];
  for (const [line, question, failure] of failures) {
    const reply = await ask(line, question);
    assert.ok(typeof reply === "object" && "failure" in reply, line);
    assert.match(reply.failure, failure);
  }
});

Deno.test("no process is left, whether it answers, is late or is stopped", { ignore }, async () => {
  const stays = "sleep 987654 & setsid sleep 987654 & ";
  assert.deepEqual(await ask(`${stays} echo {}`), { said: "{}\n" });
  await ask(`trap '' TERM; ${stays} sleep 987654`, { milliseconds: 100 });
  const stop = new AbortController();
  const asking = ask(`${stays} echo {}; sleep 987654`, { signal: stop.signal });
  setTimeout(() => stop.abort(), 100);
  assert.equal(await asking, "stopped");
  assert.equal(await ask("echo {}", { signal: stop.signal }), "stopped");
  if (Deno.build.os === "linux") assert.deepEqual(commandLinesWith("sleep 987654"), []);
});
