/** What doctor has found out, as sections of facts that can be told in lines or in tables. */
import { cut } from "../../lib/cut.ts";
import { printableLine } from "../../lib/terminal/printable.ts";
import type { Style } from "../paint.ts";
import { shellWords } from "../../lib/shell_words.ts";
import type { DoctorReport } from "./report.ts";

/** One fact of a row. */
export interface Fact {
  text: string;
  /** What it is, where it stands without the head of its column. */
  label?: string;
  style?: Style;
}

/** A table; the first fact of each row is what the others are about. */
export interface Section {
  title: string;
  /** What each line begins with where there is no title above it. */
  name: string;
  head?: readonly string[];
  rows: readonly (readonly Fact[])[];
}

/** All sections, the most important last, where it is read first. */
export function sectionsOf(report: DoctorReport): Section[] {
  return [
    clis(report),
    roles(report),
    database(report),
    log(report),
    hooks(report),
    folders(report),
    values(report),
    permissions(report),
    processes(report),
    environment(report),
    program(report),
    remarks("Warnings", "warning", "yellow", report.warnings),
    remarks("Problems", "problem", "red", report.problems),
  ].filter(({ rows }) => rows.length > 0);
}

function clis({ clis }: DoctorReport): Section {
  return {
    title: "CLIs",
    name: "cli",
    head: ["CLI", "STATE", "VERSION", "WHERE, OR WHAT TO DO"],
    rows: clis.map(({ name, state, usable, version, path, problem, fix, ...cli }) => [
      plain(name),
      { text: state.replaceAll("_", " "), style: usable ? "green" : "dim" },
      plain(versionText({ version, ...cli })),
      lines(
        path,
        // That it is nowhere its state says already.
        state === "not_installed" && fix !== undefined ? undefined : problem,
        fix,
        usable && loginText(cli),
        cli.argv && `runs: ${callText(cli.argv)}`,
        cli.argv_problem && `would not run: ${cli.argv_problem}`,
      ),
    ]),
  };
}

type Cli = DoctorReport["clis"][number];

const SUPPORT: Partial<Record<NonNullable<Cli["version_support"]>, string>> = {
  untested: " (untested)",
  too_old: " (too old)",
};

function versionText(
  { version, version_support: support = "unknown" }: Pick<Cli, "version" | "version_support">,
): string | undefined {
  return version && version + (SUPPORT[support] ?? "");
}

function loginText(
  { logged_in, login_by, login }: Pick<Cli, "logged_in" | "login_by" | "login">,
): string {
  const state = { yes: "logged in", no: "not logged in", unknown: "login unknown" };
  const by = login_by === undefined ? "" : ` (${login_by})`;
  const how = login === undefined || logged_in === "yes" ? "" : `, to log in: ${login}`;
  return `${state[logged_in ?? "unknown"]}${by}${how}`;
}

/** The most characters of a call in the text; the JSON has all of it. */
const CALL_CHARS = 120;

function callText([program = "", ...args]: string[]): string {
  return cut(shellWords([program.replace(/^.*[/\\]/, ""), ...args]), CALL_CHARS);
}

function roles({ roles }: DoctorReport): Section {
  return {
    title: "Roles",
    name: "role",
    head: ["ROLE", "GOES TO", "MODEL", "EFFORT", "REMARKS"],
    rows: roles.map((role) => [
      plain(role.name),
      role.cli === undefined ? { text: "nowhere", style: "red" } : plain(role.cli),
      { ...plain(role.model), label: "model" },
      { ...plain(role.reasoning_effort), label: "effort" },
      lines(
        role.advisory && "advises only",
        role.passed_over.length > 0 &&
          `passed over: ${role.passed_over.map(({ cli }) => cli).join(", ")}`,
        ...role.warnings,
        role.problem,
      ),
    ]),
  };
}

const UNKNOWN = "unknown, as the configuration is broken";

const DATABASE = { ok: "ok", absent: "absent, made when it is first needed", failing: "failing" };

function database({ database, storage, servers, jobs, sessions }: DoctorReport): Section {
  const { path, state = "ok", problem, bytes, journal_mode, schema_version } = database ?? {};
  return facts("Database", "database", [
    ["path", path],
    ["state", database ? lines(DATABASE[state], problem) : UNKNOWN],
    ["size", size(bytes)],
    ["output", database?.bytes === undefined ? undefined : size(storage?.output_bytes)],
    [
      "all together",
      storage && `${size(storage.total_bytes)} of at most ${size(storage.max_bytes)}`,
    ],
    ["put aside", database?.put_aside && lines(...database.put_aside)],
    ["journal", journal_mode],
    ["schema", schema_version?.toString()],
    ["used by", servers && (servers.map(({ pid }) => `process ${pid}`).join(", ") || "nobody now")],
    [
      "jobs",
      jobs?.running !== undefined
        ? `${jobs.running} running, ${jobs.queued} waiting, at most ${jobs.max_concurrent_jobs} at once`
        : undefined,
    ],
    ["sessions", sessions?.total.toString()],
  ]);
}

function log({ log }: DoctorReport): Section {
  return facts("Log", "log", [
    ["path", log?.path],
    ["state", log ? lines(log.state, log.problem) : UNKNOWN],
    ["level", log?.level],
    ["size", size(log?.bytes)],
  ]);
}

function hooks({ hooks }: DoctorReport): Section {
  return {
    title: "Hooks",
    name: "hook",
    head: ["HOOK", "ASKED", "STATE", "WHAT, OR WHAT IS WRONG"],
    rows: hooks.map(({ name, event, builtin, command, path, problem, on_failure, clis, roles }) => [
      plain(name),
      plain(event),
      problem === undefined ? { text: "ready", style: "green" } : { text: "broken", style: "red" },
      lines(
        problem,
        builtin !== undefined && `built-in ${builtin}`,
        [path, ...(command ?? []).slice(1)].filter((word) => word !== undefined).join(" "),
        on_failure === "closed" && "blocks what it concerns where it fails",
        clis && `only on ${clis.join(", ")}`,
        roles && `only in role ${roles.join(", ")}`,
      ),
    ]),
  };
}

function folders({ config }: DoctorReport): Section {
  const { path, state, trust } = config.project;
  return {
    title: "Configuration files",
    name: "looked for",
    rows: [
      ...config.folders.map(({ layer, path, found }) => [
        plain(layer),
        { text: found ? "found" : "absent", style: found ? "green" as const : "dim" as const },
        plain(path),
      ]),
      [
        plain("project"),
        {
          text: [state === "ok" ? "found" : state, TRUST[trust]].filter(Boolean).join(", "),
          style: trust === "untrusted" ? "yellow" : STATES[state],
        },
        plain(path),
      ],
    ],
  };
}

const TRUST = { not_needed: "", trusted: "trusted", untrusted: "not trusted" };

const STATES = { ok: "green", absent: "dim", broken: "red" } as const;

function values({ config }: DoctorReport): Section {
  return {
    title: "Configuration",
    name: "config",
    head: ["KEY", "VALUE", "FROM"],
    rows: config.values.map(({ key, value, origin }) => [
      plain(key),
      plain(value === "" ? '""' : String(value)),
      {
        text: origin,
        label: "from",
        ...origin === "built-in default" && { style: "dim" as const },
      },
    ]),
  };
}

function permissions({ permissions }: DoctorReport): Section {
  return {
    title: "Permissions",
    name: "permission",
    head: ["PERMISSION", "STATE", "FOR"],
    rows: permissions.map(({ name, state, allowed, use }) => [
      plain(name),
      { text: state, style: state === "granted" ? "green" : "yellow" },
      lines(use, allowed && `allowed: ${allowed.join(", ")}`),
    ]),
  };
}

function processes({ process_control, pseudo_terminal }: DoctorReport): Section {
  return facts("Processes", "process", [
    ["the end of a run", process_control.ends],
    ["its limits", lines(...process_control.limits)],
    ["could not be ended", lines(...(process_control.left ?? []).map(leftOf))],
    ["pseudo-terminal", pseudo_terminal.available ? "yes" : `no: ${pseudo_terminal.problem}`],
  ]);
}

function leftOf(
  { pid, cli, job_id, since }: { [name in "cli" | "job_id" | "since"]: string } & { pid: number },
) {
  return `${pid}, started by ${cli} in ${job_id}, since ${since}`;
}

function environment({ environment }: DoctorReport): Section {
  return {
    title: "Environment",
    name: "variable",
    head: ["VARIABLE", "VALUE", "FOR"],
    rows: environment.map(({ name, value, use }) => [
      plain(name),
      value === undefined ? { text: "not set", style: "dim" } : plain(value === "" ? '""' : value),
      plain(use),
    ]),
  };
}

function program({ version, runtime, cwd, status }: DoctorReport): Section {
  const { deno, v8, os, arch, binary } = runtime;
  const form = binary ? "binary" : "sources";
  return facts("aimux", "aimux", [
    ["version", version],
    ["runs on", `Deno ${deno}, V8 ${v8}, ${os} ${arch}, ${form}`],
    ["asked about", cwd],
    ["state", { text: STATUS[status].text, style: STATUS[status].style }],
  ]);
}

const STATUS = {
  ok: { text: "ok", style: "green" },
  degraded: { text: "works, with warnings", style: "yellow" },
  unusable: { text: "cannot work", style: "red" },
} as const;

function remarks(title: string, name: string, style: Style, texts: readonly string[]): Section {
  return { title, name, rows: texts.map((text) => [{ text: printableLine(text), style }]) };
}

/** A section of what is known of one thing. */
function facts(
  title: string,
  name: string,
  given: readonly [string, string | Fact | undefined][],
): Section {
  const rows = given.map(([key, value]): [Fact, Fact] => [
    plain(key),
    typeof value === "object" ? value : plain(value),
  ]);
  return { title, name, rows: rows.filter(([, { text }]) => text !== "") };
}

function plain(text: string | undefined): Fact {
  return { text: printableLine(text ?? "") };
}

/** Several texts in one cell, each a line of its own. */
function lines(...texts: (string | undefined | false)[]): Fact {
  return { text: texts.filter(Boolean).map((text) => printableLine(text as string)).join("\n") };
}

function size(bytes: number | undefined): string | undefined {
  if (bytes === undefined) return undefined;
  return bytes < 10_000 ? `${bytes} bytes` : `${(bytes / 1_000_000).toFixed(2)} MB`;
}
