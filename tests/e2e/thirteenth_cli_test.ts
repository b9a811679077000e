import assert from "node:assert/strict";
import { writeProgram } from "../program_file.ts";
import { startServer } from "./server.ts";
import { createWorkplace } from "./workplace.ts";

const EXAMPLE = new URL("../../docs/examples/cli.d/agy/profile.yaml", import.meta.url);

/** Prints the events of `agy --output-format stream-json`, and notes its arguments. */
const AGY = `#!/bin/sh
printf '%s\\n' "$*" >> "$HOME/agy.calls"
[ "$1" = --version ] && { echo 1.2.14; exit 0; }
id=c0ffee prompt=
while [ $# -gt 0 ]; do
  case $1 in
    -p) prompt=$2; shift 2 ;;
    --conversation) id=$2; shift 2 ;;
    --dangerously-skip-permissions) shift ;;
    --*) shift 2 ;;
    *) echo "flag provided but not defined: $1" >&2; exit 2 ;;
  esac
done
[ -n "$prompt" ] || prompt="$(wc -c) bytes"
printf '{"event":"init","init":{"conversation_id":"%s","model":"gemini"}}\\n' "$id"
printf '{"event":"step_update","step_update":{"step_type":"TOOL","state":"DONE"}}\\n'
case $prompt in
  fail*)
    printf '{"event":"result","result":{"conversation_id":"%s","status":"ERROR","error":"%s"}}\\n' \\
      "$id" "Quota exceeded for your plan"
    exit 0 ;;
esac
printf '{"event":"result","result":{"conversation_id":"%s","status":"SUCCESS","response":"MOCK: %s",' \\
  "$id" "$prompt"
printf '"usage":{"input_tokens":11,"output_tokens":7,"cache_read_tokens":3}}}\\n'
`;

Deno.test("a CLI that nobody has written code for is one folder: its profile", async () => {
  await using workplace = await createWorkplace({
    config: { server: { allow_full: "always" } },
  });
  const folder = `${workplace.home}/.config/aimux/cli.d/agy`;
  await Deno.mkdir(folder, { recursive: true });
  await Deno.copyFile(EXAMPLE, `${folder}/profile.yaml`);
  await writeProgram(`${workplace.bin}/agy`, AGY);
  await using aimux = await startServer({ workplace });

  const first = await aimux.call("exec", { prompt: "say hi", cli: "agy", reasoning_effort: "max" });
  assert.equal(first.status, "completed", first.text);
  assert.deepEqual(
    [first.content, first.cli_session_id, first.usage],
    ["MOCK: say hi", "c0ffee", { input_tokens: 11, output_tokens: 7, cached_tokens: 3 }],
  );
  const second = await aimux.call("exec", {
    prompt: "x".repeat(7000),
    session_id: first.session_id,
    permission: "full",
  });
  assert.match(second.content, /^MOCK: \s*7000 bytes$/);
  const failed = await aimux.call("exec", { prompt: "fail, please", cli: "agy" });
  assert.deepEqual([failed.status, failed.error.code], ["failed", "quota"]);
  assert.match(failed.error.message, /Quota exceeded for your plan/);
  const refused = await aimux.call("exec", { prompt: "look", cli: "agy", read_only: true });
  assert.equal(refused.error.code, "unsupported");

  const calls = (await Deno.readTextFile(`${workplace.home}/agy.calls`)).trim().split("\n");
  assert.deepEqual(
    calls.map((line) => line.replace("--output-format stream-json --print-timeout 24h", "…")),
    [
      "… --effort high -p say hi",
      "… --dangerously-skip-permissions --effort high --conversation c0ffee",
      "… -p fail, please",
    ],
  );
  const health = await aimux.client.readResource({ uri: "aimux://health" });
  const { clis } = JSON.parse((health.contents[0] as { text: string }).text);
  const agy = clis.find(({ name }: { name: string }) => name === "agy");
  assert.deepEqual([agy.state, agy.version, agy.permissions], ["ready", "1.2.14", [
    "write",
    "full",
  ]]);
  assert.deepEqual(aimux.processesLeft(), []);
});
