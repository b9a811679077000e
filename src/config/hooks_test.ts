import assert from "node:assert/strict";
import { loadConfig } from "./load.ts";
import { problemsOf, projectConfig, testFolders } from "./testing.ts";

const ROLES = "roles: { default: { cli: codex }, coding: { cli: codex } }\n";

/** The problems of a user's file, without its path. */
function problemsIn(hooks: string): string[] {
  using folders = testFolders({
    "embedded/default.yaml": ROLES,
    "home/.config/aimux/config.yaml": hooks,
  });
  const prefix = `${folders.user}/config.yaml:`;
  return problemsOf(() => loadConfig(folders.sources())).map((line) => line.replace(prefix, ""));
}

/** A before hook with these further keys. */
const before = (more: string) => `hooks: { before: [{ name: a, ${more} }] }`;

Deno.test("hooks are commands or built-ins, with defaults filled in", () => {
  using folders = testFolders({
    "embedded/default.yaml": ROLES,
    "home/.config/aimux/config.yaml": `
hooks:
  before:
    - { name: clean, builtin: redact_secrets, clis: [codex], roles: [coding] }
    - { name: policy, command: [hooks/policy.py, --strict], on_failure: closed }
  after:
    - { name: lint, command: [lint, ./x], timeout_seconds: 0.5, env_allow: [LINT_*] }
    - { name: home, command: [~/bin/x] }
    - { name: count, builtin: telemetry, path: counts.jsonl }
`,
  });
  const { config } = loadConfig(folders.sources());
  assert.deepEqual(config.hooks, {
    before: [
      {
        name: "clean",
        builtin: "redact_secrets",
        on_failure: "open",
        clis: ["codex"],
        roles: ["coding"],
      },
      {
        name: "policy",
        // A relative path begins at the folder of its file; an argument is left as it is.
        command: [`${folders.user}/hooks/policy.py`, "--strict"],
        on_failure: "closed",
      },
    ],
    after: [
      {
        name: "lint",
        command: ["lint", "./x"],
        timeout_seconds: 0.5,
        env_allow: ["LINT_*"],
        on_failure: "open",
      },
      { name: "home", command: [`${folders.path}/home/bin/x`], on_failure: "open" },
      {
        name: "count",
        builtin: "telemetry",
        path: `${folders.user}/counts.jsonl`,
        on_failure: "open",
      },
    ],
  });
});

Deno.test("a list of hooks takes the place of the one below it, and the other list stays", () => {
  using folders = testFolders({
    "embedded/default.yaml": ROLES,
    "bin/config/config.yaml":
      "hooks: { before: [{ name: a, command: [a] }], after: [{ name: b, command: [b] }] }",
    "home/.config/aimux/config.yaml": "hooks: { before: [{ name: c, command: [./c] }] }",
  });
  const { hooks } = loadConfig(folders.sources()).config;
  assert.deepEqual(hooks.before.map(({ command }) => command), [[`${folders.user}/c`]]);
  assert.deepEqual(hooks.after.map(({ name }) => name), ["b"]);
  folders.write("home/.config/aimux/config.yaml", "hooks: { before: [] }");
  assert.deepEqual(loadConfig(folders.sources()).config.hooks.before, []);
});

Deno.test("each mistake in a hook is told with its place and what to do", () => {
  const mistakes: [string, RegExp][] = [
    [before(""), /^1:\S+ Missing key "command" or "builtin" for hook "a"$/],
    [before("command: []"), /Expected a list that is not empty for "hooks.before.0.command"/],
    [before('command: [" "]'), /Hook "a" names no program$/],
    [before('command: "rm -rf"'), /Expected a list for "hooks.before.0.command", found "rm -rf"$/],
    [before("command: [a], builtin: redact_secrets"), /has "command" and "builtin". Keep one/],
    [before("builtin: telemetry"), /Expected redact_secrets for "hooks.before.0.builtin"/],
    [
      before("command: [a], comand: [b]"),
      /Unknown key "hooks.before.0.comand". Did you mean "command"\?/,
    ],
    [before("command: [a], timeout_seconds: 31"), /Expected a number from 0.1 to 30/],
    [before("command: [a], on_failure: maybe"), /Expected one of open, closed/],
    [before("command: [a], path: x"), /Unknown key "hooks.before.0.path"/],
    [
      before("builtin: redact_secrets, timeout_seconds: 1"),
      /Key "timeout_seconds" has no effect with the builtin "redact_secrets"\. Remove it/,
    ],
    [before("command: [a], clis: [codx]"), /Unknown CLI "codx" for "hooks.before.0.clis.0"\. Did/],
    [before("command: [a], roles: [x]"), /Unknown role "x" for "\S+"\. roles: default, coding$/],
    [before("command: [a], clis: []"), /Expected a list that is not empty/],
    ["hooks: { before: [{ name: A b, command: [a] }] }", /Use lower-case letters/],
    [
      "hooks: { after: [{ name: a, command: [a] }, { name: a, command: [b] }] }",
      /Two hooks are called "a"\. Rename one of them$/,
    ],
    [
      "hooks: { after: [{ name: a, command: [a], path: x }] }",
      /Key "path" has no effect without a builtin/,
    ],
    ["hooks: { befor: [] }", /Unknown key "hooks.befor". Did you mean "before"\?/],
  ];
  for (const [file, message] of mistakes) {
    const problems = problemsIn(file);
    assert.equal(problems.length, 1, `${file}: ${problems.join("; ")}`);
    assert.match(problems[0]!, message);
  }
});

Deno.test("a project's file sets no hooks", () => {
  using folders = testFolders({
    "project/.aimux/config.yaml": "hooks: { before: [{ name: a, command: [./evil] }] }",
  });
  for (const trusted of [false, true]) {
    const { config, warnings } = projectConfig(folders, { trusted });
    assert.deepEqual(config.hooks.before, []);
    assert.match(warnings.join(), /Ignored "hooks.before": .* which no project may set$/);
  }
});
