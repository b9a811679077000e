import assert from "node:assert/strict";
import { loadConfig } from "./load.ts";
import { leaves, type Settings, valueAt } from "./merge.ts";
import { configSchema } from "./schema.ts";
import { problemsOf, type TestFolders, testFolders } from "./testing.ts";

const ROLES = "roles:\n" +
  "  coding: {cli: codex, model: gpt-5.3-codex, reasoning_effort: high}\n" +
  "  my-role: {cli: gemini}\n" +
  "  default: {cli: codex}\n";

function withRoles(): TestFolders {
  return testFolders({ "embedded/default.yaml": ROLES });
}

/** Sound values for the keys whose defaults are empty. */
const EXAMPLES: Record<string, string> = {
  "server.auth_token": "correct-horse",
  "server.transport.allowed_hosts": "aimux.example",
  "server.transport.allowed_origins": "https://aimux.example",
  "server.transport.tls_cert": "/cert.pem",
  "server.transport.tls_key": "/key.pem",
};

Deno.test("Each scalar key and each list has a variable, its path in capitals", () => {
  using folders = testFolders();
  for (const [keys, value] of leaves(configSchema.parse({}) as unknown as Settings)) {
    if (keys[0] === "hooks") continue;
    const name = `AIMUX_${keys.join("_").toUpperCase()}`;
    const given = EXAMPLES[keys.join(".")] ?? String(value);
    const { config, originOf } = loadConfig(folders.sources({ [name]: given }));
    assert.deepEqual(originOf(keys), { path: name });
    const read = valueAt(config, keys);
    assert.equal(typeof read, typeof value, name);
    assert.equal(Array.isArray(read), Array.isArray(value), name);
  }
});

Deno.test("A variable of a list holds its parts between commas, one of a switch true or false", () => {
  using folders = testFolders();
  const { transport } = loadConfig(folders.sources({
    AIMUX_SERVER_TRANSPORT_ALLOWED_HOSTS: "a.example, [::2],",
    AIMUX_SERVER_TRANSPORT_SSE: "True",
  })).config.server;
  assert.deepEqual(transport.allowed_hosts, ["a.example", "[::2]"]);
  assert.equal(transport.sse, true);
});

Deno.test("AIMUX_AUTH_TOKEN sets the token, and the variable of its path is stronger", () => {
  using folders = testFolders();
  const tokenOf = (env: Record<string, string>) =>
    loadConfig(folders.sources(env)).config.server.auth_token;
  assert.equal(tokenOf({ AIMUX_AUTH_TOKEN: "one" }), "one");
  assert.equal(tokenOf({ AIMUX_AUTH_TOKEN: "one", AIMUX_SERVER_AUTH_TOKEN: "two" }), "two");
});

Deno.test("The variables of the documentation set their keys", () => {
  using folders = testFolders();
  const { config } = loadConfig(folders.sources({
    AIMUX_SERVER_MAX_CONCURRENT_JOBS: "3",
    AIMUX_CIRCUIT_BREAKER_COOLDOWN_SECONDS: " 60 ",
    AIMUX_SERVER_TRANSPORT_TYPE: "http",
    AIMUX_SERVER_SYNC_WAIT_SECONDS: "0.5",
  }));
  assert.equal(config.server.max_concurrent_jobs, 3);
  assert.equal(config.circuit_breaker.cooldown_seconds, 60);
  assert.equal(config.server.transport.type, "http");
  assert.equal(config.server.sync_wait_seconds, 0.5);
});

Deno.test("MCP_TRANSPORT knows streamablehttp, and aimux's own variable is stronger", () => {
  using folders = testFolders();
  const transport = (env: Record<string, string>) => {
    const { type, port } = loadConfig(folders.sources(env)).config.server.transport;
    return { type, port };
  };
  assert.deepEqual(transport({ MCP_TRANSPORT: "streamablehttp", PORT: "81" }), {
    type: "http",
    port: ":81",
  });
  assert.deepEqual(transport({ PORT: "81", AIMUX_SERVER_TRANSPORT_PORT: "82" }), {
    type: "stdio",
    port: ":82",
  });
});

const routes: [route: string, role: Record<string, string>][] = [
  ["gemini", { cli: "gemini" }],
  ["gemini:gemini-2.5-pro:high", {
    cli: "gemini",
    model: "gemini-2.5-pro",
    reasoning_effort: "high",
  }],
  ["gemini:pro", { cli: "gemini", model: "pro" }],
  ["gemini::low", { cli: "gemini", reasoning_effort: "low" }],
  ["gemini:ollama/qwen3:8b:low", {
    cli: "gemini",
    model: "ollama/qwen3:8b",
    reasoning_effort: "low",
  }],
  ["gemini:ollama/qwen3:8b:", { cli: "gemini", model: "ollama/qwen3:8b" }],
  [":gpt-5.4", { cli: "codex", model: "gpt-5.4", reasoning_effort: "high" }],
  ["::low", { cli: "codex", model: "gpt-5.3-codex", reasoning_effort: "low" }],
  ["codex::", { cli: "codex", model: "gpt-5.3-codex", reasoning_effort: "high" }],
  ["", { cli: "codex", model: "gpt-5.3-codex", reasoning_effort: "high" }],
];

for (const [route, role] of routes) {
  Deno.test(`AIMUX_ROLE_CODING=${route} routes the role`, () => {
    using folders = withRoles();
    const { config } = loadConfig(folders.sources({ AIMUX_ROLE_CODING: route }));
    assert.deepEqual(config.roles.coding, role);
  });
}

Deno.test("A - in a role's name is a _ in its variable", () => {
  using folders = withRoles();
  const { config } = loadConfig(folders.sources({ AIMUX_ROLE_MY_ROLE: "codex" }));
  assert.deepEqual(config.roles["my-role"], { cli: "codex" });
});

const mistakes: [name: string, value: string, problem: string][] = [
  [
    "AIMUX_ROLE_CODING",
    "codex:m:hihg",
    "Expected one of none, minimal, low, medium, high, xhigh, max " +
    'for "roles.coding.reasoning_effort", found "hihg". Did you mean "high"?',
  ],
  ["AIMUX_ROLE_CODING", "codx", 'Unknown CLI "codx" for "roles.coding.cli". Did you mean "codex"?'],
  ["AIMUX_ROLE_CODING", ":", 'Expected CLI:MODEL:EFFORT, each part optional, found ":"'],
  [
    "AIMUX_ROLE_CODING",
    "codex:--yolo",
    'Invalid value "--yolo" for "roles.coding.model". ' +
    "A model begins with a letter or digit and holds letters, digits and . _ : / @ + = , [ ] -",
  ],
  [
    "AIMUX_ROLE_CODNIG",
    "codex",
    'No such role. Did you mean "AIMUX_ROLE_CODING"? Roles: coding, my-role, default',
  ],
  ["AIMUX_ROLE_ZEBRACROSSING", "codex", "No such role. Roles: coding, my-role, default"],
  [
    "AIMUX_SERVER_MAX_QUEU",
    "1",
    'Unknown variable. Did you mean "AIMUX_SERVER_MAX_QUEUE"?',
  ],
  ["AIMUX_SERVER_ZEBRACROSSING", "1", "Unknown variable"],
  ["AIMUX_SERVER_", "1", "Unknown variable"],
  ["AIMUX_HOOKS_BEFORE", "x", "Unknown variable"],
  [
    "AIMUX_TRANSPORT_TYPE",
    "http",
    'Unknown variable. Did you mean "AIMUX_SERVER_TRANSPORT_TYPE"?',
  ],
  [
    "AIMUX_SERVER_TRANSPORT",
    "http",
    'Unknown variable. Did you mean "AIMUX_SERVER_TRANSPORT_TYPE"?',
  ],
  [
    "AIMUX_SERVER_MAX_QUEUE",
    "99999999999999999999",
    'Expected a whole number from 1 to 1000000 for "server.max_queue", ' +
    "found 100000000000000000000",
  ],
  [
    "AIMUX_CIRCUIT_BREAKER_COOLDOWN",
    "1",
    'Unknown variable. Did you mean "AIMUX_CIRCUIT_BREAKER_COOLDOWN_SECONDS"?',
  ],
  [
    "AIMUX_SERVER_LOG_LEVEL",
    "loud",
    'Expected one of debug, info, warn, error for "server.log_level", found "loud"',
  ],
  [
    "MCP_TRANSPORT",
    "htpp",
    'Expected one of stdio, sse, http, streamablehttp, found "htpp". Did you mean "http"?',
  ],
  [
    "AIMUX_AUTH_TOKEN",
    "a token with spaces",
    'Invalid value for "server.auth_token". Use visible ASCII characters without spaces',
  ],
  [
    "AIMUX_SERVER_TRANSPORT_SSE",
    "yes",
    'Expected true or false for "server.transport.sse", found "yes"',
  ],
  [
    "AIMUX_SERVER_TRANSPORT_ALLOWED_HOSTS",
    "https://a.example",
    'Invalid value "https://a.example" for "server.transport.allowed_hosts.0". ' +
    "Use a host name without a port",
  ],
  [
    "PORT",
    "eighty",
    'Expected a port such as 8080, ":8080" or "127.0.0.1:8080" ' +
    'for "server.transport.port", found "eighty"',
  ],
];

for (const [name, value, problem] of mistakes) {
  Deno.test(`${name}=${value} is refused in plain words`, () => {
    using folders = withRoles();
    const problems = problemsOf(() => loadConfig(folders.sources({ [name]: value })));
    assert.deepEqual(problems, [`${name} ${problem}`]);
  });
}

Deno.test("Empty variables count as unset, and others of aimux are left alone", () => {
  using folders = withRoles();
  const { environment } = loadConfig(folders.sources({
    AIMUX_SERVER_MAX_QUEUE: " ",
    AIMUX_ROLE_ZEBRA: "",
    MCP_TRANSPORT: "",
    AIMUX_CONFIG_DIR: "",
    AIMUX_AUTH_TOKEN: " ",
    AIMUX_DEPTH: "1",
    AIMUX_JOB_ID: "job_1",
    AIMUX_SOMETHING: "x",
  }));
  assert.deepEqual(environment, {});
});
