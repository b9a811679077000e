import assert from "node:assert/strict";
import { shownOf } from "../../src/commands/testing.ts";
import { emulator } from "../emulators/mod.ts";
import { PYTHON, startOnTerminal } from "./command.ts";
import { createWorkplace } from "./workplace.ts";

const options = { ignore: PYTHON === undefined };

Deno.test(
  "on a terminal run shows what happens, and takes the living line away",
  options,
  async () => {
    await using workplace = await createWorkplace({
      emulators: {
        crush: emulator.crush().prints("Reading main.ts\n").waits(300).prints("Reading app.ts\n")
          .waits(300),
      },
    });
    const run = startOnTerminal(workplace, ["run", "say hi", "--cli", "crush"], { columns: 60 });
    const { code, stdout } = await run.ended;
    assert.equal(code, 0, stdout);
    assert.ok(stdout.includes(" s\x1b[2m  Reading main.ts\x1b[22m\r\x1b[K"), "a living line");
    const shown = shownOf(stdout);
    const answer = ["Reading main.ts", "Reading app.ts", "MOCK: say hi [turns=1 chars=6]"];
    assert.deepEqual(shown.slice(0, 7), [...answer.map((line) => `  ${line}`), ...answer, ""]);
    assert.equal(shown[7], "status: completed");
    assert.deepEqual(shown.filter((line) => /^[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/.test(line)), []);
  },
);

Deno.test("with NO_COLOR, or on a dumb terminal, run prints plain lines", options, async () => {
  await using workplace = await createWorkplace({ emulators: ["codex"] });
  for (const env of [{ NO_COLOR: "1" }, { TERM: "dumb" }]) {
    const { code, stdout } = await startOnTerminal(workplace, ["run", "say hi"], { env }).ended;
    assert.equal(code, 0);
    assert.ok(!stdout.includes("\x1b"), stdout);
    assert.match(stdout, /^running: codex/);
  }
});

Deno.test("an answer that goes to a file is not seen on the terminal", options, async () => {
  await using workplace = await createWorkplace({ emulators: ["codex"] });
  const { code, stdout } = await startOnTerminal(workplace, {
    line: "aimux run 'say hi' > answer.md; cat answer.md | tr a-z A-Z",
  }).ended;
  assert.equal(code, 0, stdout);
  const shown = shownOf(stdout);
  assert.ok(shown.includes("MOCK: SAY HI [TURNS=2 CHARS=6]"), stdout);
  assert.ok(!shown.includes("MOCK: say hi [turns=2 chars=6]"), stdout);
});

Deno.test("Ctrl+C ends the CLI, and the terminal is left as it was", options, async () => {
  await using workplace = await createWorkplace({
    emulators: { gemini: emulator.gemini().forks().thenHangs() },
  });
  const run = startOnTerminal(workplace, ["run", "think for ever", "--cli", "gemini"]);
  await run.printed(/gemini {2}1 s/, "stdout");
  await run.type("\x03");
  const { code, stdout } = await run.ended;
  assert.equal(code, 130, stdout);
  const shown = shownOf(stdout.replace("^C", ""));
  assert.ok(shown.includes("The job was cancelled"), stdout);
  assert.deepEqual(workplace.processesLeft(), []);
});

Deno.test(
  "what a CLI prints cannot act on the terminal, and is whole in a file",
  options,
  async () => {
    const answer = "\x1b]0;owned\x07safe \x1b[5mtext\x1b]52;c;ZXZpbA==\x07\x1b[?1049h";
    await using workplace = await createWorkplace({
      emulators: { codex: emulator.codex().answers(answer) },
    });
    const seen = await startOnTerminal(workplace, ["run", "say hi"]).ended;
    assert.ok(shownOf(seen.stdout).includes("safe text"), seen.stdout);
    for (const acting of ["\x1b]", "\x07", "\x1b[5m", "\x1b[?1049h"]) {
      assert.ok(!seen.stdout.includes(acting), JSON.stringify(acting));
    }
    const kept = await startOnTerminal(workplace, {
      line: "aimux run 'say hi' --quiet > answer.md; od -An -c answer.md | head -1",
    }).ended;
    assert.match(kept.stdout, /033\s+\]\s+0\s+;/);
  },
);

Deno.test("a prompt that is missing is told, not waited for", options, async () => {
  await using workplace = await createWorkplace({ emulators: ["codex"] });
  const { code, stdout } = await startOnTerminal(workplace, ["run"]).ended;
  assert.equal(code, 2);
  assert.match(stdout, /No prompt/);
});
