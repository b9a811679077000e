import assert from "node:assert/strict";
import { join } from "node:path";
import { type TestFolders, testFolders } from "../../config/testing.ts";
import { createRedactor } from "../../lib/redact.ts";
import { examineConfiguration } from "./configuration.ts";

function examineIn(folders: TestFolders, env: Record<string, string> = {}) {
  const cwd = join(folders.path, "project");
  return examineConfiguration(folders.sources(env), { cwd, redact: createRedactor(env) });
}

Deno.test("each value is told with its origin: program, file, project or variable", () => {
  using folders = testFolders({
    "embedded/default.yaml": "server:\n  max_depth: 3\nroles:\n  default: {cli: codex}\n",
    "home/.config/aimux/config.yaml": "server:\n  max_queue: 5\n  max_concurrent_jobs: 8\n",
    "project/.aimux/config.yaml": "server:\n  max_concurrent_jobs: 2\n" +
      "  max_prompt_bytes: 90000000\nroles:\n  default: {cli: gemini}\n",
  });
  const { section } = examineIn(folders, { AIMUX_SERVER_LOG_LEVEL: "debug" });
  const told = new Map(section.values.map(({ key, ...rest }) => [key, Object.values(rest)]));
  const project = join(folders.path, "project/.aimux/config.yaml");
  const user = join(folders.user, "config.yaml");
  assert.deepEqual(told.get("server.max_depth"), ["built-in default", 3]);
  assert.deepEqual(told.get("server.kill_grace_seconds"), ["built-in default", 5]);
  assert.deepEqual(told.get("server.max_queue"), [`${user}:2:14`, 5]);
  assert.deepEqual(told.get("server.max_concurrent_jobs"), [`${project}:2:24`, 2]);
  assert.deepEqual(told.get("roles.default.cli"), [`${project}:5:18`, "gemini"]);
  assert.deepEqual(told.get("server.log_level"), ["AIMUX_SERVER_LOG_LEVEL", "debug"]);
  assert.deepEqual(told.get("server.max_prompt_bytes"), ["built-in default", 1_048_576]);
  assert.deepEqual([section.project.state, section.project.trust], ["ok", "untrusted"]);
  assert.match(
    section.project.warnings.join(),
    /needs the user.s trust: "server.max_prompt_bytes" \(config\.yaml:3:21\)/,
  );
});

Deno.test("tokens are not told, whatever their owners are called, and lists are", () => {
  using folders = testFolders({
    "home/.config/aimux/config.yaml": "server:\n  auth_tokens: {host: hidden-1, file: hidden-2}\n" +
      "transport: {allowed_hosts: [a.example, b.example]}\n",
  });
  const { values } = examineIn(folders, { AIMUX_AUTH_TOKEN: "hidden-3" }).section;
  assert.doesNotMatch(JSON.stringify(values), /hidden/);
  const told = new Map(values.map(({ key, value }) => [key, value]));
  assert.equal(told.get("server.auth_tokens.host"), "[redacted]");
  assert.equal(told.get("server.auth_token"), "[redacted]");
  assert.equal(told.get("server.transport.allowed_hosts"), "a.example, b.example");
  assert.equal(told.get("server.transport.allowed_origins"), "");
});

Deno.test("every folder that is looked at is told, found or not", () => {
  using folders = testFolders();
  assert.deepEqual(
    examineIn(folders).section.folders.map(({ layer, found }) => [layer, found]),
    [["built-in", true], ["beside the program", false], ["user", false]],
  );
  const named = { AIMUX_CONFIG_DIR: folders.path };
  assert.deepEqual(examineIn(folders, named).section.folders[1], {
    layer: "AIMUX_CONFIG_DIR",
    path: folders.path,
    found: true,
  });
});

Deno.test("mistakes of the main configuration and of the project are told together", () => {
  using folders = testFolders({
    "home/.config/aimux/config.yaml": "server:\n  max_quue: 5\n",
    "project/.aimux/config.yaml": "roles:\n  default: {clii: gemini}\n",
  });
  const { section, loaded, config } = examineIn(folders, { AIMUX_SERVER_MAX_DEPTH: "deep" });
  assert.deepEqual([loaded, config, section.state], [undefined, undefined, "broken"]);
  assert.deepEqual(section.problems.map(({ path, line }) => [path, line]), [
    [join(folders.user, "config.yaml"), 2],
    ["AIMUX_SERVER_MAX_DEPTH", undefined],
  ]);
  assert.equal(section.project.state, "broken");
  assert.match(section.project.problems[0]!.message, /clii/);
  assert.deepEqual(section.values, []);
});

Deno.test("a broken project file leaves the main configuration as it is", () => {
  using folders = testFolders({
    "project/.aimux/config.yaml": "roles:\n  default: {cli: nope}\n",
  });
  const { section, config } = examineIn(folders);
  assert.equal(section.state, "ok");
  assert.equal(section.project.state, "broken");
  assert.match(section.project.problems[0]!.message, /Unknown CLI "nope"/);
  assert.equal(config?.server.max_queue, 5000);
});
