import assert from "node:assert/strict";
import fc from "fast-check";
import { commandLine, isBatchFile } from "./command_line.ts";

/** Reads a command line by the rules that Microsoft documents for CommandLineToArgvW. */
function parsed(line: string): string[] {
  const program = /^"([^"]*)"/.exec(line)!;
  const args: string[] = [];
  let at = program[0].length;
  for (;;) {
    while (/[ \t]/.test(line[at] ?? "")) at++;
    if (at >= line.length) return [program[1]!, ...args];
    let arg = "";
    let inQuotes = false;
    while (at < line.length && (inQuotes || !/[ \t]/.test(line[at]!))) {
      const slashes = /^\\*/.exec(line.slice(at))![0].length;
      at += slashes;
      if (line[at] !== '"') {
        arg += "\\".repeat(slashes);
        if (slashes === 0) arg += line[at++];
        continue;
      }
      arg += "\\".repeat(Math.floor(slashes / 2));
      if (slashes % 2 === 1) arg += '"';
      else inQuotes = !inQuotes;
      at++;
    }
    args.push(arg);
  }
}

Deno.test("arguments are quoted only where they have to be", () => {
  const line = (...args: string[]) => commandLine("C:\\Program Files\\codex.exe", args);
  const program = '"C:\\Program Files\\codex.exe"';
  assert.equal(line(), program);
  assert.equal(line("exec", "--json", "a\\b"), `${program} exec --json a\\b`);
  assert.equal(line("", "two words"), `${program} "" "two words"`);
  assert.equal(line('say "hi"'), `${program} "say \\"hi\\""`);
  assert.equal(line("C:\\my folder\\"), `${program} "C:\\my folder\\\\"`);
  assert.equal(line('\\"'), `${program} "\\\\\\""`);
  assert.equal(line("a\nb"), `${program} "a\nb"`);
  assert.equal(line("%PATH% & calc | x > y ^ z"), `${program} "%PATH% & calc | x > y ^ z"`);
});

Deno.test("whatever the arguments, they are read back", () => {
  const arg = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.string({ unit: fc.constantFrom("\\", '"', " ", "\t", "\n", "a", "%", "&", "^") }),
  );
  fc.assert(
    fc.property(fc.array(arg), (args) => {
      assert.deepEqual(parsed(commandLine("C:\\x.exe", args)), ["C:\\x.exe", ...args]);
    }),
    { numRuns: 2000 },
  );
});

Deno.test("batch files are known by their name, however it is written", () => {
  for (const path of ["C:\\npm\\codex.cmd", "x.BAT", "x.cmd.", "x.bat . ", "a.b.Cmd"]) {
    assert.equal(isBatchFile(path), true, path);
  }
  for (const path of ["C:\\codex.exe", "cmd", "C:\\x.cmd\\codex.exe", "x.cmdx", "bat.exe"]) {
    assert.equal(isBatchFile(path), false, path);
  }
});
