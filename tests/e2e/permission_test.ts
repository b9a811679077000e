import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { CLI_NAMES, type CliName } from "../emulators/cli.ts";
import { callsOf, emulator } from "../emulators/mod.ts";
import type { Permission } from "../../src/config/permission.ts";
import { runCommand } from "./command.ts";
import { startServer, type TestServer } from "./server.ts";
import { createWorkplace } from "./workplace.ts";

const PERMISSIONS = ["read_only", "write", "full"] as const;

/** What stands in the arguments, or `NAME~part of the value` in the environment, for each. */
const MODES: Record<CliName, Record<Permission, string[] | undefined>> = {
  codex: {
    read_only: ["--sandbox read-only"],
    write: ["--sandbox workspace-write"],
    full: ["--sandbox danger-full-access"],
  },
  claude: {
    read_only: ["--permission-mode plan"],
    write: ["--permission-mode acceptEdits"],
    full: ["--permission-mode bypassPermissions"],
  },
  gemini: {
    read_only: ["--approval-mode plan"],
    write: ["--approval-mode auto_edit"],
    full: ["--approval-mode yolo"],
  },
  qwen: {
    read_only: ["--approval-mode plan"],
    write: ["--approval-mode auto-edit"],
    full: ["--approval-mode yolo"],
  },
  aider: { read_only: ["--chat-mode ask"], write: [], full: [] },
  goose: { read_only: undefined, write: ["GOOSE_MODE~auto"], full: ["GOOSE_MODE~auto"] },
  crush: { read_only: undefined, write: [], full: [] },
  gptme: {
    read_only: ["--tools read-only"],
    write: ["--tools read,save,append,patch"],
    full: [],
  },
  cline: {
    read_only: ["--plan", "CLINE_GLOBAL_SETTINGS_PATH~/job_"],
    write: ["CLINE_GLOBAL_SETTINGS_PATH~/job_"],
    full: ["--auto-approve true"],
  },
  continue: {
    read_only: ["--exclude Edit", "--exclude Write", "--exclude Bash"],
    write: ["--exclude Bash", "--allow Edit", "--allow Write"],
    full: ["--auto"],
  },
  droid: {
    read_only: ["--remove-tools Execute,Create,Edit,ApplyPatch,Task"],
    write: ["--auto low"],
    full: ["--skip-permissions-unsafe"],
  },
  opencode: {
    read_only: [
      "--agent plan",
      'OPENCODE_PERMISSION~{"*": "deny"',
      'OPENCODE_PERMISSION~"bash": "deny"',
    ],
    write: ['OPENCODE_PERMISSION~"bash": "deny"', 'OPENCODE_PERMISSION~"edit": "allow"'],
    full: ["--auto"],
  },
};

/** What the newest call of a CLI says of permissions. */
async function modeOf({ workplace }: TestServer, cli: CliName): Promise<string[]> {
  const { argv, env } = (await callsOf(workplace.home, cli)).at(-1)!;
  const words = ` ${argv.join(" ")} `;
  const told = (mode: string) => {
    const [name = "", part] = mode.split("~");
    return part === undefined ? words.includes(` ${mode} `) : env[name]?.includes(part);
  };
  return [...new Set(Object.values(MODES[cli]).flatMap((modes) => modes ?? []))].filter(told);
}

Deno.test("each CLI is told its permission in its own words, or refuses what it has no words for", async (t) => {
  await using aimux = await startServer({
    emulators: [...CLI_NAMES],
    config: { server: { allow_full: "always" } },
  });
  for (const cli of CLI_NAMES) {
    await t.step(cli, async () => {
      for (const permission of PERMISSIONS) {
        const expected = MODES[cli][permission];
        const result = await aimux.call("exec", { prompt: "say hi", cli, permission });
        if (!expected) {
          assert.equal(result.error.code, "unsupported");
          assert.equal(result.error.details.permission, permission);
          continue;
        }
        assert.equal(result.status, "completed", result.text);
        assert.deepEqual(
          [result.permission, result.read_only],
          [permission, permission === "read_only"],
        );
        assert.match(result.text, new RegExp(`^permission: ${permission}$`, "m"));
        assert.deepEqual(await modeOf(aimux, cli), expected);
      }
    });
  }

  await t.step(
    "a role passes over what cannot be run so, and the result, status, sessions and health tell",
    async () => {
      const started = await aimux.call("exec", {
        prompt: "say hi",
        cli: "codex",
        permission: "full",
        async: true,
      });
      assert.equal(started.permission, "full");
      const { job_id, session_id } = started;
      const done = await aimux.call("status", { job_id, wait_seconds: 30 });
      assert.deepEqual([done.status, done.permission], ["completed", "full"]);
      assert.equal(done.choose_your_path.continue.next_call.arguments.permission, "full");
      const { session, jobs, text } = await aimux.call("sessions", { action: "info", session_id });
      assert.deepEqual([session.permission, jobs[0].permission], ["full", "full"]);
      assert.match(text, / completed {2}full {2}/);
      const { sessions } = await aimux.call("sessions", { action: "list", cli: "goose" });
      assert.deepEqual(sessions.map(({ permission }: { permission: string }) => permission), [
        "full",
        "write",
      ]);
      const health = await aimux.client.readResource({ uri: "aimux://health" });
      const [content] = health.contents;
      const { clis } = JSON.parse((content as { text: string }).text);
      const goose = clis.find(({ name }: { name: string }) => name === "goose");
      assert.deepEqual(goose.permissions, ["write", "full"]);
    },
  );

  await t.step("contradictions and unknown modes are refused, and nothing is started", async () => {
    const before = (await callsOf(aimux.workplace.home, "codex")).length;
    for (
      const [given, message] of [
        [{ permission: "full", read_only: true }, /contradict each other/],
        [{ permission: "write", read_only: true }, /contradict each other/],
        [{ permission: "read_only", read_only: false }, /contradict each other/],
        [{ permission: "yolo" }, /permission/],
      ] as const
    ) {
      const result = await aimux.call("exec", { prompt: "say hi", cli: "codex", ...given });
      assert.equal(result.error.code, "invalid_input", result.text);
      assert.match(result.error.message, message);
    }
    assert.equal((await callsOf(aimux.workplace.home, "codex")).length, before);
  });

  await t.step(
    "full is for the call that says it: no session and no role hands it on",
    async () => {
      const first = await aimux.call("exec", { prompt: "one", cli: "codex", permission: "full" });
      const { session_id } = first;
      const next = async (args: object) => {
        const { permission, warnings } = await aimux.call("exec", {
          prompt: "on",
          session_id,
          ...args,
        });
        const told = warnings.filter((warning: string) => /permission "full"/.test(warning)).length;
        return [permission, told, ...await modeOf(aimux, "codex")];
      };
      assert.deepEqual(await next({}), ["write", 1, "--sandbox workspace-write"]);
      assert.deepEqual(await next({}), ["write", 0, "--sandbox workspace-write"]);
      assert.deepEqual(await next({ permission: "full" }), [
        "full",
        0,
        "--sandbox danger-full-access",
      ]);
      assert.deepEqual(await next({ role: "coding" }), ["write", 1, "--sandbox workspace-write"]);
      assert.deepEqual(await next({ permission: "read_only" }), [
        "read_only",
        0,
        "--sandbox read-only",
      ]);
      assert.deepEqual(await next({}), ["read_only", 0, "--sandbox read-only"]);

      const advised = await aimux.call("exec", {
        prompt: "look",
        role: "review",
        permission: "full",
      });
      assert.equal(advised.permission, "read_only");
      assert.match(advised.warnings.join(), /Role "review" only advises; it ran read-only/);
    },
  );

  await t.step("a project cannot raise what a run may do", async () => {
    const folder = `${aimux.workplace.project}/.aimux`;
    await Deno.mkdir(folder);
    await Deno.writeTextFile(
      `${folder}/config.yaml`,
      "roles: { coding: { cli: codex, advisory: false, permission: full } }\n",
    );
    const refused = await aimux.call("exec", { prompt: "x", role: "coding" });
    assert.match(refused.text, /Unknown key "roles\.coding\.permission"/);
    await Deno.writeTextFile(
      `${folder}/config.yaml`,
      "roles: { coding: { cli: codex }, review: { cli: codex, advisory: false } }\n",
    );
    const coding = await aimux.call("exec", { prompt: "x", role: "coding" });
    assert.equal(coding.permission, "write");
    const review = await aimux.call("exec", { prompt: "x", role: "review" });
    assert.equal(review.permission, "read_only");
  });

  await t.step("the job's row has it", () => {
    const db = new DatabaseSync(`${aimux.workplace.home}/.config/aimux/sessions.db`, {
      readOnly: true,
    });
    const rows = db.prepare("SELECT DISTINCT permission, read_only FROM jobs ORDER BY 1").all();
    db.close();
    assert.deepEqual(rows.map((row) => Object.values(row)), [
      ["full", 0],
      ["read_only", 1],
      ["write", 0],
    ]);
  });
  const kept = Array.from(Deno.readDirSync(`${aimux.workplace.home}/.config/aimux/state`));
  assert.deepEqual(kept.filter(({ name }) => name.startsWith("job_")), []);
  assert.deepEqual(aimux.processesLeft(), []);
});

Deno.test("what is tried in place of a run has its permission, and a CLI without it is passed over", async () => {
  await using aimux = await startServer({
    emulators: {
      codex: emulator.codex().fails("auth"),
      gemini: emulator.gemini().fails("quota"),
      goose: emulator.goose(),
    },
    profiles: { gemini: { model_fallback: [] } },
    config: { server: { allow_full: "always" } },
  });
  const full = await aimux.call("exec", { prompt: "do it", permission: "full" });
  assert.deepEqual([full.cli, full.permission, full.status], ["goose", "full", "completed"]);
  assert.deepEqual(await modeOf(aimux, "codex"), ["--sandbox danger-full-access"]);
  assert.deepEqual(await modeOf(aimux, "gemini"), ["--approval-mode yolo"]);
  assert.deepEqual(await modeOf(aimux, "goose"), ["GOOSE_MODE~auto"]);

  const reading = await aimux.call("exec", { prompt: "look", read_only: true });
  assert.equal(reading.status, "failed", "goose cannot promise it");
  assert.deepEqual(await modeOf(aimux, "codex"), ["--sandbox read-only"]);
  assert.equal((await callsOf(aimux.workplace.home, "goose")).length, 1);
});

Deno.test("aimux run takes a permission, and tells it in a dry run", async () => {
  await using workplace = await createWorkplace({
    emulators: ["codex"],
  });
  const run = (...args: string[]) =>
    runCommand(workplace, ["run", "say hi", "--cli", "codex", ...args]);
  const { stdout } = await run("--permission", "full", "--dry-run");
  assert.match(stdout, /^permission: full$/m);
  assert.match(stdout, /--sandbox danger-full-access/);
  assert.match(
    (await run("--permission", "read-only", "--dry-run")).stdout,
    /^permission: read_only$/m,
  );
  const refused = await run("--permission", "full", "--read-only");
  assert.deepEqual([refused.code, refused.stdout], [2, ""]);
  assert.match(refused.stderr, /contradict each other/);
  const unknown = await run("--permission", "yolo");
  assert.deepEqual([unknown.code, unknown.stdout], [2, ""]);
  assert.match(unknown.stderr, /read_only, write, full/);
});
