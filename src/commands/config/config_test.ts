import assert from "node:assert/strict";
import { join } from "node:path";
import { type TestFolders, testFolders } from "../../config/testing.ts";
import { runCommandLine } from "../command_line.ts";
import { COMMANDS } from "../registry.ts";
import { testProgram } from "../testing.ts";

/** Runs `aimux config` in the project of the folders. */
async function config(folders: TestFolders, args: string[], env: Record<string, string> = {}) {
  const { embedded, home } = folders.sources();
  const cwd = join(folders.path, "project");
  Deno.mkdirSync(cwd, { recursive: true });
  const program = testProgram({ machine: { env, home, cwd }, embedded });
  const code = await runCommandLine(["config", ...args], COMMANDS, program);
  return {
    code,
    stdout: program.stdout.text.replaceAll(cwd, "PROJECT"),
    stderr: program.stderr.text.replaceAll(cwd, "PROJECT"),
  };
}

const FILES = {
  "embedded/default.yaml": "roles:\n  default: {cli: codex}\n",
  "project/.aimux/config.yaml": "server:\n  max_concurrent_jobs: 20\n  db_path: x\n",
  "project/.aimux/cli.d/codex/profile.yaml":
    'binary: ./codex\nenv:\n  API_KEY: hidden-value\n  "A\\n\\u202eB": "\\u202ex"\n',
};

Deno.test("trust shows what it is given for, and holds until a file changes or it is taken", async () => {
  using folders = testFolders(FILES);
  assert.equal((await config(folders, ["trusted"])).stdout, "No project is trusted\n");
  assert.deepEqual(await config(folders, ["trust"]), {
    code: 0,
    stdout: [
      "config.yaml:2 server.max_concurrent_jobs: 20",
      'cli.d/codex/profile.yaml:1 binary: "./codex"',
      'cli.d/codex/profile.yaml:3 env.API_KEY: "[redacted]"',
      String.raw`cli.d/codex/profile.yaml:4 "env.A\n\u202eB": "\u202ex"`,
      "Trusted: PROJECT, until one of its files in .aimux changes",
      "",
    ].join("\n"),
    stderr: "",
  });
  assert.equal((await config(folders, ["trusted"])).stdout, "PROJECT\n");

  folders.write("project/.aimux/cli.d/codex/profile.yaml", "binary: ./other\n");
  assert.equal(
    (await config(folders, ["trusted"])).stdout,
    "PROJECT: its files have changed, it is not trusted now\n",
  );
  Deno.symlinkSync(join(folders.path, "project"), join(folders.path, "link"));
  const [taken, again] = [
    await config(folders, ["untrust", "../link"]),
    await config(folders, ["untrust"]),
  ];
  assert.deepEqual([taken.code, taken.stdout], [0, "No longer trusted: PROJECT\n"]);
  assert.deepEqual([again.code, again.stdout], [0, "Was not trusted: PROJECT\n"]);
});

Deno.test("as JSON there are the same facts", async () => {
  using folders = testFolders(FILES);
  const json = async (...args: string[]) =>
    JSON.parse((await config(folders, [...args, "--json"])).stdout);
  const told = await json("trust");
  assert.deepEqual([told.folder, told.trusted], ["PROJECT", true]);
  assert.deepEqual(told.settings.slice(0, 2), [
    { file: "config.yaml", line: 2, key: "server.max_concurrent_jobs", value: 20 },
    { file: "cli.d/codex/profile.yaml", line: 1, key: "binary", value: "./codex" },
  ]);
  const { projects: [{ since, ...project }] } = await json("trusted");
  assert.deepEqual(project, { folder: "PROJECT", holds: true });
  assert.equal(new Date(since).toISOString(), since);
  assert.deepEqual(await json("untrust"), { folder: "PROJECT", was_trusted: true });
  assert.deepEqual(await json("trusted"), { projects: [] });
});

Deno.test("what needs no trust is given none", async () => {
  using folders = testFolders({ "project/.aimux/config.yaml": "server: {db_path: x}\n" });
  const nothing = { code: 0, stdout: "Nothing in PROJECT needs trust\n", stderr: "" };
  assert.deepEqual(await config(folders, ["trust"]), nothing);
  assert.equal((await config(folders, ["trusted"])).stdout, "No project is trusted\n");
});

Deno.test("what cannot be trusted is told, with the exit code", async () => {
  using folders = testFolders(FILES);
  const profile = "project/.aimux/cli.d/codex/profile.yaml";
  const refused = async (code: number, told: RegExp, args = ["trust"], env = {}) => {
    const result = await config(folders, args, env);
    assert.deepEqual([result.code, result.stdout], [code, ""]);
    assert.match(result.stderr, told);
  };
  await refused(2, /^cwd ".*nowhere" does not exist\n$/, ["trust", "nowhere"]);
  await refused(2, /^A CLI that aimux runs may not trust/, ["trust"], { AIMUX_DEPTH: "1" });
  folders.write(profile, "binry: x\n");
  await refused(1, /profile\.yaml:1:1 Unknown key "binry"/);
  folders.write(profile, "binary: x\n");
  if (Deno.build.os !== "windows") {
    Deno.chmodSync(join(folders.path, profile), 0o666);
    await refused(2, /^The project cannot be trusted: others may write to .* chmod go-w\n$/);
  }
  assert.equal((await config(folders, ["trusted"])).stdout, "No project is trusted\n");
});
