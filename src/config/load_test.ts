import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadConfig } from "./load.ts";
import { leaves, type Settings } from "./merge.ts";
import { readDocument } from "./document.ts";
import { type Config, configSchema } from "./schema.ts";
import { problemsOf, testFolders } from "./testing.ts";

const DEFAULTS = new URL("../../config/", import.meta.url);

Deno.test("Without any file and variable the built-in defaults hold", () => {
  using folders = testFolders();
  const { config, originOf, cliNames } = loadConfig(folders.sources());
  assert.equal(config.server.max_concurrent_jobs, 10);
  assert.equal(config.server.log_file, join(folders.user, "aimux.log"));
  assert.equal(config.server.db_path, join(folders.user, "sessions.db"));
  assert.deepEqual(config.circuit_breaker, {
    failure_threshold: 3,
    cooldown_seconds: 300,
    half_open_max_calls: 1,
  });
  assert.equal(originOf(["server", "max_queue"]), undefined);
  assert.deepEqual(cliNames, ["codex", "gemini"]);
});

Deno.test("Each layer wins over the ones below it, key by key", () => {
  const layers = [
    "embedded/default.yaml",
    "embedded/config.yaml",
    "named/default.yaml",
    "named/config.yaml",
    "home/.config/aimux/default.yaml",
    "home/.config/aimux/config.yaml",
  ];
  using folders = testFolders();
  layers.forEach((file, index) => {
    folders.write(file, `server:\n  max_queue: ${index + 1}\n  max_depth: ${index + 1}\n`);
    const env = { AIMUX_CONFIG_DIR: join(folders.path, "named") };
    if (file.startsWith("embedded")) env.AIMUX_CONFIG_DIR = "";

    const { config, originOf } = loadConfig(folders.sources(env));

    assert.equal(config.server.max_queue, index + 1, file);
    assert.equal(config.server.max_concurrent_jobs, 10);
    const shown = file.startsWith("embedded")
      ? file.replace("embedded", "config")
      : join(folders.path, file);
    assert.deepEqual(originOf(["server", "max_queue"]), { path: shown, line: 2, column: 14 });
  });

  const env = { AIMUX_SERVER_MAX_QUEUE: "77", AIMUX_CONFIG_DIR: join(folders.path, "named") };
  const { config, originOf } = loadConfig(folders.sources(env));
  assert.equal(config.server.max_queue, 77);
  assert.equal(config.server.max_depth, 6);
  assert.deepEqual(originOf(["server", "max_queue"]), { path: "AIMUX_SERVER_MAX_QUEUE" });
});

Deno.test("The folder beside the binary counts only where AIMUX_CONFIG_DIR names none", () => {
  using folders = testFolders({
    "bin/config/default.yaml": "server: {max_queue: 1, max_depth: 1}",
    "named/default.yaml": "server: {max_queue: 3}",
  });
  const beside = loadConfig(folders.sources()).config.server;
  assert.deepEqual([beside.max_queue, beside.max_depth], [1, 1]);

  const env = { AIMUX_CONFIG_DIR: join(folders.path, "named") };
  const named = loadConfig(folders.sources(env)).config.server;
  assert.deepEqual([named.max_queue, named.max_depth], [3, 2]);
});

function wayOf({ server: { transport: { type, port } } }: Config): { type: string; port: string } {
  return { type, port };
}

Deno.test("The seed's examples are taken to the letter", () => {
  using folders = testFolders({
    "embedded/default.yaml": `server:
  log_level: info # debug | info | warn | error
  log_file: ~/.config/aimux/aimux.log
  db_path: ~/.config/aimux/sessions.db
  max_concurrent_jobs: 10
  session_ttl_hours: 24
  default_timeout_seconds: 300
transport:
  type: stdio # stdio | sse | http
  port: :8080 # used by sse and http transports
roles:
  coding:
    cli: codex
    model: gpt-5.3-codex
  codereview:
    cli: codex
    model: gpt-5.4
    reasoning_effort: high
  analyze:
    cli: gemini
  thinkdeep:
    cli: codex
    model: gpt-5.4
    reasoning_effort: high
  default:
    cli: codex
circuit_breaker:
  failure_threshold: 3 # consecutive failures before opening
  cooldown_seconds: 300
  half_open_max_calls: 1
`,
  });
  const { config } = loadConfig(folders.sources());
  assert.deepEqual(config.roles.codereview, {
    cli: "codex",
    model: "gpt-5.4",
    reasoning_effort: "high",
  });
  assert.deepEqual(wayOf(config), { type: "stdio", port: ":8080" });

  const env = { AIMUX_ROLE_CODING: "gemini:gemini-2.5-pro:high" };
  assert.deepEqual(loadConfig(folders.sources(env)).config.roles.coding, {
    cli: "gemini",
    model: "gemini-2.5-pro",
    reasoning_effort: "high",
  });
  const sse = loadConfig(folders.sources({ MCP_TRANSPORT: "sse", PORT: ":8081" }));
  assert.deepEqual(wayOf(sse.config), { type: "sse", port: ":8081" });
});

Deno.test("A top-level transport is the same as server.transport", () => {
  using folders = testFolders({
    "embedded/default.yaml": "server:\n  transport: {type: http, port: 1}\n",
    "home/.config/aimux/config.yaml": "transport:\n  port: 9000\nserver: {max_queue: 5}\n",
  });
  const { config } = loadConfig(folders.sources());
  assert.deepEqual(wayOf(config), { type: "http", port: ":9000" });
  assert.equal(config.server.max_queue, 5);
});

for (
  const [written, port] of [
    ["8080", ":8080"],
    [":8080", ":8080"],
    ['"8080"', ":8080"],
    ["0", ":0"],
    ["0.0.0.0:80", "0.0.0.0:80"],
    ["localhost:80", "localhost:80"],
    ['"[::1]:80"', "[::1]:80"],
  ]
) {
  Deno.test(`A port may be written ${written}`, () => {
    using folders = testFolders({ "embedded/default.yaml": `transport:\n  port: ${written}\n` });
    assert.equal(loadConfig(folders.sources()).config.server.transport.port, port);
  });
}

Deno.test("A relative path begins at the file's folder, ~ is the home folder", () => {
  using folders = testFolders({
    "home/.config/aimux/config.yaml": "server:\n  db_path: data/x.db\n  log_file: ~/x.log\n",
  });
  const { config } = loadConfig(folders.sources());
  assert.equal(config.server.db_path, join(folders.user, "data/x.db"));
  assert.equal(config.server.log_file, join(folders.path, "home/x.log"));

  const env = { AIMUX_SERVER_DB_PATH: "x.db", AIMUX_SERVER_LOG_FILE: "~" };
  const fromVariable = loadConfig(folders.sources(env)).config.server;
  assert.equal(fromVariable.db_path, join(Deno.cwd(), "x.db"));
  assert.equal(fromVariable.log_file, join(folders.path, "home"));
});

Deno.test("An empty log_file means no file", () => {
  using folders = testFolders({ "embedded/default.yaml": 'server: {log_file: ""}' });
  assert.equal(loadConfig(folders.sources()).config.server.log_file, "");
});

Deno.test("Maps that are left empty, and empty files, change nothing", () => {
  using folders = testFolders({
    "embedded/default.yaml": "server: {max_queue: 7}\nroles:\n  coding: {cli: codex}\n",
    "embedded/config.yaml": "# all commented out\n",
    "home/.config/aimux/config.yaml": "server:\n  transport:\nroles:\n  coding:\ntransport:\n",
  });
  folders.write("home/.config/aimux/config.yaml", "server:\n  transport:\nroles:\n  coding:\n");
  const { config } = loadConfig(folders.sources());
  assert.equal(config.server.max_queue, 7);
  assert.deepEqual(config.roles.coding, { cli: "codex" });
});

Deno.test("A role's keys merge, but a new CLI leaves the old one's model and effort behind", () => {
  using folders = testFolders({
    "embedded/default.yaml": "roles:\n" +
      "  a: {cli: codex, model: m, reasoning_effort: high, advisory: true}\n" +
      "  b: {cli: codex, model: m, reasoning_effort: high}\n",
    "home/.config/aimux/config.yaml": "roles:\n" +
      "  a: {cli: gemini}\n" +
      "  b: {cli: codex, reasoning_effort: low}\n" +
      "  mine: {model: x}\n",
  });
  assert.deepEqual(loadConfig(folders.sources()).config.roles, {
    a: { cli: "gemini", advisory: true },
    b: { cli: "codex", model: "m", reasoning_effort: "low" },
    mine: { model: "x" },
  });
});

/** Each message for a mistake in `embedded/default.yaml`. */
const mistakes: [text: string, ...problems: string[]][] = [
  [
    "server:\n  max_concurent_jobs: 3\n",
    'config/default.yaml:2:3 Unknown key "server.max_concurent_jobs". ' +
    'Did you mean "max_concurrent_jobs"?',
  ],
  [
    "zebra: 1\n",
    'config/default.yaml:1:1 Unknown key "zebra". ' +
    "Keys here: server, circuit_breaker, hooks, roles, transport",
  ],
  [
    "__proto__: {x: 1}\n",
    'config/default.yaml:1:1 Unknown key "__proto__". ' +
    "Keys here: server, circuit_breaker, hooks, roles, transport",
  ],
  [
    "server:\n  max_queue: lots\n",
    "config/default.yaml:2:14 Expected a whole number from 1 to 1000000 " +
    'for "server.max_queue", found "lots"',
  ],
  [
    "server:\n  max_queue: 0\n  max_depth: 1.5\n  kill_grace_seconds: .nan\n",
    'config/default.yaml:2:14 Expected a whole number from 1 to 1000000 for "server.max_queue", ' +
    "found 0",
    'config/default.yaml:3:14 Expected a whole number from 0 to 10 for "server.max_depth", ' +
    "found 1.5",
    "config/default.yaml:4:23 Expected a number from 0 to 600 " +
    'for "server.kill_grace_seconds", found NaN',
  ],
  [
    "server:\n  max_queue:\n",
    'config/default.yaml:2:3 Expected a whole number from 1 to 1000000 for "server.max_queue", ' +
    "found nothing",
  ],
  [
    "server:\n  log_level: inf\n",
    "config/default.yaml:2:14 Expected one of debug, info, warn, error " +
    'for "server.log_level", found "inf". Did you mean "info"?',
  ],
  [
    "server:\n  log_level: 5\n",
    "config/default.yaml:2:14 Expected one of debug, info, warn, error " +
    'for "server.log_level", found 5',
  ],
  [
    "server: [1]\n",
    'config/default.yaml:1:9 Expected a map for "server", found a list',
  ],
  [
    "server:\n  log_file: {a: 1}\n",
    'config/default.yaml:2:13 Expected a text for "server.log_file", found a map',
  ],
  [
    'server:\n  db_path: ""\n',
    'config/default.yaml:2:12 Expected the path of a file for "server.db_path", found ""',
  ],
  [
    "transport:\n  port: 99999\n",
    'config/default.yaml:2:9 Expected a port such as 8080, ":8080" or "127.0.0.1:8080" ' +
    'for "server.transport.port", found ":99999"',
  ],
  [
    "transport:\n  typ: sse\n",
    'config/default.yaml:2:3 Unknown key "server.transport.typ". Did you mean "type"?',
  ],
  [
    "transport:\n  type: sse\nserver:\n  transport: {}\n",
    'config/default.yaml:1:1 Both "transport" and "server.transport" are set. Keep one of them',
  ],
  [
    "roles:\n  coding:\n    cli: codx\n",
    'config/default.yaml:3:10 Unknown CLI "codx" for "roles.coding.cli". Did you mean "codex"?',
  ],
  [
    "roles:\n  coding: {cli: zebra}\n",
    'config/default.yaml:2:17 Unknown CLI "zebra" for "roles.coding.cli". CLIs: codex, gemini',
  ],
  [
    "roles:\n  coding: {model: --help, advisory: yes please}\n",
    'config/default.yaml:2:19 Invalid value "--help" for "roles.coding.model". ' +
    "A model begins with a letter or digit and holds letters, digits and . _ : / @ + = , [ ] -",
    'config/default.yaml:2:37 Expected true or false for "roles.coding.advisory", ' +
    'found "yes please"',
  ],
  [
    "roles:\n  Code Review: {cli: codex}\n",
    'config/default.yaml:2:3 Invalid name "roles.Code Review". ' +
    "Use lower-case letters, digits, - and _",
  ],
  ["- 1\n", "config/default.yaml:1:1 Expected a map at the top, found a list"],
  ["hello\n", 'config/default.yaml:1:1 Expected a map at the top, found "hello"'],
  ["server:\n\tmax_queue: 1\n", "config/default.yaml:2:1 Use spaces, not a tab, for indentation"],
  ["server: 1\nserver: 2\n", 'config/default.yaml:2:1 Duplicate key "server"'],
  [
    "server: {max_queue: 1\n",
    "config/default.yaml:2:1 Invalid YAML: deficient indentation",
  ],
];

for (const [text, ...problems] of mistakes) {
  Deno.test(`A file with ${JSON.stringify(text)} is refused in plain words`, () => {
    using folders = testFolders({ "embedded/default.yaml": text });
    assert.deepEqual(problemsOf(() => loadConfig(folders.sources())), problems);
  });
}

Deno.test("All mistakes of all layers are told at once, each in its own file", () => {
  using folders = testFolders({
    "embedded/default.yaml": "server:\n  max_depth: deep\n",
    "bin/config/config.yaml": "server: {\n",
    "home/.config/aimux/config.yaml": "server:\n  max_depth: 1\nrolls: {}\n",
  });
  const problems = problemsOf(() => loadConfig(folders.sources({ AIMUX_SERVER_MAX_QUEUE: "x" })));
  assert.deepEqual(problems, [
    `${join(folders.path, "bin/config/config.yaml")}:2:1 Invalid YAML: deficient indentation`,
    'config/default.yaml:2:14 Expected a whole number from 0 to 10 for "server.max_depth", ' +
    'found "deep"',
    `${join(folders.user, "config.yaml")}:3:1 Unknown key "rolls". Did you mean "roles"?`,
    'AIMUX_SERVER_MAX_QUEUE Expected a whole number from 1 to 1000000 for "server.max_queue", ' +
    'found "x"',
  ]);
});

Deno.test("AIMUX_CONFIG_DIR must name a folder", () => {
  using folders = testFolders({ "file": "" });
  for (const name of ["nowhere", "file"]) {
    const path = join(folders.path, name);
    assert.deepEqual(problemsOf(() => loadConfig(folders.sources({ AIMUX_CONFIG_DIR: path }))), [
      `AIMUX_CONFIG_DIR No such folder "${path}". Create it, or unset the variable`,
    ]);
  }
});

Deno.test("A file that cannot be read is told", () => {
  using folders = testFolders();
  Deno.mkdirSync(join(folders.path, "embedded/default.yaml"));
  assert.deepEqual(problemsOf(() => loadConfig(folders.sources())), [
    "config/default.yaml Not a regular file",
  ]);

  using binary = testFolders();
  Deno.writeFileSync(join(binary.path, "embedded/default.yaml"), new Uint8Array([0xff, 0xfe, 1]));
  assert.deepEqual(problemsOf(() => loadConfig(binary.sources())), [
    "config/default.yaml Cannot read the file: it is not UTF-8 text",
  ]);

  using large = testFolders({ "embedded/default.yaml": "#".repeat(262_145) });
  assert.deepEqual(problemsOf(() => loadConfig(large.sources())), [
    "config/default.yaml Expected at most 262144 bytes, found 262145",
  ]);
});

Deno.test("A mistake that a higher layer hides is told all the same", () => {
  using folders = testFolders({
    "embedded/default.yaml": "server: {max_queue: x}\n",
    "home/.config/aimux/config.yaml": "server: {max_queue: 1}\n",
  });
  assert.equal(problemsOf(() => loadConfig(folders.sources())).length, 1);
});

Deno.test("config/default.yaml holds every key of the schema with its default and no other", () => {
  const { settings } = readDocument(
    fileURLToPath(new URL("default.yaml", DEFAULTS)),
    "default.yaml",
  )!;
  const { roles: _, ...written } = settings;
  const { roles: _none, ...built } = configSchema.parse({});
  const flat = (value: unknown) =>
    Object.fromEntries(
      [...leaves(value as Settings)].map(([keys, leaf]) => [keys.join("."), leaf]),
    );
  assert.deepEqual(flat(written), flat(built));
});

Deno.test("config/default.yaml holds the 17 roles and default, and which of them only advise", () => {
  const { config, cliNames } = loadConfig({ embedded: DEFAULTS, env: {}, home: "/nowhere" });
  assert.deepEqual(Object.keys(config.roles).sort(), [
    "analyze",
    "architect",
    "challenge",
    "codereview",
    "coding",
    "debug",
    "default",
    "docgen",
    "planner",
    "planning",
    "precommit",
    "refactor",
    "research",
    "review",
    "secaudit",
    "testgen",
    "thinkdeep",
    "tracer",
  ]);
  const writers = Object.keys(config.roles).filter((name) => !config.roles[name]!.advisory);
  assert.deepEqual(writers, ["coding", "debug", "docgen", "refactor", "testgen", "default"]);
  assert(cliNames.includes("codex"));
});

Deno.test("Each key of the schema is described in one line", () => {
  const check = (schema: unknown, path: string[]): void => {
    const { shape } = unwrapped(schema) as { shape?: Record<string, { description?: string }> };
    for (const [key, value] of Object.entries(shape ?? {})) {
      assert.match(value.description ?? "", /^[^\n]{5,}$/, [...path, key].join("."));
      check(value, [...path, key]);
    }
  };
  check(configSchema, []);
  check(configSchema.shape.roles.unwrap().valueType, ["roles"]);
});

// deno-lint-ignore no-explicit-any
function unwrapped(schema: any): unknown {
  return typeof schema.unwrap === "function" ? unwrapped(schema.unwrap()) : schema;
}
