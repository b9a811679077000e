import assert from "node:assert/strict";
import { callsOf, CLI_NAMES, type CliName } from "../../emulators/mod.ts";
import { startServer } from "../server.ts";
import { createWorkplace } from "../workplace.ts";

/** The flag or word by which each CLI that can resume is asked to. */
const RESUMES: Partial<Record<CliName, string>> = {
  codex: "resume",
  gemini: "--resume",
  claude: "--resume",
  qwen: "--resume",
  aider: "--restore-chat-history",
  goose: "--resume",
  gptme: "--resume",
  opencode: "--session",
};

Deno.test("a session is resumed by the CLI's own id behind its own flag, also after a restart", async (t) => {
  await using workplace = await createWorkplace({ emulators: CLI_NAMES });
  const first: Record<string, { session_id: string; id: string }> = {};
  {
    await using aimux = await startServer({ workplace });
    for (const cli of CLI_NAMES) {
      const result = await aimux.call("exec", { prompt: "remember the word plum", cli });
      assert.equal(result.status, "completed", result.text);
      first[cli] = { session_id: result.session_id, id: result.cli_session_id };
    }
  }
  await using aimux = await startServer({ workplace });
  for (const cli of CLI_NAMES) {
    await t.step(cli, async () => {
      const result = await aimux.call("exec", {
        prompt: "which word was it",
        session_id: first[cli]!.session_id,
      });
      assert.equal(result.status, "completed", result.text);
      assert.equal(result.session_id, first[cli]!.session_id);
      assert.equal(result.cli, cli);

      const call = (await callsOf(workplace.home, cli)).at(-1)!;
      const flag = RESUMES[cli];
      if (flag === undefined) {
        // It is given what was said instead.
        assert.match(call.prompt ?? "", /remember the word plum[^]*which word was it/);
      } else {
        assert.ok(call.argv.includes(flag), call.argv.join(" "));
        assert.ok(call.argv.join(" ").includes(first[cli]!.id), call.argv.join(" "));
        assert.ok(!call.prompt?.includes("plum"));
      }
    });
  }
});
