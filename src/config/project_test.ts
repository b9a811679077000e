import assert from "node:assert/strict";
import { join } from "node:path";
import { loadConfig } from "./load.ts";
import { readProjectFiles } from "./project_files.ts";
import { problemsOf, projectConfig, type TestFolders, testFolders } from "./testing.ts";

const BASE = "server:\n  max_prompt_bytes: 1000\nroles:\n" +
  "  coding: {cli: codex, model: m}\n" +
  "  review: {cli: codex, advisory: true}\n" +
  "  default: {cli: codex}\n";

function withProject(text: string): TestFolders {
  return testFolders({ "embedded/default.yaml": BASE, "project/.aimux/config.yaml": text });
}

function apply(folders: TestFolders, env?: Record<string, string>, trusted = false) {
  const applied = projectConfig(folders, { ...env && { env }, trusted });
  const own = join(folders.path, "project");
  return {
    ...applied,
    warnings: applied.warnings.map((warning) =>
      warning.replaceAll(`${own}/.aimux/config.yaml`, "FILE").replaceAll(own, "PROJECT")
    ),
  };
}

Deno.test("A project without a file changes nothing", () => {
  using folders = testFolders({ "embedded/default.yaml": BASE });
  for (const cwd of ["project", "nowhere", "embedded/default.yaml"]) {
    assert.equal(readProjectFiles(join(folders.path, cwd)), undefined);
  }
  assert.deepEqual(apply(folders), { config: loadConfig(folders.sources()).config, warnings: [] });
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

Deno.test("A project may raise limits only where it is trusted, and the wait of calls never", () => {
  using folders = withProject(
    "server:\n  max_prompt_bytes: 2000\n  sync_wait_seconds: 46\n  max_concurrent_jobs: 11\n",
  );
  const never = 'FILE:3:22 Ignored "server.sync_wait_seconds": ' +
    "a project may only lower it, and it is 45";
  const { config, warnings, trust } = apply(folders);
  assert.equal(config.server.max_prompt_bytes, 1000);
  assert.equal(config.server.sync_wait_seconds, 45);
  assert.equal(config.server.max_concurrent_jobs, 10);
  assert.equal(trust?.state, "untrusted");
  assert.deepEqual(warnings, [
    never,
    'PROJECT/.aimux Ignored what needs the user\'s trust: "server.max_prompt_bytes" ' +
    '(config.yaml:2:21), "server.max_concurrent_jobs" (config.yaml:4:24). To allow it: aimux config trust PROJECT',
  ]);
  const trusted = apply(folders, {}, true);
  assert.equal(trusted.config.server.max_prompt_bytes, 2000);
  assert.equal(trusted.config.server.sync_wait_seconds, 45);
  assert.equal(trusted.config.server.max_concurrent_jobs, 11);
  assert.deepEqual([trusted.warnings, trusted.trust?.state], [[never], "trusted"]);
});

Deno.test("What is of the whole server no project sets, trusted or not, and its line is named", () => {
  using folders = withProject(
    "server:\n  db_path: /tmp/x.db\n  max_depth: 9\ntransport:\n  type: http\n" +
      "circuit_breaker: {failure_threshold: 1}\n",
  );
  const why = "it is a matter of the whole server, which no project may set";
  for (const trusted of [false, true]) {
    const { config, warnings, projectTimeout, trust } = apply(folders, {}, trusted);
    assert.deepEqual(config, loadConfig(folders.sources()).config);
    assert.deepEqual([projectTimeout, trust], [undefined, undefined]);
    assert.deepEqual(warnings, [
      `FILE:6:38 Ignored "circuit_breaker.failure_threshold": ${why}`,
      `FILE:2:12 Ignored "server.db_path": ${why}`,
      `FILE:3:14 Ignored "server.max_depth": ${why}`,
      `FILE:5:9 Ignored "server.transport.type": ${why}`,
    ]);
  }
});

Deno.test("Only a trusted project lets an advisory role change files", () => {
  using folders = withProject("roles:\n  review: {advisory: false, model: x}\n");
  const { config, warnings } = apply(folders);
  assert.deepEqual(config.roles.review, { cli: "codex", advisory: true, model: "x" });
  assert.deepEqual(warnings, [
    'PROJECT/.aimux Ignored what needs the user\'s trust: "roles.review.advisory" ' +
    "(config.yaml:2:22). " +
    "To allow it: aimux config trust PROJECT",
  ]);
  const trusted = apply(folders, {}, true);
  assert.deepEqual(trusted.config.roles.review, { cli: "codex", advisory: false, model: "x" });
});

const OWN_CLI = "name: mine\nbinary: ./tools/mine\ncommand: {base: mine}\noutput_format: text\n" +
  "search_paths: [tools, ~/tools, /opt/tools]\n";

Deno.test("A trusted project describes CLIs, by paths that begin at its files, and sends roles there", () => {
  using folders = withProject("roles:\n  coding: {cli: mine, model: big}\n  quick: {cli: mine}\n");
  folders.write("project/.aimux/cli.d/mine/profile.yaml", OWN_CLI);
  folders.write("project/.aimux/cli.d/codex/profile.yaml", "headless_flags: [--fast]\n");

  const untrusted = apply(folders);
  assert.equal(untrusted.profiles, undefined);
  assert.deepEqual(untrusted.config.roles, loadConfig(folders.sources()).config.roles);
  assert.match(
    untrusted.warnings.join(),
    /"roles.coding.cli" \(config.yaml:2:17\), .*"roles.quick.cli".* and 1 more\. To allow it: /,
  );

  const { profiles, config, warnings } = apply(folders, {}, true);
  const place = join(folders.path, "project/.aimux/cli.d/mine");
  assert.deepEqual(warnings, []);
  assert.deepEqual(config.roles.coding, { cli: "mine", model: "big" });
  assert.equal(profiles?.get("mine")?.binary, join(place, "tools/mine"));
  assert.deepEqual(profiles?.get("mine")?.search_paths, [
    join(place, "tools"),
    "~/tools",
    "/opt/tools",
  ]);
  assert.deepEqual(profiles?.get("codex")?.headless_flags, ["--fast"]);
  assert.equal(profiles?.get("codex")?.binary, "prog");
  assert.deepEqual([...profiles.keys()].sort(), ["codex", "gemini", "mine"]);
});

Deno.test("A mistake in a trusted project's profile is told with its place", () => {
  using folders = withProject("");
  const file = "project/.aimux/cli.d/codex/profile.yaml";
  const problems = (text: string) => {
    folders.write(file, text);
    return problemsOf(() => apply(folders, {}, true)).map((line) =>
      line.replace(join(folders.path, file), "FILE")
    );
  };
  assert.deepEqual(problems("binry: x\n"), [
    'FILE:1:1 Unknown key "binry". Did you mean "binary"?',
  ]);
  assert.match(problems("name: gemini\n")[0]!, /^FILE:1:7 Expected "codex" for "name"/);
  assert.match(problems("a: [\n")[0]!, /^FILE:2:1 Invalid YAML/);
});

Deno.test("A profile that is broken below stays out of use in a trusted project", () => {
  using folders = withProject("");
  folders.write("embedded/cli.d/codex/profile.yaml", "name: codex\n");
  folders.write("project/.aimux/cli.d/codex/profile.yaml", "binary: x\n");
  assert.deepEqual([...apply(folders, {}, true).profiles?.keys() ?? []], ["gemini"]);
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
    "A model begins with a letter or digit and holds letters, digits and . _ : / @ + = , [ ] -",
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

/** A file with as many lines as one may have, about. */
function lines(head: string, line: (at: number) => string): string {
  return head + Array.from({ length: 9000 }, (_, at) => line(at)).join("");
}

Deno.test("A project's file with thousands of keys or mistakes is read in a moment, and told in short", () => {
  const since = performance.now();
  {
    using folders = withProject(lines("roles:\n", (at) => `  a${at}: {cli: codex}\n`));
    assert.equal(Object.keys(apply(folders).config.roles).length, 9003);
  }
  {
    using folders = withProject(lines("server:\n  auth_tokens:\n", (at) => `    a${at}: x\n`));
    const { warnings } = apply(folders);
    assert.equal(warnings.length, 9);
    assert.equal(warnings.at(-1), "FILE Ignored 8992 more that it may not set");
  }
  {
    using folders = withProject(lines("roles:\n", (at) => `  a${at}: {cli: codx}\n`));
    const problems = problemsOf(() => apply(folders));
    assert.equal(problems.length, 51);
    assert.equal(problems.at(-1), "And 8950 more mistakes");
  }
  {
    using folders = withProject("");
    const text = lines("env:\n", (at) => `  A${at}: x\n`) + `  ${"B".repeat(100_000)}: x\n`;
    folders.write("project/.aimux/cli.d/codex/profile.yaml", text);
    const { warnings } = apply(folders);
    assert.match(warnings.join(), /"env.A7" \(cli.d\/codex\/profile.yaml:9:7\) and 8993 more\. To/);
  }
  // It took minutes.
  assert.ok(performance.now() - since < 20_000);
});

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
    assert.deepEqual(problemsOf(() => readProjectFiles(join(folders.path, "project"))), [
      `${file} Not a regular file`,
    ]);
  },
});
