/** What a project sets that could do harm holds only where its user trusts it. */
import assert from "node:assert/strict";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { writeProgram } from "../program_file.ts";
import { runCommand } from "./command.ts";
import { startHttp } from "./http_server.ts";
import { callTool, type Result, startServer } from "./server.ts";
import { createWorkplace, type Workplace } from "./workplace.ts";

const CALL = { prompt: "say hi", cli: "codex" };
const FROM_PROJECT = "from the project: say hi";

/** A project whose codex is a program of its own, with a limit that it may not raise by itself. */
async function furnish(project: string, more = ""): Promise<void> {
  await write(project, "config.yaml", `server:\n  max_prompt_bytes: 2000000\n${more}`);
  await write(
    project,
    "cli.d/codex/profile.yaml",
    "binary: ./own\nheadless_flags: [from the project]\nenv:\n  MY_TOKEN: hidden\n",
  );
  await writeProgram(
    `${project}/.aimux/cli.d/codex/own`,
    `#!/bin/sh
if [ "$1" = --version ]; then echo codex-cli 0.169.0; exit; fi
for last; do :; done
echo '{"type":"thread.started","thread_id":"t1"}'
printf '{"type":"item.completed","item":{"id":"i","type":"agent_message","text":"%s: %s"}}\\n' \\
  "$2" "$(printf %.20s "$last")"
echo '{"type":"turn.completed","usage":{"input_tokens":1,"output_tokens":2}}'
`,
  );
}

async function write(project: string, file: string, text: string): Promise<void> {
  const path = `${project}/.aimux/${file}`;
  await Deno.mkdir(path.replace(/\/[^/]*$/, ""), { recursive: true });
  await Deno.writeTextFile(path, text);
  await Deno.chmod(path, 0o644);
}

function warningOf({ warnings }: Result): string {
  return ((warnings ?? []) as string[]).filter((text) => text.includes("trust")).join("\n");
}

async function trusted(workplace: Workplace): Promise<string> {
  return (await runCommand(workplace, ["config", "trusted"])).stdout;
}

for (const era of ["auto", "legacy"] as const) {
  Deno.test(`a project is asked about once for each content, and a yes makes its program run (${era})`, async () => {
    await using workplace = await createWorkplace({ emulators: ["codex"] });
    const { project } = workplace;
    await furnish(project);
    const asked: string[] = [];
    let action: "accept" | "decline" = "decline";
    const options = {
      workplace,
      era,
      answers(question: string) {
        asked.push(question);
        return { action, ...action === "accept" && { content: {} } };
      },
    };
    {
      await using aimux = await startServer(options);
      for (const _ of [1, 2]) {
        const without = await aimux.call("exec", CALL);
        assert.equal(without.status, "completed", without.text);
        assert.notEqual(without.content, FROM_PROJECT);
        assert.match(warningOf(without), /"server.max_prompt_bytes" \(config.yaml:2:21\)/);
        assert.match(warningOf(without), /"binary" \(cli.d\/codex\/profile.yaml:1:9\)/);
        assert.ok(without.text.includes(`aimux config trust ${project}`), without.text);
      }
      assert.equal(asked.length, 1, "a no is remembered");
      const [question = ""] = asked;
      assert.ok(question.includes(`the project in "${project}"?`), question);
      assert.match(question, /^config\.yaml:2 server\.max_prompt_bytes: 2000000$/m);
      assert.match(question, /^cli\.d\/codex\/profile\.yaml:1 binary: "\.\/own"$/m);
      assert.match(question, /^cli\.d\/codex\/profile\.yaml:4 env\.MY_TOKEN: "\[redacted\]"$/m);
      await write(project, "config.yaml", "server:\n  max_prompt_bytes: 3000000\n");
      action = "accept";
      assert.equal((await aimux.call("exec", CALL)).content, FROM_PROJECT);
      assert.equal(asked.length, 2, "another content is another question");
      const long = await aimux.call("exec", { ...CALL, prompt: "a".repeat(1_100_000) });
      assert.equal(long.status, "completed", "the limit is no longer in the way");
      assert.equal(asked.length, 2, "a yes is remembered");
    }
    assert.equal(await trusted(workplace), `${project}\n`);

    await using aimux = await startServer({ ...options, answers: () => assert.fail("asked") });
    assert.equal((await aimux.call("exec", CALL)).content, FROM_PROJECT);
  });

  Deno.test(`a call may be asked twice about, and a file that changes while it is asked is not trusted (${era})`, async () => {
    await using workplace = await createWorkplace({ emulators: ["codex"] });
    const { project } = workplace;
    await furnish(project);
    const asked: string[] = [];
    await using aimux = await startServer({
      workplace,
      era,
      async answers(question) {
        asked.push(question);
        const first = asked.length === 1;
        if (first) await write(project, "config.yaml", "server: {max_prompt_bytes: 4000000}\n");
        return { action: "accept", content: {} };
      },
    });
    const result = await aimux.call("exec", CALL);
    if (era === "legacy") {
      assert.notEqual(result.content, FROM_PROJECT);
      assert.match(warningOf(result), /"server.max_prompt_bytes"/);
    } else assert.equal(asked.length, 2, "the call that comes again is another look at the file");
    assert.equal((await aimux.call("exec", CALL)).content, FROM_PROJECT);
    assert.match(asked[1]!, /max_prompt_bytes: 4000000/);

    await write(project, "config.yaml", "server: {max_prompt_bytes: 5000000}\n");
    asked.length = 0;
    asked.push("");
    await write(
      project,
      "cli.d/codex/profile.yaml",
      await Deno.readTextFile(`${project}/.aimux/cli.d/codex/profile.yaml`) + "full_flags: []\n",
    );
    const full = await aimux.call("exec", { ...CALL, permission: "full" });
    assert.deepEqual([full.content, full.permission], [FROM_PROJECT, "full"], full.text);
    assert.equal(asked.length, 3);
    assert.match(asked[1]!, /^Trust the configuration/);
    assert.match(asked[2]!, /^Let codex run with full permission/);
  });
}

Deno.test("where the client cannot ask, a command trusts the project, until a file changes", async () => {
  await using workplace = await createWorkplace({ emulators: ["codex"] });
  const { project } = workplace;
  await furnish(project);
  await using aimux = await startServer({ workplace });
  assert.match(warningOf(await aimux.call("exec", CALL)), /To allow it: aimux config trust /);

  const given = await runCommand(workplace, ["config", "trust"]);
  assert.equal(given.code, 0, given.stderr);
  assert.match(given.stdout, /profile\.yaml:1 binary: "\.\/own"\n/);
  assert.ok(
    given.stdout.endsWith(`Trusted: ${project}, until one of its files in .aimux changes\n`),
  );
  const ran = await aimux.call("exec", CALL);
  assert.deepEqual([ran.content, warningOf(ran)], [FROM_PROJECT, ""]);
  const more = await aimux.call("exec", { prompt: "again", session_id: ran.session_id });
  assert.match(more.content, /^from the project: /);

  const { mode } = await Deno.stat(`${workplace.home}/.config/aimux/trusted`);
  assert.equal(mode! & 0o777, 0o700);

  await write(project, "config.yaml", "server: {max_prompt_bytes: 9000000}\n");
  const changed = await aimux.call("exec", CALL);
  assert.notEqual(changed.content, FROM_PROJECT);
  assert.match(warningOf(changed), /"server.max_prompt_bytes"/);
});

Deno.test("over HTTP the user of each principal is asked, and a yes holds for all", async () => {
  await using workplace = await createWorkplace({
    emulators: ["codex"],
    config: { server: { auth_tokens: { ann: "token-of-ann", bob: "token-of-bob" } } },
  });
  await furnish(workplace.project);
  await using server = await startHttp(workplace);
  const asked: string[] = [];
  for (
    const [era, name, action, expected] of [
      ["auto", "ann", "decline", false],
      ["auto", "ann", "accept", false],
      ["legacy", "bob", "accept", true],
      ["auto", "ann", "decline", true],
    ] as const
  ) {
    const client = new Client({ name: "t", version: "1" }, {
      versionNegotiation: { mode: era },
      capabilities: { elicitation: { form: {} } },
    });
    client.setRequestHandler("elicitation/create", () => {
      asked.push(name);
      return { action, ...action === "accept" && { content: {} } };
    });
    const headers = { authorization: `Bearer token-of-${name}` };
    await client.connect(
      new StreamableHTTPClientTransport(new URL(`${server.url}/mcp`), { requestInit: { headers } }),
    );
    const { content } = await callTool(client, "exec", CALL);
    assert.equal(content === FROM_PROJECT, expected, `${era} ${name} ${action}`);
    await client.close();
  }
  assert.deepEqual(asked, ["ann", "bob"]);
});

Deno.test("trust is for one folder: not for those within, copies of it or where it was moved", async () => {
  await using workplace = await createWorkplace({ emulators: ["codex"] });
  const { project } = workplace;
  await furnish(project);
  for (const folder of ["child", "copy"]) {
    await furnish(`${project}/${folder}`);
    await Deno.chmod(`${project}/${folder}`, 0o755);
  }
  await runCommand(workplace, ["config", "trust"]);
  await Deno.symlink(project, `${workplace.home}/link`);
  await Deno.rename(`${project}/copy`, `${workplace.home}/moved`);
  await using aimux = await startServer({ workplace });
  const contentIn = async (cwd: string) => (await aimux.call("exec", { ...CALL, cwd })).content;
  assert.equal(await contentIn(`${workplace.home}/link`), FROM_PROJECT);
  for (const folder of [`${project}/child`, `${workplace.home}/moved`]) {
    assert.notEqual(await contentIn(folder), FROM_PROJECT);
  }
  // Elsewhere codex is what it always was, also after the project's own has run.
  assert.notEqual(await contentIn(workplace.home), FROM_PROJECT);
});

Deno.test("a CLI that only an untrusted project has is refused with the way to allow it", async () => {
  await using workplace = await createWorkplace({ emulators: ["codex"] });
  const { project } = workplace;
  await write(project, "config.yaml", "roles:\n  loud: {cli: shout}\n");
  await write(
    project,
    "cli.d/shout/profile.yaml",
    "name: shout\nbinary: ../../../shout\ncommand: {base: shout}\noutput_format: text\n",
  );
  await writeProgram(`${project}/shout`, '#!/bin/sh\necho "$1!"\n');
  await using aimux = await startServer({ workplace });
  for (
    const [call, code] of [[{ cli: "shout" }, "unknown_cli"], [
      { role: "loud" },
      "invalid_input",
    ]] as const
  ) {
    const { error } = await aimux.call("exec", { prompt: "hey", ...call });
    assert.equal(error.code, code);
    assert.ok(error.hint.includes(`aimux config trust ${project}`), error.hint);
  }
  await runCommand(workplace, ["config", "trust", "."]);
  for (const call of [{ cli: "shout" }, { role: "loud" }]) {
    assert.equal((await aimux.call("exec", { prompt: "hey", ...call })).content, "hey!");
  }
});

Deno.test("what a CLI prints that only a trusted project has is told in words", async () => {
  await using workplace = await createWorkplace();
  const { project } = workplace;
  await write(
    project,
    "cli.d/own/profile.yaml",
    "name: own\nbinary: ./own\ncommand: {base: own}\noutput_format: jsonl\nversion_flags: []\n",
  );
  await writeProgram(
    `${project}/.aimux/cli.d/own/own`,
    `#!/bin/sh
echo '{"type":"message","role":"assistant","content":"I look first"}'
echo '{"type":"message","role":"assistant","content":"done"}'
`,
  );
  await runCommand(workplace, ["config", "trust"]);
  const { stdout, stderr } = await runCommand(workplace, ["run", "say hi", "--cli", "own"]);
  assert.equal(stdout, "done\n", stderr);
  assert.match(stderr, /^> I look first$/m);
});

Deno.test("files that others may write to are trusted by nobody, and what the user decides by command is not asked", async () => {
  await using workplace = await createWorkplace({ emulators: ["codex"] });
  const { project } = workplace;
  await furnish(project);
  await runCommand(workplace, ["config", "trust"]);
  await Deno.chmod(`${project}/.aimux/config.yaml`, 0o666);
  const answers = () => assert.fail("asked");
  {
    await using aimux = await startServer({ workplace, answers });
    const result = await aimux.call("exec", CALL);
    assert.notEqual(result.content, FROM_PROJECT);
    assert.match(warningOf(result), /It cannot be trusted: others may write to .*chmod go-w$/m);
  }
  await write(project, "config.yaml", "server: {max_prompt_bytes: 9000000}\n");
  workplace.env["AIMUX_SERVER_TRUST_PROJECTS"] = "command";
  await using aimux = await startServer({ workplace, answers });
  assert.match(warningOf(await aimux.call("exec", CALL)), /To allow it: aimux config trust/);
});

Deno.test("aimux run and doctor tell of what is not trusted, and use what is", async () => {
  await using workplace = await createWorkplace({ emulators: ["codex"] });
  await furnish(workplace.project);
  const run = () => runCommand(workplace, ["run", "say hi", "--cli", "codex"]);
  const doctor = async () => JSON.parse((await runCommand(workplace, ["doctor", "--json"])).stdout);
  const pathOf = ({ clis }: { clis: { name: string; path: string }[] }) =>
    clis.find(({ name }) => name === "codex")!.path;

  assert.match(
    (await run()).stderr,
    /^warning: .* Ignored what .*To allow it: aimux config trust \//m,
  );
  const before = await doctor();
  assert.equal(before.config.project.trust, "untrusted");
  assert.match(before.warnings.join("\n"), /To allow it: aimux config trust \//);
  assert.equal(pathOf(before), `${workplace.bin}/codex`);

  await runCommand(workplace, ["config", "trust"]);
  const { stdout, stderr } = await run();
  assert.equal(stdout, `${FROM_PROJECT}\n`);
  assert.doesNotMatch(stderr, /warning/);
  const after = await doctor();
  assert.equal(after.config.project.trust, "trusted");
  assert.equal(pathOf(after), `${workplace.project}/.aimux/cli.d/codex/own`);
  const { stdout: text } = await runCommand(workplace, ["doctor"]);
  assert.match(text, /^looked for project: found, trusted, /m);
});
