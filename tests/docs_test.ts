/** What the documentation says about files, tasks, keys and fields exists, and nothing is left out. */
import assert from "node:assert/strict";
import { load } from "js-yaml";
import { doctorShape } from "../src/commands/doctor/report.ts";
import { EXIT_MEANINGS } from "../src/commands/exit_codes.ts";
import { COMMANDS } from "../src/commands/registry.ts";
import { profileSchema } from "../src/config/profile.ts";
import { hooksSchema } from "../src/config/hooks.ts";
import { leaves, type Settings } from "../src/config/merge.ts";
import { roleSchema } from "../src/config/schema.ts";
import { CLI_STATES } from "../src/clis/cli_states.ts";
import {
  afterAnswer,
  afterDocument,
  beforeAnswer,
  beforeDocument,
} from "../src/engine/hooks/documents.ts";
import { healthShape } from "../src/engine/health_shape.ts";
import { metricsShape } from "../src/engine/metrics_shape.ts";
import { ERROR_CODES } from "../src/lib/errors.ts";
import { STATES } from "../src/mcp/guidance/guidance.ts";
import { jobResultSchema } from "../src/mcp/tools/job_payload.ts";
import { TOOLS } from "../src/mcp/tools/registry.ts";
import { createPreambles } from "../src/skills/preambles.ts";
import { JOB_STATUSES } from "../src/store/job.ts";
import { SCENARIOS } from "./guidance/mod.ts";
import manifest from "../deno.json" with { type: "json" };

const ROOT = new URL("../", import.meta.url);

const PAGES = [
  "README.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  ...[...Deno.readDirSync(new URL("docs/", ROOT))].map(({ name }) => `docs/${name}`)
    .filter((path) => path.endsWith(".md")).sort(),
];

Deno.test("every relative link of the documentation leads to a file and to a heading in it", () => {
  const broken = PAGES.flatMap((page) =>
    links(read(page)).filter((link) => !leadsSomewhere(link, page)).map((link) =>
      `${page}: ${link}`
    )
  );
  assert.ok(PAGES.length >= 6, PAGES.join(", "));
  assert.deepEqual(broken, []);
});

Deno.test("every task that the documentation shows exists", () => {
  const shown = PAGES.flatMap((page) =>
    [
      ...read(page).matchAll(/\b(?:deno|deno@[\d.]+) task (?<task>[\w:-]+)/g),
    ].map(({ groups }) => groups!.task!)
  );
  assert.ok(shown.length >= 5);
  assert.deepEqual(shown.filter((task) => !(task in manifest.tasks)), []);
});

Deno.test("the README shows Deno by the version that CI uses", () => {
  const versions = PAGES.flatMap((page) => read(page).match(/deno@[\d.]+\d/g) ?? []);
  assert.deepEqual([...new Set(versions)], ["deno@2.9.6"]);
  assert.match(read(".github/workflows/ci.yml"), /v2\.9\.6/);
});

Deno.test("docs/configuration.md has every key of config/default.yaml with its default", () => {
  const { roles, ...settings } = load(read("config/default.yaml")) as Settings;
  const text = read("docs/configuration.md");
  for (const [keys, value] of leaves(settings)) {
    const row = rowOf(text, keys.join("."));
    const shown = value === "" || Array.isArray(value) ? JSON.stringify(value) : value;
    assert.ok(row.includes(`\`${shown}\``), `${keys.join(".")} with the default ${shown}: ${row}`);
  }
  for (const [name, role] of Object.entries(roles as Settings)) {
    const cells = rowOf(text, name).split("|").map((cell) => cell.trim());
    const { cli = "", model = "", reasoning_effort = "", advisory = "" } = role as Settings;
    const told = [`\`${name}\``, cli, model, reasoning_effort, String(advisory)];
    assert.deepEqual(cells.slice(1, -1), told);
  }
});

Deno.test("docs/configuration.md has every key of a role", () => {
  const text = read("docs/configuration.md");
  for (const key of Object.keys(roleSchema.shape)) rowOf(text, `roles.<name>.${key}`);
});

Deno.test("docs/prompts.md has every role, style and variable, and no other", async () => {
  const text = read("docs/prompts.md");
  const firstCells = (heading: string) =>
    [...text.split(`\n## ${heading}\n`)[1]!.split("\n## ")[0]!.matchAll(/^\| `([^`]+)`/gm)]
      .map(([, name]) => name);
  const { roles } = load(read("config/default.yaml")) as { roles: Settings };
  assert.deepEqual(firstCells("Roles"), Object.keys(roles).filter((role) => role !== "default"));
  for (const { name } of Deno.readDirSync(new URL("config/prompts.d/styles/", ROOT))) {
    assert.ok(text.split("\n## Styles\n")[1]!.includes(`\`${name.replace(".md", "")}\``), name);
  }
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${folder}/prompts.d/roles`, { recursive: true });
    await Deno.writeTextFile(`${folder}/prompts.d/roles/x.md`, "{{ no_such_variable_there_is }}");
    const write = createPreambles({
      folders: [{ path: folder, shown: "x" }],
      clock: { now: Date.now },
    });
    const run = { role: "x", cli: "codex", cwd: folder, readOnly: false };
    const message = await write({ ...run, style: undefined, model: undefined, effort: undefined })
      .then(() => "", ({ message }) => message);
    const known = /Variables: (.*)$/.exec(message)?.[1]?.split(", ");
    assert.deepEqual(firstCells("Templates").sort(), known?.sort());
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("docs/configuration.md has every key of a profile", () => {
  const text = read("docs/configuration.md");
  for (const [key, schema] of Object.entries(profileSchema.shape)) {
    for (
      const path of ["command", "versions", "login_check", "reasoning", "session"].includes(key)
        ? inner(schema)
        : [""]
    ) {
      rowOf(text, path === "" ? key : `${key}.${path}`);
    }
  }
});

Deno.test("docs/results.md has every state, error code and field of a job", () => {
  const text = read("docs/results.md");
  for (const name of [...JOB_STATUSES, ...ERROR_CODES]) rowOf(text, name);
  for (const field of Object.keys(jobResultSchema.shape)) {
    assert.ok(new RegExp(`^\\|[^|]*\`${field}\``, "m").test(text), field);
  }
});

Deno.test("docs/health.md has every field of the health, and every state of a CLI", () => {
  const text = read("docs/health.md");
  const fields = fieldsOf(healthShape);
  assert.ok(fields.includes("jobs.active.queue_position"), fields.join(", "));
  for (const name of [...fields, ...CLI_STATES]) rowOf(text, name);
});

Deno.test("docs/health.md has every field of the metrics", () => {
  const text = read("docs/health.md");
  for (const name of Object.keys(metricsShape.shape)) rowOf(text, name);
  const figures = fieldsOf(metricsShape.shape.total);
  assert.ok(figures.includes("latency_ms.p95"), figures.join(", "));
  for (const name of [...figures, ...fieldsOf(metricsShape.shape.window).map(inWindow)]) {
    rowOf(text, name);
  }

  function inWindow(name: string): string {
    return `window.${name}`;
  }
});

Deno.test("docs/results.md tells which tool tells each state of guidance, as the scenarios have it", () => {
  const [, section = ""] = read("docs/results.md").split("### States of guidance\n");
  for (const state of STATES) {
    const cells = rowOf(section, state).split("|").map((cell) => cell.trim());
    for (const [at, name] of ["exec", "status", "sessions"].entries()) {
      const there = SCENARIOS.some((each) => each.tool === name && each.state === state);
      assert.equal(cells[at + 2] !== "", there, `${state} of ${name}`);
    }
  }
});

Deno.test("docs/hooks.md has every key of a hook, field of a document and verdict", () => {
  const text = read("docs/hooks.md");
  for (const list of Object.values(hooksSchema.shape)) {
    const hook = list.unwrap().element;
    for (const key of Object.keys(hook.shape)) {
      assert.ok(new RegExp(`^\\|[^|]*\`${key}\``, "m").test(text), key);
    }
  }
  for (const document of [beforeDocument, afterDocument]) {
    for (const field of fieldsOf(document)) assert.ok(text.includes(`\`${field}\``), field);
  }
  for (const answer of [beforeAnswer, afterAnswer]) {
    for (const { shape } of answer.options) rowOf(text, shape.verdict.value);
  }
});

Deno.test("the README names every tool, and every parameter of exec", () => {
  const text = read("README.md");
  for (const { name } of TOOLS) assert.ok(text.includes(`**${name}**`), name);
  const exec = TOOLS.find(({ name }) => name === "exec")!;
  for (const parameter of Object.keys((exec.input as unknown as typeof profileSchema).shape)) {
    rowOf(text, parameter);
  }
});

Deno.test("docs/commands.md has every command, flag and exit code", () => {
  const text = read("docs/commands.md");
  for (const command of COMMANDS) {
    const [, section = ""] = text.split(`\n## ${command.name}\n`);
    assert.ok(section !== "", command.name);
    const [own = ""] = section.split("\n## ");
    for (const { name, flags } of "run" in command ? [command] : command.commands) {
      assert.ok("run" in command || own.includes(`aimux ${command.name} ${name}`), name);
      for (const { flag } of flags) rowOf(own, flag.split(" ")[0]!);
    }
  }
  for (const [code, meaning] of EXIT_MEANINGS) {
    assert.ok(
      text.split("\n").some((line) => codesOf(line) === code && line.includes(meaning)),
      code,
    );
  }
});

Deno.test("docs/commands.md has every field of doctor that health does not have", () => {
  const [, section = ""] = read("docs/commands.md").split("\n## doctor\n");
  const cells = section.split("\n").flatMap((line) => line.split("|")[1]?.match(/`[^`]+`/g) ?? []);
  const health = fieldsOf(healthShape).filter((field) => field.includes("."));
  for (const field of fieldsOf(doctorShape)) {
    const known = health.includes(field) || field.startsWith("config.project.problems.");
    assert.ok(known || cells.includes(`\`${field}\``), field);
  }
});

Deno.test("the recorded session can be played, and shows what is still there", () => {
  const [header, ...frames] = read("docs/terminal/session.cast").trimEnd().split("\n")
    .map((line) => JSON.parse(line));
  assert.equal(header.version, 2);
  let last = 0;
  for (const [seconds, kind, text] of frames) {
    assert.ok(seconds >= last && kind === "o" && typeof text === "string");
    last = seconds;
  }
  const commands = read("docs/terminal/session.txt").match(/^\$ aimux (\w+)/gm) ?? [];
  const names = new Set(commands.map((line) => line.slice("$ aimux ".length)));
  assert.deepEqual([...names].sort(), ["doctor", "run"]);
  for (const name of names) assert.ok(COMMANDS.some((command) => command.name === name), name);
});

/** The first cell of a row, without the marks of code. */
function codesOf(line: string): string {
  return line.split("|")[1]?.replaceAll("`", "").trim() ?? "";
}

Deno.test("the README lists every CLI with its program", () => {
  const text = read("README.md");
  for (const { name } of Deno.readDirSync(new URL("config/cli.d/", ROOT))) {
    const { binary } = load(read(`config/cli.d/${name}/profile.yaml`)) as Settings;
    assert.ok(new RegExp(`^\\| ${name} +\\| \`${binary}\` `, "m").test(text), name);
  }
});

function read(path: string): string {
  return Deno.readTextFileSync(new URL(path, ROOT));
}

/** The row of a table whose first cell is the name. */
function rowOf(text: string, name: string): string {
  const row = text.split("\n").find((line) => line.startsWith(`| \`${name}\` `));
  assert.ok(row, `no row for ${name}`);
  return row;
}

/** The keys of a map in a schema, which may be optional. */
function inner(schema: unknown): string[] {
  const { def, shape } = schema as { def: { innerType?: unknown }; shape?: object };
  return shape ? Object.keys(shape) : inner(def.innerType);
}

/** Every field of a schema of JSON, those of maps and lists within it as `map.field`. */
function fieldsOf(schema: unknown): string[] {
  const { def, shape } = schema as {
    def: { innerType?: unknown; element?: unknown };
    shape?: Record<string, unknown>;
  };
  if (shape) {
    return Object.entries(shape).flatMap(([name, field]) => [
      name,
      ...fieldsOf(field).map((inner) => `${name}.${inner}`),
    ]);
  }
  const within = def.innerType ?? def.element;
  return within === undefined ? [] : fieldsOf(within);
}

/** The targets of the links of a page, those of other sites left out. */
function links(text: string): string[] {
  const prose = text.replace(/^```[^]*?^```/gm, "").replace(/`[^`\n]*`/g, "");
  return [...prose.matchAll(/\]\((?<target>[^)\s]+)\)/g)].map(({ groups }) => groups!.target!)
    .filter((target) => !/^[a-z]+:/.test(target));
}

function leadsSomewhere(link: string, page: string): boolean {
  const { pathname, hash } = new URL(link, new URL(page, ROOT));
  try {
    const file = new URL(pathname, ROOT);
    if (hash === "") return Deno.statSync(file) !== undefined;
    return headings(Deno.readTextFileSync(file)).includes(decodeURIComponent(hash.slice(1)));
  } catch {
    return false;
  }
}

/** The anchors that GitHub gives to the headings of a page. */
function headings(text: string): string[] {
  return [...text.replace(/^```[^]*?^```/gm, "").matchAll(/^#+ (.*)$/gm)].map(([, title]) =>
    title!.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-")
  );
}
