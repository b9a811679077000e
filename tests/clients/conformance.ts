/** The conformance suite, on its own fixtures and on the server that users have. */
import type { Case, Stage } from "./cases.ts";
import { type Inapplicable, NOWHERE, ON_PRODUCT } from "./inapplicable.ts";
import { judge, readChecks } from "./conformance_checks.ts";
import { runProgram } from "./run_program.ts";

const REVISIONS = [["old", "2025-11-25"], ["new", "2026-07-28"]] as const;

const FIXTURE_SERVER = new URL("../conformance/server.ts", import.meta.url).pathname;

/** Both for each set of requirements. */
export const CONFORMANCE_CASES: readonly Case[] = REVISIONS.flatMap(([era, revision]) => [
  {
    ...base(era),
    what: `${revision}, on the suite's fixtures`,
    run: (stage) => withFixtures((url) => conform(stage, { url, revision, not: NOWHERE })),
  },
  {
    ...base(era),
    what: `${revision}, on aimux's own tools`,
    run: (stage) => conform(stage, { url: `${stage.url}/mcp`, revision, not: ON_PRODUCT }),
  },
]);

function base(era: "old" | "new") {
  return { client: "conformance", transport: "http", era } as const;
}

/** Runs a set of requirements; what comes of it is in the files of each check. */
async function conform(
  stage: Stage,
  { url, revision, not }: { url: string; revision: string; not: Inapplicable },
): Promise<string> {
  const results = `${stage.folder}/results`;
  const args = ["server", "--url", url, "--requirements", revision, "-o", results];
  // It ends with 1 where anything failed, also what cannot apply.
  const { stdout } = await runProgram(stage, args, { codes: [0, 1] });
  const scenarios = [...stdout.matchAll(/^[✓✗] (\S+): \d+ passed/gm)].map(([, name]) => name!);
  if (scenarios.length === 0) throw new Error(`No scenario was run: ${stdout.slice(-500)}`);
  const { problems, passed, applied, reasons } = judge(
    scenarios,
    await readChecks(results),
    not,
  );
  if (problems.length > 0) throw new Error(problems.join("; "));
  return [
    `${passed} checks pass, of ${applied.join(", ")}`,
    ...Object.entries(reasons).map(([reason, names]) => `  not ${names.join(", ")}: ${reason}`),
  ].join("\n");
}

async function withFixtures(run: (url: string) => Promise<string>): Promise<string> {
  const config = new URL("../../deno.json", import.meta.url).pathname;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "--no-prompt", `--config=${config}`, FIXTURE_SERVER],
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  try {
    let url = "";
    for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
      url += text;
      if (url.includes("\n")) break;
    }
    return await run(url.trim());
  } finally {
    await child.stdin.close();
    await child.status;
  }
}
