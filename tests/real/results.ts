/** What the last run of the real CLIs came to: `docs/clis/test_real.json`. */
import { z } from "zod";

/** The cases, in the order in which they run and are told. */
export const CASES = [
  "short",
  "long",
  "resume",
  "write",
  "read_only",
  "effort",
  "model",
  "slow",
  "auth",
  "quota",
  "500",
  "529",
  "cut",
  "cancel",
] as const;

/** One of them. */
export type CaseName = typeof CASES[number];

/** What a case is about, for people. */
export const CASE_TITLES: Readonly<Record<CaseName, string>> = {
  short: "a short prompt",
  long: "a prompt of 200 kB",
  resume: "a second turn that knows the first",
  write: "an edit that the model asks for",
  read_only: "the same edit, refused",
  effort: "the effort level arrives",
  model: "the model's name arrives",
  slow: "an answer that comes slowly",
  auth: "HTTP 401 is told as auth",
  quota: "HTTP 429 is told as quota",
  500: "HTTP 500 is told as transient",
  529: "HTTP 529 is told as transient",
  cut: "a stream that breaks is no answer",
  cancel: "a cancelled run leaves no process",
};

const caseResultSchema = z.strictObject({
  outcome: z.enum(["passed", "failed", "skipped"]),
  /** How long the calls of the case took, in seconds. */
  seconds: z.number().optional(),
  /** Why it was skipped or has failed, or what is to be known of it. */
  note: z.string().optional(),
});

const cliResultSchema = z.strictObject({
  package: z.string().describe("Registry and name, such as npm @openai/codex"),
  version: z.string(),
  date: z.string().describe("The day of the run, as 2026-11-26"),
  platform: z.string().describe("As linux x86_64"),
  not_run: z.string().optional().describe("Why none of its cases was run"),
  cases: z.partialRecord(z.enum(CASES), caseResultSchema),
});

const resultsSchema = z.strictObject({ clis: z.record(z.string(), cliResultSchema) });

/** How a case ended. */
export type CaseResult = z.output<typeof caseResultSchema>;
/** How the cases of a CLI ended. */
export type CliResult = z.output<typeof cliResultSchema>;
/** The last results of each CLI, by aimux's name of it. */
export type RealResults = z.output<typeof resultsSchema>;

/** Where the results are kept. */
export const RESULTS_FILE = new URL("../../docs/clis/test_real.json", import.meta.url);

/** The recorded results; none where nothing was recorded yet. */
export function readResults(file: URL | string = RESULTS_FILE): RealResults {
  let text: string;
  try {
    text = Deno.readTextFileSync(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { clis: {} };
    throw error;
  }
  return resultsSchema.parse(JSON.parse(text));
}

/** Records the results of some CLIs; what was recorded of others stays. */
export function recordResults(
  fresh: RealResults["clis"],
  file: URL | string = RESULTS_FILE,
): void {
  const all = { ...readResults(file).clis, ...fresh };
  const clis = Object.fromEntries(
    Object.entries(all).sort(([a], [b]) => a < b ? -1 : 1)
      .map(([name, result]) => [name, { ...result, cases: inOrder(result.cases) }]),
  );
  Deno.writeTextFileSync(file, JSON.stringify({ clis }, null, 2) + "\n");
}

function inOrder(cases: CliResult["cases"]): CliResult["cases"] {
  return Object.fromEntries(
    CASES.flatMap((name) => cases[name] ? [[name, cases[name]]] : []),
  );
}
