/** The page about the CLIs, made of their profiles and of the last run of the real ones. */
import { inOrder } from "../src/clis/order.ts";
import { type Permission, PERMISSIONS } from "../src/config/permission.ts";
import { profileFor } from "../src/config/profile_for.ts";
import type { CliProfile } from "../src/config/profile.ts";
import { shellWords } from "../src/lib/shell_words.ts";
import {
  CASE_TITLES,
  type CaseResult,
  CASES,
  type CliResult,
  type RealResults,
} from "../tests/real/results.ts";
import { code, table } from "./markdown.ts";

const HEAD = `# CLIs

This page is made from [the profiles](../config/cli.d) and [the last run](clis/test_real.json) of
\`deno task test:real\`, which installs the real CLIs and runs them through aimux on a model server of
its own; \`deno task generate\` writes it, and a change made here is lost.
[Profiles](configuration.md#profiles-of-clis) explains the keys, and
[Permissions](configuration.md#permissions) what the three modes promise. With a CLI where \`write\`
and \`full\` are the same, there is nothing narrower.`;

/** The page, not yet formatted. */
export function cliDocs(
  profiles: ReadonlyMap<string, CliProfile>,
  results: RealResults,
): string {
  const all = inOrder(profiles.keys()).map((name) => profiles.get(name)!);
  return [
    HEAD,
    table(
      ["CLI", "program", "checked with", "permissions", "effort", "continues by", "real runs"],
      all.map((profile) => [
        `[${profile.name}](#${profile.name})`,
        code(profile.binary),
        profile.versions?.checked ?? "not run",
        PERMISSIONS.filter((each) => modeOf(profile, each) !== undefined).join(", "),
        profile.reasoning ? profile.reasoning.levels.join(", ") : "none",
        CONTINUES[profile.session?.id ?? "none"],
        summary(results.clis[profile.name]),
      ]),
    ),
    ...all.flatMap((profile) => section(profile, results.clis[profile.name])),
    "## Versions and logins",
    "`aimux doctor` tells of each CLI whether its version is the one that its profile was checked " +
    "with, whether it is logged in, as far as that can be told without a call of a model, and the " +
    "exact call; see [its page](commands.md#doctor).",
  ].join("\n\n");
}

const CONTINUES = {
  reported: "its own id",
  chosen: "a name that aimux chooses",
  none: "a transcript",
};

function section(profile: CliProfile, result: CliResult | undefined): string[] {
  return [
    `## ${profile.name}`,
    table(["what", "how"], [...facts(profile), ...differences(profile)]),
    ...realRun(result),
  ];
}

const WORDS: Record<Permission, string> = {
  read_only: "read-only",
  write: "write",
  full: "full",
};

/** What is told of other versions: each fact that is not as in the newest one. */
function differences(profile: CliProfile): string[][] {
  const { versions } = profile;
  return (versions?.differences ?? []).map(({ before, since, ...keys }) => {
    const which = [since && `from ${since}`, before && `before ${before}`].filter(Boolean);
    const only = { ...versions!, differences: [{ ...keys, since: "0" }] };
    return [
      which.join(", "),
      changes(facts(profile), facts(profileFor({ ...profile, versions: only }, "0"))),
    ];
  });
}

function changes(newest: string[][], other: string[][]): string {
  const [was, is] = [new Map(newest as [string, string][]), new Map(other as [string, string][])];
  return [...new Set([...was.keys(), ...is.keys()])]
    .filter((what) => was.get(what) !== is.get(what))
    .map((what) => `${what}: ${is.get(what) ?? "none"}`).join("; ");
}

function facts(profile: CliProfile): string[][] {
  const { versions, login_check, model_fallback, exit_codes } = profile;
  const checks = [...login_check?.env ?? [], ...login_check?.files ?? []].map(code);
  const asked = login_check?.args && `asked by ${words([profile.binary, ...login_check.args])}`;
  const variables = { ...profile.env, ...profile.env_default };
  const given: [string, string | undefined][] = [
    ["install", profile.install],
    ["log in", profile.login],
    ["a login is", [checks.join(" or "), asked].filter(Boolean).join(", or ")],
    ["checked with", versions?.checked],
    ["lowest version", versions?.minimum],
    ["call", words([...profile.command.base.split(/\s+/), ...profile.headless_flags])],
    ["prompt", promptOf(profile)],
    ["output", outputOf(profile)],
    ["model", profile.model_flag && words([profile.model_flag, "MODEL"])],
    ["other models, in order", model_fallback.map(code).join(", ")],
    ["effort", effortOf(profile)],
    ["first turn", words(profile.session?.start_flags ?? [])],
    ["next turn", words(profile.session?.resume_flags ?? [])],
    [
      "variables that are set",
      Object.entries(variables).map(([name, value]) => code(`${name}=${value}`)).join(", "),
    ],
    ["files that are made", Object.keys(profile.files_default).map(code).join(", ")],
    ["exit codes", Object.entries(exit_codes).map(([exit, of]) => `${exit}: ${of}`).join(", ")],
  ];
  return [
    ...given.flatMap(([what, how]) => how ? [[what, how]] : []),
    ...PERMISSIONS.map((each) => [WORDS[each], modeOf(profile, each) ?? "refused"]),
  ];
}

function promptOf(profile: CliProfile): string {
  const { stdin_threshold: threshold, stdin_flags, prompt_file_flag } = profile;
  const stdin = `standard input${stdin_flags.length > 0 ? ` (${words(stdin_flags)})` : ""}`;
  if (profile.prompt === "stdin") return stdin;
  const flags = [profile.prompt_flag ?? profile.prompt_separator ?? [], "PROMPT"].flat();
  const long = threshold > 0
    ? `; of more than ${threshold} characters ${stdin}`
    : prompt_file_flag
    ? `; too long for an argument ${words([prompt_file_flag, "FILE"])}`
    : "";
  return words(flags) + long;
}

function outputOf({ output_format, output, decoder, executor }: CliProfile): string {
  const reader = output ? ", read by selectors" : decoder ? `, read as ${code(decoder)}` : "";
  return `${output_format}${reader}${executor === "pty" ? ", on a pseudo-terminal" : ""}`;
}

function effortOf({ reasoning }: CliProfile): string | undefined {
  if (!reasoning) return undefined;
  const { flag, env, flag_value_template, levels } = reasoning;
  const value = flag_value_template.replace("%s", "LEVEL");
  const how = flag ? words([flag, value]) : code(`${env}=LEVEL`);
  return `${how}: ${levels.join(", ")}`;
}

/** How a CLI is told a permission; undefined where it cannot be. */
function modeOf(profile: CliProfile, permission: Permission): string | undefined {
  const { read_only_flags, write_flags, full_flags } = profile;
  const flags = { read_only: read_only_flags, write: write_flags, full: full_flags }[permission];
  if (flags === undefined) return undefined;
  const variables = Object.entries(profile.permission_env[permission] ?? {})
    .map(([name, value]) => code(`${name}=${value}`));
  const files = Object.entries(profile.permission_files[permission] ?? {})
    .map(([name, text]) => `a file named by ${code(name)} with ${code(text)}`);
  const told = [words(flags), ...variables, ...files].filter(Boolean);
  return told.length > 0 ? told.join(", ") : "nothing: it does so by itself";
}

function words(all: readonly string[]): string {
  return all.length === 0 ? "" : code(shellWords(all).replaceAll(/'(\{\w+\})'/g, "$1"));
}

function summary(result: CliResult | undefined): string {
  if (!result || result.not_run !== undefined) return "not run";
  const cases = Object.values(result.cases);
  const count = (outcome: CaseResult["outcome"]) =>
    cases.filter((each) => each.outcome === outcome).length;
  return [
    `${count("passed")} of ${CASES.length} passed`,
    count("failed") > 0 && `${count("failed")} failed`,
  ].filter(Boolean).join(", ");
}

function realRun(result: CliResult | undefined): string[] {
  if (!result) return ["Not run."];
  const { package: of, version, date, platform, not_run, cases } = result;
  const what = `${of} ${version}, ${platform}, ${date}`;
  if (not_run !== undefined) return [`Not run (${what}). ${not_run}`];
  return [
    `The last real run: ${what}.`,
    table(
      ["case", "outcome", "took", "note"],
      CASES.map((name) => {
        const { outcome, seconds, note = "" } = cases[name] ?? {};
        const shown = outcome === "failed" ? "**failed**" : outcome ?? "not run";
        return [
          CASE_TITLES[name],
          shown,
          seconds === undefined ? "" : `${seconds.toFixed(1)} s`,
          note,
        ];
      }),
    ),
  ];
}
