import assert from "node:assert/strict";
import { callsOf, CLI_NAMES, type CliName } from "./mod.ts";
import { sandbox } from "./testing.ts";

/** What each CLI makes of its arguments and of standard input. */
const PROMPTS: [CliName, string[], string | undefined, string | null][] = [
  ["codex", ["exec", "-"], "by pipe\n", "by pipe\n"],
  ["codex", ["exec"], "by pipe\n", "by pipe\n"],
  ["codex", ["exec", "say", "hi"], undefined, null],
  ["codex", ["exec", "--", "--help me"], undefined, "--help me"],
  ["codex", ["exec", "say hi"], "more", "say hi\n\n<stdin>\nmore\n</stdin>"],
  ["claude", ["-p"], "by pipe\n", "by pipe\n"],
  ["claude", ["-p"], undefined, null],
  ["gemini", ["--skip-trust"], "by pipe\n", "by pipe\n"],
  ["gemini", ["--skip-trust", "-p", "say hi"], "more", "more\n\nsay hi"],
  ["gemini", ["-p", "say hi"], undefined, null],
  ["qwen", ["-p", "say hi"], undefined, "say hi"],
  ["aider", ["--message", "say hi"], "not read", "say hi"],
  ["goose", ["run", "-i", "-"], "by pipe\n", "by pipe\n"],
  ["goose", ["run", "say hi"], undefined, null],
  ["crush", ["run", "say", "hi"], "before", "before\n\nsay hi"],
  ["gptme", ["-n"], "by pipe\n", "````stdin\nby pipe\n\n````"],
  ["cline", ["--json", "hi"], undefined, null],
  ["cline", ["--json", "hi "], undefined, "hi "],
  ["cline", ["task", "say hi"], undefined, null],
  ["cline", ["--json", "Read this"], "by pipe\n", "Read this\n\nby pipe"],
  ["cline", ["--json"], "by pipe", null],
  ["cline", [], "by pipe", "by pipe"],
  ["continue", ["--format", "json", "-p"], "by pipe\n", "by pipe"],
  ["continue", ["-p", "--format", "json"], "not read", null],
  ["continue", ["-p", "say hi"], "not read", "say hi"],
  ["droid", ["exec"], "by pipe\n", "by pipe\n"],
  ["opencode", ["run", "say hi"], undefined, '"say hi"'],
  ["opencode", ["run", "hello"], undefined, "hello"],
  ["opencode", ["run"], "by pipe\n", "by pipe\n"],
  ["opencode", ["run", "say hi"], "more", '"say hi"\nmore'],
];

for (const [cli, args, stdin, prompt] of PROMPTS) {
  const what = prompt === null ? "refuses" : `takes ${JSON.stringify(prompt)} from`;
  const pipe = stdin === undefined ? "" : ` < ${JSON.stringify(stdin)}`;
  Deno.test(`${cli} ${what} "${args.join(" ")}"${pipe}`, async () => {
    await using box = await sandbox([cli]);

    const { code, stdout } = await box.run(cli, args, stdin === undefined ? {} : { stdin });
    const [call] = await callsOf(box.home, cli);

    assert.equal(call?.prompt, prompt);
    assert.equal(code === 0, prompt !== null);
    assert.equal(stdout.includes("MOCK: "), prompt !== null);
  });
}

/** How each CLI refuses a flag that it does not know. */
const UNKNOWN_FLAGS: Record<CliName, { args: string[]; code: number; stderr: RegExp }> = {
  codex: { args: ["exec", "--full-auto", "hi"], code: 2, stderr: /unexpected argument '--full-/ },
  claude: { args: ["-p", "--nope", "hi"], code: 1, stderr: /unknown option '--nope'/ },
  gemini: { args: ["--nope", "-p", "hi"], code: 1, stderr: /Unknown argument: nope/ },
  qwen: { args: ["--nope", "hi"], code: 1, stderr: /Unknown argument: nope/ },
  aider: { args: ["--nope"], code: 2, stderr: /unrecognized arguments: --nope/ },
  goose: { args: ["run", "--nope", "-t", "hi"], code: 2, stderr: /unexpected argument '--nope'/ },
  crush: { args: ["run", "--nope", "hi"], code: 1, stderr: /unknown flag: --nope/ },
  gptme: { args: ["--nope", "hi"], code: 2, stderr: /No such option: --nope/ },
  cline: { args: ["--act", "say hi"], code: 1, stderr: /unknown option '--act'/ },
  continue: { args: ["-p", "--nope", "hi"], code: 1, stderr: /^$/ },
  droid: { args: ["exec", "--nope", "hi"], code: 1, stderr: /unknown option '--nope'/ },
  opencode: { args: ["run", "--nope", "hi"], code: 1, stderr: /opencode run \[message/ },
};

for (const cli of CLI_NAMES) {
  Deno.test(`${cli} refuses an unknown flag in its own way`, async () => {
    const { args, code, stderr } = UNKNOWN_FLAGS[cli];
    await using box = await sandbox([cli]);

    const ran = await box.run(cli, args);
    assert.deepEqual([ran.code, ran.stdout], [code, ""]);
    assert.match(ran.stderr, stderr);
    assert.equal((await callsOf(box.home, cli))[0]?.prompt, null);
  });
}

Deno.test("codex resume itself knows no sandbox", async () => {
  await using box = await sandbox(["codex"]);
  const ran = await box.run("codex", ["exec", "resume", "-s", "read-only", "some-id", "hi"]);
  assert.equal(ran.code, 2);
});

Deno.test("aider and droid read a prompt from a file", async () => {
  await using box = await sandbox(["aider", "droid"]);
  await Deno.writeTextFile(`${box.cwd}/prompt.txt`, "from a file\n");

  await box.run("aider", ["--message-file", "prompt.txt"]);
  await box.run("droid", ["exec", "-f", "prompt.txt"]);

  assert.equal((await callsOf(box.home, "aider"))[0]?.prompt, "from a file\n");
  assert.equal((await callsOf(box.home, "droid"))[0]?.prompt, "from a file\n");
});

Deno.test("a call is recorded whole: arguments, folder, environment, input and pid", async () => {
  await using box = await sandbox(["claude"]);
  const stdin = "ünïcödé \u{1F600}\r\n\uFEFF" + "x".repeat(3_000_000);

  const child = box.start("claude", ["-p", "--model", "opus"], { stdin, env: { LANG: "C" } });
  const output = child.output();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(stdin));
  await writer.close();
  await output;

  const [call] = await callsOf(box.home, "claude");
  assert.deepEqual(call, {
    argv: ["-p", "--model", "opus"],
    cwd: box.cwd,
    env: { HOME: box.home, PATH: "/usr/local/bin:/usr/bin:/bin", LANG: "C" },
    stdin,
    prompt: stdin,
    terminals: [],
    pid: child.pid,
  });
});
