import assert from "node:assert/strict";
import expected from "../fixtures/captures/expected.json" with { type: "json" };
import { writeProgram } from "../program_file.ts";
import { startServer } from "./server.ts";

const CAPTURES = new URL("../fixtures/captures/", import.meta.url).pathname;

/** Folders of recordings are named after the program. */
const CLI_OF: Record<string, string> = { cn: "continue" };

interface Expectation {
  text: string;
  outcome: string;
  cliSessionId?: string;
  usage?: Record<string, number>;
  threadUsage?: Record<string, number>;
}

Deno.test("what the real CLIs printed comes back as answer, id, usage and outcome", async (t) => {
  // Of a failure that may pass there are two attempts, and no CLI is to be left alone for them.
  const config = { circuit_breaker: { failure_threshold: 1000 } };
  await using aimux = await startServer({ config });
  for (const [name, given] of Object.entries(expected)) {
    const recording: Expectation = given;
    await t.step(name, async () => {
      const [program = ""] = name.split("/");
      const exit = (await Deno.readTextFile(`${CAPTURES}${name}.exit`)).trim();
      // A program that prints the recording, whatever it is asked.
      const path = `${aimux.workplace.bin}/${program}`;
      await writeProgram(
        path,
        `#!/bin/sh\ncat '${CAPTURES}${name}.stdout'\ncat '${CAPTURES}${name}.stderr' >&2\nexit ${exit}\n`,
      );
      const cli = CLI_OF[program] ?? program;

      const result = await aimux.call("exec", { prompt: "say hi", cli });
      assert.equal(result.error?.code ?? result.status, recording.outcome, result.text);
      assert.equal(result.exit_code, Number(exit));
      if (recording.outcome !== "completed") {
        assert.equal(result.status, "failed");
        return;
      }
      assert.equal(result.content, recording.text.trim());
      if (recording.cliSessionId) assert.equal(result.cli_session_id, recording.cliSessionId);
      const usage = { ...recording.threadUsage, ...recording.usage };
      assert.deepEqual(result.usage ?? {}, usage);
    });
  }
});
