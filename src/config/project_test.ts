import assert from "node:assert/strict";
import { join } from "node:path";
import { loadConfig } from "./load.ts";
import { applyProject, loadProject } from "./project.ts";
import { problemsOf, type TestFolders, testFolders } from "./testing.ts";

const BASE = "server:\n  max_prompt_bytes: 1000\nroles:\n" +
  "  coding: {cli: codex, model: m}\n" +
  "  review: {cli: codex, advisory: true}\n" +
  "  default: {cli: codex}\n";

function withProject(text: string): TestFolders {
  return testFolders({ "embedded/default.yaml": BASE, "project/.aimux/config.yaml": text });
}

function apply(folders: TestFolders, env: Record<string, string> = {}) {
  const cwd = join(folders.path, "project");
  const applied = applyProject(loadConfig(folders.sources(env)), loadProject(cwd));
  const file = join(cwd, ".aimux/config.yaml");
  return {
    ...applied,
    warnings: applied.warnings.map((warning) => warning.replace(file, "FILE")),
  };
}

Deno.test("A project without a file changes nothing", () => {
  using folders = testFolders({ "embedded/default.yaml": BASE });
  const loaded = loadConfig(folders.sources());
  for (const cwd of ["project", "nowhere", "embedded/default.yaml"]) {
    const applied = applyProject(loaded, loadProject(join(folders.path, cwd)));
    assert.deepEqual(applied, { config: loaded.config, warnings: [] });
    assert.equal(applied.config, loaded.config);
  }
});

Deno.test("A project may set its roles, its timeout and lower limits", () => {
  using folders = withProject(
    "roles:\n  coding: {cli: gemini}\n  mine: {model: x}\n" +
      "server: {default_timeout_seconds: 900, max_prompt_bytes: 10, sync_wait_seconds: 1,\n" +
      "  max_concurrent_jobs: 2}\n",
  );
  const { config, warnings, projectTimeout } = apply(folders);
  assert.deepEqual(warnings, []);
  assert.equal(projectTimeout, 900);
  assert.equal(config.server.default_timeout_seconds, 900);
  assert.equal(config.server.max_prompt_bytes, 10);
  assert.equal(config.server.sync_wait_seconds, 1);
  assert.equal(config.server.max_concurrent_jobs, 2);
  assert.deepEqual(config.roles, {
    coding: { cli: "gemini" },
    review: { cli: "codex", advisory: true },
    default: { cli: "codex" },
    mine: { model: "x" },
  });
});

Deno.test("A project may not raise a limit", () => {
  using folders = withProject(
    "server:\n  max_prompt_bytes: 2000\n  sync_wait_seconds: 46\n  max_concurrent_jobs: 11\n",
  );
  const { config, warnings } = apply(folders);
  assert.equal(config.server.max_prompt_bytes, 1000);
  assert.equal(config.server.sync_wait_seconds, 45);
  assert.equal(config.server.max_concurrent_jobs, 10);
  assert.deepEqual(warnings.sort(), [
    'FILE:2:21 Ignored 2000 for "server.max_prompt_bytes": ' +
    "a project file may only lower it, and it is 1000",
    'FILE:3:22 Ignored 46 for "server.sync_wait_seconds": ' +
    "a project file may only lower it, and it is 45",
    'FILE:4:24 Ignored 11 for "server.max_concurrent_jobs": ' +
    "a project file may only lower it, and it is 10",
  ]);
});

Deno.test("Every other key of a project is ignored with a warning that names its line", () => {
  using folders = withProject(
    "server:\n  db_path: /tmp/x.db\n  max_depth: 9\ntransport:\n  type: http\n" +
      "circuit_breaker: {failure_threshold: 1}\n",
  );
  const { config, warnings, projectTimeout } = apply(folders);
  assert.deepEqual(config, loadConfig(folders.sources()).config);
  assert.equal(projectTimeout, undefined);
  assert.deepEqual(warnings, [
    'FILE:6:38 Ignored "circuit_breaker.failure_threshold": a project file may not set it',
    'FILE:2:12 Ignored "server.db_path": a project file may not set it',
    'FILE:3:14 Ignored "server.max_depth": a project file may not set it',
    'FILE:5:9 Ignored "server.transport.type": a project file may not set it',
  ]);
});

Deno.test("A project may not let an advisory role change files", () => {
  using folders = withProject("roles:\n  review: {advisory: false, model: x}\n");
  const { config, warnings } = apply(folders);
  assert.deepEqual(config.roles.review, { cli: "codex", advisory: true, model: "x" });
  assert.deepEqual(warnings, [
    'FILE:2:22 Ignored false for "roles.review.advisory": ' +
    "a project file may not let an advisory role change files",
  ]);
});

Deno.test("The environment wins over a project", () => {
  using folders = withProject(
    "roles:\n  coding: {cli: codex, model: x}\nserver: {default_timeout_seconds: 900}\n",
  );
  const { config, projectTimeout } = apply(folders, {
    AIMUX_ROLE_CODING: "gemini",
    AIMUX_SERVER_DEFAULT_TIMEOUT_SECONDS: "60",
  });
  assert.deepEqual(config.roles.coding, { cli: "gemini" });
  assert.equal(config.server.default_timeout_seconds, 60);
  assert.equal(projectTimeout, undefined);
});

const mistakes: [text: string, problem: string][] = [
  ["rolls: {}\n", ':1:1 Unknown key "rolls". Did you mean "roles"?'],
  ["roles: [\n", ":2:1 Invalid YAML: deficient indentation"],
  ["- 1\n", ":1:1 Expected a map at the top, found a list"],
  [
    "roles:\n  coding: {cli: codx}\n",
    ':2:17 Unknown CLI "codx" for "roles.coding.cli". Did you mean "codex"?',
  ],
  [
    "server: {sync_wait_seconds: -1}\n",
    ':1:29 Expected a number from 0 to 3600 for "server.sync_wait_seconds", found -1',
  ],
  [
    "roles:\n  coding: {model: -rf}\n",
    ':2:19 Invalid value "-rf" for "roles.coding.model". ' +
    "Use letters, digits and . _ : / @ + = , [ ] -",
  ],
  ["#".repeat(262_145), " Expected at most 262144 bytes, found 262145"],
];

for (const [text, problem] of mistakes) {
  Deno.test(`A project's ${JSON.stringify(text.slice(0, 50))} is refused in plain words`, () => {
    using folders = withProject(text);
    const file = join(folders.path, "project/.aimux/config.yaml");
    assert.deepEqual(problemsOf(() => apply(folders)), [`${file}${problem}`]);
  });
}

Deno.test("A change of the project's file counts at once", () => {
  using folders = withProject("roles:\n  coding: {model: a}\n");
  assert.equal(apply(folders).config.roles.coding?.model, "a");
  folders.write("project/.aimux/config.yaml", "roles:\n  coding: {model: b}\n");
  assert.equal(apply(folders).config.roles.coding?.model, "b");
});

Deno.test({
  name: "A project's file that is a pipe is refused instead of read for ever",
  ignore: Deno.build.os === "windows",
  fn() {
    using folders = testFolders({ "project/.aimux/x": "" });
    const file = join(folders.path, "project/.aimux/config.yaml");
    new Deno.Command("mkfifo", { args: [file] }).outputSync();
    assert.deepEqual(problemsOf(() => loadProject(join(folders.path, "project"))), [
      `${file} Not a regular file`,
    ]);
  },
});
