/**
 * Runs the real CLIs through aimux on a model of this machine, and prints what came of it.
 *
 * ```sh
 * deno task test:real                    # all of them
 * deno task test:real codex claude       # some
 * deno task test:real --case auth,quota  # some cases; nothing is recorded then
 * ```
 */
import { Command } from "commander";
import { configFolders } from "../../src/config/folders.ts";
import { loadProfiles } from "../../src/config/profiles.ts";
import { messageOf } from "../../src/lib/errors.ts";
import { writeGenerated } from "../../scripts/generate.ts";
import { cases } from "./cases.ts";
import { cacheFolder, install, InstallError, installNode } from "./installs.ts";
import { type CaseName, type CaseResult, CASES, type CliResult, recordResults } from "./results.ts";
import { setStage, type Stage } from "./stage.ts";
import { type Subject, SUBJECTS } from "./subjects.ts";
import { table } from "./table.ts";

const command = new Command("test:real")
  .argument("[cli...]", "the CLIs to run; without any, all of them")
  .option("--case <names>", `only these, divided by commas: ${CASES.join(", ")}`)
  .option("--no-record", "do not write docs/clis/test_real.json")
  .parse(["deno", "test:real", ...Deno.args]);

const { case: chosen, record } = command.opts<{ case?: string; record: boolean }>();
const subjects = pick(command.args, SUBJECTS, ({ cli }) => cli);
const names = pick(chosen?.split(",") ?? [], CASES, (name) => name);
const embedded = new URL("../../config/", import.meta.url);
const { profiles } = loadProfiles(configFolders({ embedded, env: {}, home: "/nonexistent" }));

const results: Record<string, CliResult> = {};
for (const subject of subjects) {
  const result = await runAll(subject);
  results[subject.cli] = result;
  if (record && names.length === CASES.length) recordResults({ [subject.cli]: result });
}
console.log(`\n${table({ clis: results })}`);
if (record && names.length === CASES.length) await writeGenerated();
const failed = Object.values(results)
  .flatMap((result) => Object.values(result.cases))
  .filter(({ outcome }) => outcome === "failed").length;
Deno.exit(failed > 0 ? 1 : 0);

/** Those that are named, in their own order. */
function pick<T>(wanted: string[], all: readonly T[], nameOf: (value: T) => string): readonly T[] {
  const unknown = wanted.find((name) => !all.some((value) => nameOf(value) === name));
  if (unknown !== undefined) {
    console.error(`Unknown name "${unknown}". Use: ${all.map(nameOf).join(", ")}`);
    Deno.exit(2);
  }
  return wanted.length === 0 ? all : all.filter((value) => wanted.includes(nameOf(value)));
}

async function runAll(subject: Subject): Promise<CliResult> {
  const { cli, install: of } = subject;
  const result: CliResult = {
    package: `${of.from} ${of.package}`,
    version: of.version,
    date: new Date().toISOString().slice(0, 10),
    platform: `${Deno.build.os} ${Deno.build.arch}`,
    cases: {},
  };
  console.log(`\n${cli} ${of.version}`);
  let programs: { program: string; node: string };
  try {
    const cache = cacheFolder();
    const node = await installNode(cache);
    programs = { node, program: await install(cli, of, cache) };
  } catch (error) {
    if (!(error instanceof InstallError)) throw error;
    console.log(`  SKIPPED, it cannot be installed here: ${error.message}`);
    return { ...result, not_run: `It cannot be installed here: ${error.message}` };
  }
  await using stage = await setStage(subject, programs.program, programs.node);
  for (const name of names) {
    result.cases[name] = await runCase(name, stage);
    tell(name, result.cases[name]);
  }
  return result;
}

async function runCase(name: CaseName, stage: Stage): Promise<CaseResult> {
  const { unsupported, run } = cases[name];
  const profile = profiles.get(stage.subject.cli)!;
  const why = stage.subject.cannot?.[name] ?? unsupported?.(profile);
  if (why !== undefined) return { outcome: "skipped", note: why };
  const begun = performance.now();
  const seconds = () => Math.round((performance.now() - begun) / 100) / 10;
  try {
    const note = await run(stage, profile);
    const took = seconds();
    const left = stage.aimux.processesLeft();
    if (left.length > 0) throw new Error(`It left processes: ${left.join("; ")}`);
    return { outcome: "passed", seconds: took, ...note !== undefined && { note } };
  } catch (error) {
    return { outcome: "failed", seconds: seconds(), note: oneLine(messageOf(error), stage) };
  }
}

/** Without the paths of this run. */
function oneLine(message: string, { project, aimux }: Stage): string {
  return message.replaceAll(project, "<project>").replaceAll(aimux.workplace.home, "<home>")
    .replace(/\s+/g, " ").trim().slice(0, 500);
}

function tell(name: CaseName, { outcome, seconds, note }: CaseResult): void {
  const word = outcome === "failed" ? "FAILED" : outcome;
  const time = seconds === undefined ? "" : ` ${seconds.toFixed(1)} s`;
  console.log(`  ${name}: ${word}${time}${note === undefined ? "" : ` (${note})`}`);
}
