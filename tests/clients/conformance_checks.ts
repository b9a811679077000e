/** What the conformance suite found, compared with what can be found. */
import type { Inapplicable } from "./inapplicable.ts";

/** One check of a scenario, as the suite writes it down. */
export interface Check {
  id: string;
  status: "SUCCESS" | "INFO" | "WARNING" | "FAILURE" | "SKIPPED";
  errorMessage?: string;
}

/** What came of a run. */
export interface Judgement {
  problems: string[];
  /** How many checks passed. */
  passed: number;
  /** The scenarios that apply, in part or as a whole. */
  applied: string[];
  /** What does not apply, by the reason. */
  reasons: Record<string, string[]>;
}

/** Reads the checks of each scenario from the folder that the suite was told. */
export async function readChecks(folder: string): Promise<Map<string, Check[]>> {
  const found = new Map<string, Check[]>();
  for await (const { name } of Deno.readDir(folder)) {
    const [, scenario] = /^server-(.+?)-\d{4}-\d\d-\d\dT/.exec(name) ?? [];
    if (scenario === undefined) continue;
    found.set(scenario, JSON.parse(await Deno.readTextFile(`${folder}/${name}/checks.json`)));
  }
  return found;
}

/**
 * Judges what was found: whatever did not pass needs a reason, a warning and what was skipped too,
 * and every reason must have something that did not pass.
 */
export function judge(
  scenarios: readonly string[],
  found: ReadonlyMap<string, readonly Check[]>,
  inapplicable: Inapplicable,
): Judgement {
  const problems: string[] = [];
  const applied: string[] = [];
  const reasons: Record<string, string[]> = {};
  let passed = 0;
  for (const scenario of scenarios) {
    const checks = found.get(scenario) ?? [];
    if (checks.length === 0) problems.push(`${scenario}: nothing was checked`);
    const missed = checks.filter(({ status }) => status !== "SUCCESS" && status !== "INFO");
    const excused = Object.keys(inapplicable).filter((name) => name.split(":")[0] === scenario);
    for (const name of excused) {
      (reasons[inapplicable[name]!] ??= []).push(name);
      const stale = !missed.some(({ id }) => covers(name, scenario, id));
      if (stale) problems.push(`${name} passes, and is said not to apply`);
    }
    for (const { id, status, errorMessage = "" } of missed) {
      if (excused.some((name) => covers(name, scenario, id))) continue;
      problems.push(`${scenario}:${id}: ${status} ${errorMessage}`.trimEnd());
    }
    if (excused.includes(scenario)) continue;
    applied.push(scenario);
    passed += checks.filter(({ status }) => status === "SUCCESS").length;
  }
  return { problems, passed, applied, reasons };
}

function covers(name: string, scenario: string, id: string): boolean {
  return name === scenario || name === `${scenario}:${id}`;
}
