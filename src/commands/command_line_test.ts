import assert from "node:assert/strict";
import { type Command, type CommandGroup, defineCommand } from "./command.ts";
import { runCommandLine } from "./command_line.ts";
import { COMMANDS } from "./registry.ts";
import { testOutput, testProgram } from "./testing.ts";

/** A command that records how it was called. */
function recorder() {
  const calls: unknown[] = [];
  const command = defineCommand<Record<string, unknown>>({
    name: "bake",
    summary: "bake bread",
    description: "Bakes bread.",
    argument: { name: "bread", description: "which one" },
    flags: [
      { flag: "--oven <name>", description: "where" },
      { flag: "--heat <degrees>", description: "how hot", parse: degrees },
      { flag: "--dry-run", description: "no bread" },
    ],
    notes: "Bread takes its time.",
    run(given) {
      calls.push(given);
      return Promise.resolve(7);
    },
  });
  return { calls, command };
}

function degrees(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new Error("Expected degrees");
}

async function line(args: string[], commands: readonly (Command | CommandGroup)[] = COMMANDS) {
  const program = testProgram();
  const code = await runCommandLine(args, commands, program);
  return { code, stdout: program.stdout.text, stderr: program.stderr.text };
}

Deno.test("a command gets its argument and its flags, and gives the exit code", async () => {
  const { calls, command } = recorder();
  const { code } = await line(["bake", "--heat=200", "rye", "--dry-run"], [command]);
  await line(["bake", "--", "--oven"], [command]);
  await line(["bake"], [command]);
  assert.equal(code, 7);
  assert.deepEqual(calls, [
    { argument: "rye", flags: { heat: 200, dryRun: true } },
    { argument: "--oven", flags: {} },
    { flags: {} },
  ]);
});

const WRONG: Record<string, [args: string[], told: string, see: string]> = {
  "an unknown flag": [["--frobnicate"], 'Unknown option "--frobnicate"', "aimux"],
  "an unknown flag of a command": [["bake", "--ovn"], '"--ovn". Did you mean "--oven"?', "bake"],
  "a flag as a tool names it": [["bake", "--oven_id=3"], 'Did you mean "--oven"?', "bake"],
  "a flag of a command without it": [["--oven", "bake"], 'Unknown option "--oven"', "aimux"],
  "an unknown short flag": [["bake", "-x"], 'Unknown option "-x"', "bake"],
  "a value for a switch": [["bake", "--dry-run=1"], 'Did you mean "--dry-run"?', "bake"],
  "an unknown command": [["bkae"], 'Unknown command "bkae". Did you mean "bake"?', "aimux"],
  "an unknown command and flag": [["no", "--such"], 'Unknown command "no". Commands: ', "aimux"],
  "an empty command": [[""], 'Unknown command ""', "aimux"],
  "no command": [["--"], "No command given", "aimux"],
  "a stray argument": [["bake", "rye", "2"], 'Unexpected argument "2". Put quotes', "bake"],
  "a missing value": [["bake", "--oven"], '"--oven" needs a value: --oven <name>', "bake"],
  "a bad value": [["bake", "--heat", "hot"], 'value "hot" for "--heat". Expected degrees', "bake"],
  "a word behind the command of help": [["help", "bake", "it"], 'argument "it"', "aimux"],
  "help of an unknown command": [["help", "bkae"], 'Did you mean "bake"?', "aimux"],
  "a command beside --version": [["--version", "bake"], "--version stands alone", "aimux"],
  "a word beside --version": [["--version", "x"], 'Unexpected argument "x"', "aimux"],
  "a flag after --version": [["--version", "--x"], 'Unknown option "--x"', "aimux"],
  "what acts on a terminal": [["\x1b[31mred"], 'Unknown command "\\u001b[31mred"', "aimux"],
};

Deno.test("a wrong command line is told with the nearest name, and runs nothing", async (t) => {
  const { calls, command } = recorder();
  for (const [name, [args, told, see]] of Object.entries(WRONG)) {
    await t.step(name, async () => {
      const { code, stdout, stderr } = await line(args, [command]);
      assert.equal(code, 2);
      assert.equal(stdout, "");
      assert.ok(stderr.includes(told), stderr);
      const where = see === "aimux" ? "aimux" : `aimux ${see}`;
      assert.ok(stderr.endsWith(`\nSee "${where} --help"\n`), stderr);
    });
  }
  assert.deepEqual(calls, []);
});

Deno.test("help says all of a command, whichever way it is asked for, and runs nothing", async () => {
  const { calls, command } = recorder();
  const { code, stdout, stderr } = await line(["help", "bake"], [command]);
  assert.deepEqual([code, stderr], [0, ""]);
  for (const part of ["Bakes bread.", "--oven <name>", "how hot", "which one", "takes its time"]) {
    assert.ok(stdout.includes(part), part);
  }
  assert.equal((await line(["bake", "--help"], [command])).stdout, stdout);
  assert.equal((await line(["bake", "rye", "-h"], [command])).stdout, stdout);
  const all = await line(["--help"], [command]);
  assert.match(all.stdout, /bake \[options\] \[bread\] +bake bread\n/);
  assert.equal((await line(["help"], [command])).stdout, all.stdout);
  assert.deepEqual(calls, []);
});

Deno.test("a group has commands of its own, and its mistakes are told with its name", async () => {
  const { calls, command } = recorder();
  const group = [{ name: "shop", summary: "sell", description: "Sells.", commands: [command] }];
  const { code } = await line(["shop", "bake", "rye", "--dry-run"], group);
  assert.deepEqual([code, calls.splice(0)], [7, [{ argument: "rye", flags: { dryRun: true } }]]);
  for (
    const [args, told, see] of [
      [["shop"], "No command given", "shop"],
      [["shop", "bkae"], 'Unknown command "bkae". Did you mean "bake"?', "shop"],
      [["help", "shop", "bkae"], 'Unknown command "bkae". Did you mean "bake"?', ""],
      [["shop", "--oven", "x"], 'Unknown option "--oven"', "shop"],
      [["shop", "bake", "--ovn"], 'Did you mean "--oven"?', "shop bake"],
      [["shop", "bake", "a", "b"], "Put quotes around a bread of several words", "shop bake"],
    ] as const
  ) {
    const wrong = await line([...args], group);
    assert.deepEqual([wrong.code, wrong.stdout], [2, ""]);
    assert.ok(wrong.stderr.includes(told), wrong.stderr);
    const where = ["aimux", see, "--help"].filter(Boolean).join(" ");
    assert.ok(wrong.stderr.endsWith(`\nSee "${where}"\n`), wrong.stderr);
  }
  assert.match(
    (await line(["help", "shop"], group)).stdout,
    /bake \[options\] \[bread\] +bake bread/,
  );
  const { stdout } = await line(["shop", "bake", "--help"], group);
  assert.match(stdout, /Usage: aimux shop bake /);
  assert.equal((await line(["help", "shop", "bake"], group)).stdout, stdout);
  assert.deepEqual(calls, []);
});

Deno.test("help is plain but on a terminal", async () => {
  const program = testProgram({ stdout: testOutput(60) });
  await runCommandLine(["--help"], COMMANDS, program);
  assert.ok(program.stdout.text.includes("\x1b[1mUsage:\x1b[22m"));
  assert.ok(program.stdout.text.split("\n").every((each) => each.length < 70), "it is wrapped");
  assert.ok(!(await line(["--help"])).stdout.includes("\x1b"));
});

Deno.test("--version tells the version alone, version what it runs on", async () => {
  assert.deepEqual(await line(["--version"]), { code: 0, stdout: "1.2.3\n", stderr: "" });
  assert.equal((await line(["-V"])).stdout, "1.2.3\n");
  const told = await line(["version"]);
  assert.equal(told.code, 0);
  assert.ok(told.stdout.startsWith(`aimux 1.2.3\nDeno ${Deno.version.deno}, `), told.stdout);
  const facts = JSON.parse((await line(["version", "--json"])).stdout);
  assert.deepEqual([facts.version, facts.deno], ["1.2.3", Deno.version.deno]);
  assert.deepEqual([facts.os, facts.binary], [Deno.build.os, false]);
});

Deno.test("every command has a name, a summary, and flags that say what they do", () => {
  const all = COMMANDS.flatMap((each) => "run" in each ? each : [each, ...each.commands]);
  for (const { name, summary, description, ...more } of all) {
    assert.match(name, /^[a-z]+$/);
    assert.ok(summary.length > 5 && description.endsWith("."), name);
    const flags = "flags" in more ? more.flags : [];
    for (const { flag, description } of flags) {
      assert.match(flag, /^--[a-z-]+( <[a-z]+>)?$/);
      assert.ok(description.length > 5, flag);
    }
  }
});
