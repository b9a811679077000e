import assert from "node:assert/strict";
import { type Grammar, parseArgs } from "./args.ts";

const GRAMMAR: Grammar = {
  switches: ["-q, --quiet"],
  values: ["-m, --model"],
  optional: ["-r, --resume"],
  subcommand: "then",
};

function read(...argv: string[]) {
  const args = parseArgs(argv, GRAMMAR);
  return "problem" in args ? args : { ...args, switches: [...args.switches] };
}

Deno.test("flags are read by any spelling, values also behind an equals sign", () => {
  assert.deepEqual(read("-q", "-m", "a", "one", "two"), {
    switches: ["quiet"],
    values: { model: "a" },
    words: ["one", "two"],
  });
  assert.deepEqual(read("--model=b=c"), { switches: [], values: { model: "b=c" }, words: [] });
});

Deno.test("two dashes end the flags, one dash is a word", () => {
  assert.deepEqual(read("-", "--", "-q"), { switches: [], values: {}, words: ["-", "-q"] });
});

Deno.test("an unknown flag and a missing value are problems", () => {
  assert.deepEqual(read("-x", "word"), { problem: "unknown", flag: "-x", words: ["word"] });
  assert.deepEqual(read("-m"), { problem: "missing", flag: "-m", words: [] });
  assert.deepEqual(read("-m", "-q"), { problem: "missing", flag: "-m", words: [] });
});

Deno.test("an optional value may be left out", () => {
  assert.deepEqual(read("-r", "-q"), { switches: ["quiet"], values: { resume: "" }, words: [] });
});

Deno.test("what follows the subcommand is left for another grammar", () => {
  assert.deepEqual(read("-q", "then", "-x"), {
    switches: ["quiet"],
    values: {},
    words: [],
    rest: ["-x"],
  });
});
