import assert from "node:assert/strict";
import { join } from "node:path";
import { formatProblem } from "./problem.ts";
import { configFolders } from "./folders.ts";
import { loadConfig } from "./load.ts";
import { profileFor } from "./profile_for.ts";
import { loadProfiles } from "./profiles.ts";
import { problemsOf, SMALL_PROFILE, type TestFolders, testFolders } from "./testing.ts";

const USER = "home/.config/aimux/cli.d";

function load(folders: TestFolders) {
  const { profiles, brokenProfiles } = loadProfiles(configFolders(folders.sources()));
  const broken = Object.fromEntries(
    [...brokenProfiles].map(([name, problems]) => [name, problems.map(formatProblem)]),
  );
  return { profiles, broken };
}

Deno.test("The seed's profile is taken to the letter", () => {
  using folders = testFolders({
    "embedded/cli.d/codex/profile.yaml": `name: codex
binary: codex
command:
  base: "codex exec"
prompt_flag_type: positional
output_format: jsonl
stdin_threshold: 6000 # pipe via stdin above this char count
completion_pattern: "turn\\\\.completed"
headless_flags: ["--full-auto"]
`,
  });
  const { profiles, broken } = load(folders);
  assert.deepEqual(broken, {});
  const codex = profiles.get("codex")!;
  assert.equal(codex.command.base, "codex exec");
  assert.equal(codex.completion_pattern, "turn\\.completed");
  assert.deepEqual(codex.headless_flags, ["--full-auto"]);
});

Deno.test("A profile of a higher layer overrides single keys; lists replace", () => {
  using folders = testFolders({
    "embedded/cli.d/codex/profile.yaml":
      `name: codex\n${SMALL_PROFILE}\nheadless_flags: [a, b]\nenv: {A: "1", B: "2"}\n`,
    [`${USER}/codex/profile.yaml`]: 'headless_flags: [c]\nenv: {B: "3"}\ntimeout_seconds: 9\n',
  });
  const codex = load(folders).profiles.get("codex")!;
  assert.equal(codex.binary, "prog");
  assert.equal(codex.timeout_seconds, 9);
  assert.deepEqual(codex.headless_flags, ["c"]);
  assert.deepEqual(codex.env, { A: "1", B: "3" });
});

Deno.test("A file of several need not name what every permission means", () => {
  const env = "permission_env:\n  write: {MODE: auto}\n";
  using folders = testFolders({
    "embedded/cli.d/codex/profile.yaml": `name: codex\n${SMALL_PROFILE}\n${env}`,
    [`${USER}/codex/profile.yaml`]: "permission_env:\n  full: {MODE: all}\n",
  });
  const { profiles, broken } = load(folders);
  assert.deepEqual(broken, {});
  const { permission_env } = profiles.get("codex")!;
  assert.deepEqual(permission_env, { write: { MODE: "auto" }, full: { MODE: "all" } });
});

Deno.test("A new folder adds a CLI, and roles may use it", () => {
  using folders = testFolders({
    [`${USER}/mine/profile.yaml`]: `name: mine\n${SMALL_PROFILE}\n`,
    "home/.config/aimux/config.yaml": "roles:\n  coding: {cli: mine}\n",
  });
  assert.deepEqual([...load(folders).profiles.keys()], ["codex", "gemini", "mine"]);
  assert.equal(loadConfig(folders.sources()).config.roles.coding?.cli, "mine");
});

Deno.test("A role may go to a CLI whose profile is broken: that is the profile's problem", () => {
  using folders = testFolders({
    [`${USER}/codex/profile.yaml`]: "nonsense: 1\n",
    "home/.config/aimux/config.yaml": "roles:\n  coding: {cli: codex}\n",
  });
  assert.equal(loadConfig(folders.sources()).config.roles.coding?.cli, "codex");
});

const JSON_PROFILE = SMALL_PROFILE.replace(/output_format: \w+/, "output_format: json");

const mistakes: [what: string, text: string, ...problems: string[]][] = [
  ["bad YAML", "name: codex\nenv: {\n", ":3:1 Invalid YAML: deficient indentation"],
  [
    "an unknown key",
    `name: codex\n${SMALL_PROFILE}\nheadles_flags: []\n`,
    ':6:1 Unknown key "headles_flags". Did you mean "headless_flags"?',
  ],
  [
    "missing keys",
    "name: codex\ncommand:\n",
    ':1:1 Missing key "binary"',
    ':1:1 Missing key "output_format": one of text, json, jsonl',
    ':2:1 Missing key "command"',
  ],
  [
    "another name than its folder",
    `name: codx\n${SMALL_PROFILE}\n`,
    ':1:7 Expected "codex" for "name", as the folder is called, found "codx"',
  ],
  [
    "values of the wrong kind",
    `name: codex\n${SMALL_PROFILE}\nheadless_flags: [a, 1]\nenv: {A: 1}\nread_only_flags: x\n` +
    "timeout_seconds: -1\nstdin_threshold: 1.5\nbinary2: 1\n",
    ':6:21 Expected a text for "headless_flags.1", found 1',
    ':7:10 Expected a text for "env.A", found 1',
    ':8:18 Expected a list for "read_only_flags", found "x"',
    ':9:18 Expected a number above 0 for "timeout_seconds", found -1',
    ':10:18 Expected a whole number for "stdin_threshold", found 1.5',
    ':11:1 Unknown key "binary2". Did you mean "binary"?',
  ],
  [
    "a flag type without its flag",
    `name: codex\n${SMALL_PROFILE}\nprompt_flag_type: flag\n`,
    ':1:1 Missing key "prompt_flag": prompt_flag_type "flag" needs it',
  ],
  [
    "an invalid pattern",
    `name: codex\n${SMALL_PROFILE}\ncompletion_pattern: "("\n`,
    ':6:21 Invalid regular expression "("',
  ],
  [
    "an empty list of levels",
    `name: codex\n${SMALL_PROFILE}\nreasoning: {levels: []}\n`,
    ':6:21 Expected a list that is not empty for "reasoning.levels", found an empty list',
  ],
  [
    "selectors of a wrong kind, or an empty list of them",
    `name: codex\n${JSON_PROFILE}\noutput: {text: 5, session_id: []}\n`,
    ':6:16 Expected a text or a list for "output.text", found 5',
    ':6:31 Expected a list that is not empty for "output.session_id", found an empty list',
  ],
  [
    "output without its selectors",
    `name: codex\n${JSON_PROFILE}\noutput: {error: {}}\n`,
    ':6:1 Missing key "output.text"',
    ':6:10 Missing key "output.error.when"',
  ],
  [
    "a decoder that there is not",
    `name: codex\n${SMALL_PROFILE}\ndecoder: cluade\n`,
    ":6:10 Expected one of aider, claude, cline, codex, continue, crush, droid, gemini, goose, " +
    'gptme, opencode, qwen, text, json, jsonl for "decoder", found "cluade". ' +
    'Did you mean "claude"?',
  ],
  [
    "models and flags that are none",
    `name: codex\n${SMALL_PROFILE}\ndefault_model: -x\nmodel_flag: ""\n`,
    ':6:16 Invalid value "-x" for "default_model". A model begins with a letter or digit and ' +
    "holds letters, digits and . _ : / @ + = , [ ] -",
    ':7:13 Expected a text that is not empty for "model_flag", found ""',
  ],
  [
    "what no program can be given",
    `name: codex\n${SMALL_PROFILE}\nheadless_flags: [a, "b\\0"]\n` +
    'env:\n  A: "x\\0"\n  "B=C": x\npermission_files: {write: {"": x}}\n',
    ':6:21 Expected a text without NUL characters for "headless_flags.1", found "b\\u0000"',
    ':8:6 Expected a text without NUL characters for "env.A", found "x\\u0000"',
    ':9:3 Invalid name "env.B=C". Use the name of a variable: it is not empty and has no = in it',
    ':10:28 Invalid name "permission_files.write.". ' +
    "Use the name of a variable: it is not empty and has no = in it",
  ],
  [
    "a permission that there is not",
    `name: codex\n${SMALL_PROFILE}\npermission_env: {readonly: {A: "1"}}\n`,
    ':6:18 Unknown key "permission_env.readonly". Did you mean "read_only"?',
  ],
];

for (const [what, text, ...problems] of mistakes) {
  Deno.test(`A profile with ${what} disables its CLI only`, () => {
    using folders = testFolders({ "embedded/cli.d/codex/profile.yaml": text });
    const { profiles, broken } = load(folders);
    assert.deepEqual([...profiles.keys()], ["gemini"]);
    assert.deepEqual(broken, {
      codex: problems.map((problem) => `config/cli.d/codex/profile.yaml${problem}`),
    });
    loadConfig(folders.sources());
  });
}

Deno.test("A folder without a profile is told, and files beside the folders are not CLIs", () => {
  using folders = testFolders({ "embedded/cli.d/README.md": "x", [`${USER}/.git/config`]: "x" });
  Deno.mkdirSync(join(folders.path, "embedded/cli.d/empty"));
  const { profiles, broken } = load(folders);
  assert.deepEqual([...profiles.keys()], ["codex", "gemini"]);
  assert.deepEqual(broken, {
    empty: [
      "config/cli.d/empty/profile.yaml No such file. Write the profile, or remove its folder",
    ],
  });
});

Deno.test("A file in place of the folder of profiles is told", () => {
  using folders = testFolders({ "bin/config/cli.d": "x" });
  const [problem] = problemsOf(() => loadConfig(folders.sources()));
  assert.match(problem!, /config\/cli\.d Cannot read the folder: /);
});

Deno.test("A mistake in an override points into the override, one below into the one below", () => {
  using folders = testFolders({
    "embedded/cli.d/codex/profile.yaml": `name: codex\n${SMALL_PROFILE}\nstdin_flags: 1\n`,
    "embedded/cli.d/gemini/profile.yaml": `name: gemini\n${SMALL_PROFILE}\n`,
    [`${USER}/codex/profile.yaml`]: "stdin_flags: []\ntimeout_seconds: soon\n",
    [`${USER}/gemini/profile.yaml`]: "prompt_flag_type: flag\nname: gem\n",
  });
  assert.deepEqual(load(folders).broken, {
    codex: [
      'config/cli.d/codex/profile.yaml:6:14 Expected a list for "stdin_flags", found 1',
      join(folders.user, "cli.d/codex/profile.yaml") +
      ':2:18 Expected a number for "timeout_seconds", found "soon"',
    ],
    gemini: [
      join(folders.user, "cli.d/gemini/profile.yaml") +
      ':1:1 Missing key "prompt_flag": prompt_flag_type "flag" needs it',
    ],
  });
});

Deno.test("A selector that is none, or that selects from nothing, is told in its place", () => {
  using folders = testFolders({
    "embedded/cli.d/codex/profile.yaml": `name: codex\n${SMALL_PROFILE}\n`,
    [`${USER}/codex/profile.yaml`]: [
      "output_format: jsonl",
      "output:",
      "  text: $.result",
      "  session_id: [$.id, $.a b]",
      "  usage: { input_tokens: $..in, tokens: $.x }",
      "  error:",
      "    when: $[-1].is_error",
    ].join("\n"),
  });
  const file = join(folders.user, "cli.d/codex/profile.yaml");
  assert.deepEqual(load(folders).broken, {
    codex: [
      `${file}:4:15 Invalid selector "$.a b": Expected ".", "[" or the end at character 4, found " b"`,
      `${file}:5:26 Invalid selector "$..in": Expected a name or * at character 3, found ".in"`,
      `${file}:5:33 Unknown key "output.usage.tokens". ` +
      "Keys here: of, input_tokens, output_tokens, cached_tokens, cost_usd",
      `${file}:7:11 Invalid selector "$[-1].is_error": Begin it with a name, such as "$.result", ` +
      'or with a filter: "$" is one event after the other',
    ],
  });
  Deno.writeTextFileSync(file, "output_format: text\noutput: { text: $.a }\n");
  assert.deepEqual(load(folders).broken, {
    codex: [
      `${file}:2:9 Unusable key "output": output_format "text" has no JSON to select from`,
    ],
  });
});

Deno.test("A mistake in what is other in some versions is told in its place", () => {
  using folders = testFolders({
    "embedded/cli.d/codex/profile.yaml": `name: codex\n${SMALL_PROFILE}\n` + [
      "versions:",
      "  checked: '2.0'",
      "  differences:",
      "    - { before: v1, write_flags: x }",
      "    - { write_flags: [] }",
      "    - { since: '2', before: '1.9.9', write_flags: [] }",
      "    - { before: '1', max_concurrent_jobs: 1, reasoning: { flagg: x } }",
    ].join("\n"),
  });
  const file = "config/cli.d/codex/profile.yaml";
  const problems = load(folders).broken["codex"];
  assert.deepEqual(problems?.map((problem) => problem.replace(/ Keys here: .*/, "")), [
    `${file}:9:17 Invalid value "v1" for "versions.differences.0.before". ` +
    'Use numbers with dots, such as "1.20"',
    `${file}:9:34 Expected a list for "versions.differences.0.write_flags", found "x"`,
    `${file}:10:7 Missing key "before" or "since": one of them tells which versions differ`,
    `${file}:11:16 Unusable key "since": no version is both at least 2 and below 1.9.9`,
    `${file}:12:22 Unknown key "versions.differences.3.max_concurrent_jobs".`,
    `${file}:12:59 Unknown key "versions.differences.3.reasoning.flagg". Did you mean "flag"?`,
  ]);
});

Deno.test("A profile must be sound for each version that it tells of", () => {
  using folders = testFolders({
    "embedded/cli.d/codex/profile.yaml": `name: codex\n${SMALL_PROFILE}\n` + [
      "prompt_flag: -p",
      "versions:",
      "  checked: '2.0'",
      "  differences:",
      "    - before: '2.0'",
      "      prompt_flag_type: flag",
      "    - before: '1.5'",
      "      retry_pattern: '('",
      "    - before: '1.0'",
      "      prompt_flag:",
    ].join("\n"),
  });
  const file = "config/cli.d/codex/profile.yaml";
  assert.deepEqual(load(folders).broken, {
    codex: [
      `${file}:13:22 Invalid regular expression "("`,
      `${file}:15:7 Missing key "prompt_flag": prompt_flag_type "flag" needs it`,
    ],
  });
});

Deno.test("A placeholder that there is not is told, and a template without its own", () => {
  using folders = testFolders({
    "embedded/cli.d/codex/profile.yaml": `name: codex\n${SMALL_PROFILE}\n` + [
      "reasoning: { flag: --effort, flag_value_template: level, levels: [low] }",
      "session:",
      "  id: reported",
      "  resume_flags: ['--dir={state_dir}/{session_id}', '{\"a\": 1}', 'x{sesion_id}']",
    ].join("\n"),
  });
  const file = "config/cli.d/codex/profile.yaml";
  assert.deepEqual(load(folders).broken, {
    codex: [
      `${file}:6:51 Invalid value "level" for "reasoning.flag_value_template". ` +
      "Write %s where the level belongs",
      `${file}:9:64 Invalid value "x{sesion_id}" for "session.resume_flags.2". ` +
      "Only {session_id} and {state_dir} are filled in",
    ],
  });
});

Deno.test("What a higher layer sets holds for every version", () => {
  using folders = testFolders({
    "embedded/cli.d/codex/profile.yaml": [
      "name: codex",
      SMALL_PROFILE.replace("output_format: text", "output_format: json"),
      "write_flags: [--usual]",
      "versions:",
      "  checked: '2.0'",
      "  differences:",
      "    - { before: '1.0', write_flags: [--old], headless_flags: [-q], output: { text: $.a } }",
    ].join("\n"),
    [`${USER}/codex/profile.yaml`]: "write_flags: [--mine]\noutput_format: text\n",
  });
  const { profiles, broken } = load(folders);
  assert.deepEqual(broken, {});
  const { write_flags, headless_flags, output } = profileFor(profiles.get("codex")!, "0.9");
  assert.deepEqual([write_flags, headless_flags, output], [["--mine"], ["-q"], undefined]);
});

Deno.test("A map without a value changes nothing of other versions either", () => {
  using folders = testFolders({
    "embedded/cli.d/codex/profile.yaml": `name: codex\n${SMALL_PROFILE}\n` + [
      "versions:",
      "  checked: '2.0'",
      "  differences: [{ before: '1.0', env: { OLD: '1' } }]",
    ].join("\n"),
    [`${USER}/codex/profile.yaml`]: "env:\n  # MINE: 1\n",
  });
  const { profiles, broken } = load(folders);
  assert.deepEqual(broken, {});
  assert.deepEqual(profileFor(profiles.get("codex")!, "0.9").env, { OLD: "1" });
});

Deno.test("Every embedded profile is sound", () => {
  const embedded = new URL("../../config/", import.meta.url);
  const folders = configFolders({ embedded, env: {}, home: "/nowhere" });
  const { profiles, brokenProfiles } = loadProfiles(folders);
  assert.deepEqual([...brokenProfiles], []);
  assert.equal(profiles.size, 12);
});
