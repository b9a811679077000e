/** The results as a table for people. */
import { type CaseResult, CASES, type CliResult, type RealResults } from "./results.ts";

/** CLI x case, and below it why something was skipped or has failed. */
export function table({ clis }: RealResults): string {
  const rows = [
    ["", ...CASES],
    ...Object.entries(clis).map(([name, result]) => [
      `${name} ${result.version}`,
      ...CASES.map((of) => cell(result, result.cases[of])),
    ]),
  ];
  const widths = rows[0]!.map((_, at) => Math.max(...rows.map((row) => row[at]!.length)));
  const lines = rows.map((row) =>
    row.map((text, at) => text.padEnd(widths[at]!)).join("  ").trimEnd()
  );
  return [...lines, "", ...Object.entries(clis).flatMap(([name, of]) => notes(name, of))]
    .join("\n") + "\n";
}

function cell({ not_run }: CliResult, result: CaseResult | undefined): string {
  if (not_run !== undefined) return "SKIPPED";
  if (result === undefined) return "";
  if (result.outcome === "skipped") return "skipped";
  const word = result.outcome === "passed" ? "ok" : "FAILED";
  return `${word} ${result.seconds?.toFixed(1)} s`;
}

function notes(name: string, { not_run, cases }: CliResult): string[] {
  if (not_run !== undefined) return [`${name}: SKIPPED, not run at all: ${not_run}`];
  return CASES.flatMap((of) => {
    const { outcome, note } = cases[of] ?? {};
    if (note === undefined) return [];
    const word = outcome === "passed" ? "" : `${outcome === "failed" ? "FAILED" : outcome}: `;
    return [`${name} ${of}: ${word}${note}`];
  });
}
