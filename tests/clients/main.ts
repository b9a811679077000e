/**
 * Lets clients that others wrote use aimux: installs each at its fixed version, runs its cases
 * against the real program with emulated CLIs, and prints a table. Words choose the clients:
 * `deno task test:clients mcp inspector`.
 */
import { emulator } from "../emulators/mod.ts";
import { denoEnv, PROGRAM } from "../e2e/program.ts";
import { startHttp } from "../e2e/http_server.ts";
import { createWorkplace } from "../e2e/workplace.ts";
import { type Install, install, InstallError, installNode } from "../real/installs.ts";
import { cacheFolder as realCacheFolder } from "../real/installs.ts";
import { SUBJECTS } from "../real/subjects.ts";
import { AGENT_CASES } from "./agents.ts";
import { type Case, CASES, type Stage } from "./cases.ts";
import { CONFORMANCE_CASES } from "./conformance.ts";
import { PROGRAMS } from "./programs.ts";

/** What came of a case. */
interface Outcome {
  of: Case;
  word: "ok" | "FAILED" | "SKIPPED";
  seconds: number;
  note?: string;
}

function cacheFolder(): string {
  const home = Deno.env.get("HOME") ?? "";
  return `${Deno.env.get("XDG_CACHE_HOME") ?? `${home}/.cache`}/aimux-clients`;
}

async function main(chosen: readonly string[]): Promise<number> {
  const cases = [...CONFORMANCE_CASES, ...CASES, ...AGENT_CASES];
  const names = [...new Set(cases.map(({ client }) => client))];
  const unknown = chosen.find((name) => !names.some((client) => client === name));
  if (unknown !== undefined) {
    console.error(`No client "${unknown}"; there are: ${names.join(", ")}`);
    return 2;
  }
  const cache = cacheFolder();
  const node = await installNode(cache);
  await using workplace = await createWorkplace({
    emulators: {
      codex: emulator.codex(),
      // Long enough for an agent to be told of it.
      aider: emulator.aider().prints("Looking around\n").waits(2000),
    },
    config: { server: { transport: { sse: true, max_requests_per_minute: 1_000_000 } } },
  });
  await using server = await startHttp(workplace);
  const outcomes: Outcome[] = [];
  const missing = new Map<string, string>();
  for (const of of cases) {
    if (chosen.length > 0 && !chosen.includes(of.client)) continue;
    outcomes.push(await attempt(of));
  }
  await server.stop();
  // A server whose client was killed sees the end of its input only then.
  for (let tries = 0; tries < 30 && workplace.processesLeft().length > 0; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  const left = workplace.processesLeft();
  console.log(table(outcomes));
  for (const line of left) console.log(`LEFT: ${line}`);
  return left.length === 0 && outcomes.every(({ word }) => word !== "FAILED") ? 0 : 1;

  async function attempt(of: Case): Promise<Outcome> {
    const begun = Date.now();
    const done = (word: Outcome["word"], note?: string) => ({
      of,
      word,
      seconds: (Date.now() - begun) / 1000,
      ...note !== undefined && { note },
    });
    const why = missing.get(of.client);
    if (why !== undefined) return done("SKIPPED", why);
    console.error(
      `${of.client} over ${of.transport}, ${of.era} era${of.what ? `: ${of.what}` : ""}`,
    );
    const folder = await Deno.makeTempDir({ prefix: "aimux-client-" });
    try {
      const program = await install(of.client, installOf(of.client), cacheOf(of.client));
      return done("ok", await of.run(stageOf(program, folder)) ?? undefined);
    } catch (error) {
      const { message } = error as Error;
      if (!(error instanceof InstallError)) return done("FAILED", message);
      missing.set(of.client, `it could not be installed: ${message}`);
      return done("SKIPPED", missing.get(of.client));
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  }

  function stageOf(program: string, folder: string): Stage {
    return {
      program,
      folder,
      url: server.url,
      stdio: { ...PROGRAM, env: { ...denoEnv(), ...workplace.env } },
      env: { HOME: folder, PATH: `${node}:/usr/bin:/bin`, DENO_NO_UPDATE_CHECK: "1" },
    };
  }
}

/** An agent is installed where the tests of the real CLIs have it. */
function cacheOf(client: Case["client"]): string {
  return client in PROGRAMS ? cacheFolder() : realCacheFolder();
}

function installOf(client: Case["client"]): Install {
  const { install } = SUBJECTS.find(({ cli }) => cli === client) ?? {};
  return install ?? PROGRAMS[client as keyof typeof PROGRAMS];
}

function table(outcomes: readonly Outcome[]): string {
  const rows = [
    ["client", "transport", "era", "", "result"],
    ...outcomes.map(({ of, word, seconds }) => [
      `${of.client} ${installOf(of.client).version}`,
      of.transport,
      of.era,
      of.what ?? "list, call, read",
      `${word} ${seconds.toFixed(1)} s`,
    ]),
  ];
  const widths = rows[0]!.map((_, at) => Math.max(...rows.map((row) => row[at]!.length)));
  const lines = rows.map((row) => row.map((text, at) => text.padEnd(widths[at]!)).join("  "));
  const notes = outcomes.flatMap(({ of, word, note }) =>
    note === undefined ? [] : [`${word} ${of.client} ${of.transport} ${of.era}: ${note}`]
  );
  return [...lines.map((line) => line.trimEnd()), "", ...notes].join("\n");
}

Deno.exit(await main(Deno.args));
