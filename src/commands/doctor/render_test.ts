import assert from "node:assert/strict";
import { displayWidth } from "../../lib/terminal/display_width.ts";
import { ACTING, shownOf, testOutput } from "../testing.ts";
import { renderSections } from "./render.ts";
import type { DoctorReport } from "./report.ts";
import { sectionsOf } from "./sections.ts";

const REPORT: DoctorReport = {
  status: "degraded",
  problems: [],
  warnings: ["A long warning of many words that goes on over the edge of a narrow terminal"],
  version: "1.2.3",
  runtime: { deno: "2.9.6", v8: "15", os: "linux", arch: "x86_64", binary: true },
  cwd: "/home/me/project",
  clis: [
    {
      name: "codex",
      display_name: "Codex",
      state: "ready",
      usable: true,
      path: "/home/me/bin/codex",
      version: "0.169.0",
      read_only: true,
      permissions: ["read_only", "write", "full"],
      version_support: "untested",
      logged_in: "no",
      login_by: "it says so",
      login: "codex login",
      argv: ["/home/me/bin/codex", "exec", "it's", "PROMPT"],
    },
    {
      name: "qwen",
      display_name: "Qwen",
      state: "not_installed",
      usable: false,
      read_only: true,
      permissions: ["read_only", "write", "full"],
      problem: '"qwen" is nowhere',
      fix: "Install it with: npm install -g qwen",
    },
  ],
  roles: [{
    name: "coding",
    advisory: false,
    wanted: { cli: "aider" },
    cli: "codex",
    model: "gpt-5",
    passed_over: [{ cli: "aider", code: "cli_not_installed", message: "nowhere" }],
    warnings: [],
  }],
  database: { path: "/home/me/a.db", state: "absent", writable: true },
  log: { path: "", level: "info", state: "off" },
  hooks: [
    {
      name: "policy",
      event: "before",
      command: ["policy", "--strict"],
      path: "/home/me/bin/policy",
      on_failure: "closed",
      roles: ["coding"],
    },
    {
      name: "gone",
      event: "after",
      command: ["/x/gone"],
      problem: '"/x/gone" is no file that can be executed',
      on_failure: "open",
    },
  ],
  config: {
    state: "ok",
    problems: [],
    folders: [{ layer: "user", path: "/home/me/.config/aimux", found: false }],
    project: {
      path: "/p/.aimux/config.yaml",
      state: "absent",
      trust: "not_needed",
      problems: [],
      warnings: [],
    },
    values: [{ key: "server.log_file", value: "", origin: "AIMUX_SERVER_LOG_FILE" }],
  },
  permissions: [{ name: "run", state: "narrowed", allowed: ["codex"], use: "the CLIs" }],
  process_control: { reach: "group", ends: "The group is ended", limits: ["But not all"] },
  pseudo_terminal: { available: false, problem: "none here" },
  environment: [{ name: "PATH", value: "/bin", use: "where" }, { name: "PORT", use: "the port" }],
};

function plain(report: DoctorReport): string[] {
  const text = renderSections(sectionsOf(report), testOutput(), "/home/me");
  assert.doesNotMatch(text, ACTING);
  return text.split("\n");
}

Deno.test("in a pipe each fact is a line that can be found by its beginning", () => {
  const lines = plain(REPORT);
  for (
    const line of [
      "cli codex: ready, 0.169.0 (untested), /home/me/bin/codex, not logged in (it says so), " +
      "to log in: codex login, runs: codex exec 'it'\\''s' PROMPT",
      "cli qwen: not installed, Install it with: npm install -g qwen",
      "role coding: codex, model gpt-5, passed over: aider",
      "database state: absent, made when it is first needed",
      "looked for user: absent, /home/me/.config/aimux",
      'config server.log_file: "", from AIMUX_SERVER_LOG_FILE',
      "permission run: narrowed, the CLIs, allowed: codex",
      "process pseudo-terminal: no: none here",
      "variable PORT: not set, the port",
      "aimux state: works, with warnings",
      `warning: ${REPORT.warnings[0]}`,
    ]
  ) assert.ok(lines.includes(line), `${line}\n\n${lines.join("\n")}`);
});

Deno.test("on a terminal it is tables that fit, and home is ~", () => {
  for (const columns of [20, 40, 80, 120]) {
    const text = renderSections(sectionsOf(REPORT), testOutput(columns), "/home/me");
    const shown = shownOf(text);
    for (const line of shown) assert.ok(displayWidth(line) < columns, `${columns}: ${line}`);
    assert.ok(shown.includes("CLIs"));
  }
  const shown = shownOf(renderSections(sectionsOf(REPORT), testOutput(80), "/home/me"));
  const at = shown.indexOf("CLIs");
  assert.deepEqual(shown.slice(at, at + 8), [
    "CLIs",
    "  CLI    STATE          VERSION             WHERE, OR WHAT TO DO",
    "  codex  ready          0.169.0 (untested)  ~/bin/codex",
    "                                            not logged in (it says so), to log",
    "                                            in: codex login",
    "                                            runs: codex exec 'it'\\''s' PROMPT",
    "  qwen   not installed                      Install it with: npm install -g",
    "                                            qwen",
  ]);
});

Deno.test("where the configuration is broken, what hangs on it is told as unknown", () => {
  const { database: _, log: __, ...rest } = REPORT;
  const lines = plain({ ...rest, roles: [], problems: ["config.yaml:2:3 Unknown key"] });
  assert.ok(lines.includes("database state: unknown, as the configuration is broken"));
  assert.ok(lines.includes("log state: unknown, as the configuration is broken"));
  assert.equal(lines.at(-2), "problem: config.yaml:2:3 Unknown key");
});

Deno.test("nothing that comes from outside can act on the terminal or forge a line", () => {
  const hostile = "\x1b]0;owned\x07x\x1b[31m\nproblem: forged";
  const { database: _, ...rest } = REPORT;
  const report: DoctorReport = {
    ...rest,
    cwd: hostile,
    warnings: [hostile],
    clis: [{ ...REPORT.clis[0]!, path: hostile, version: hostile, login: hostile }],
    environment: [{ name: "PATH", value: hostile, use: "where" }],
  };
  assert.deepEqual(plain(report).filter((line) => line.startsWith("problem")), []);
  const shown = renderSections(sectionsOf(report), testOutput(80), "/home/me");
  assert.ok(!shown.includes("\x1b]") && !shown.includes("\x07"));
});
