/** What each client does with aimux: one case for each of its transports and eras. */
import type { ProgramName } from "./programs.ts";
import { runProgram } from "./run_program.ts";

/** Where aimux can be reached, and what a client is run with. */
export interface Stage {
  /** The client's own program. */
  program: string;
  /** How to start aimux on standard input and output. */
  stdio: { command: string; args: string[]; env: Record<string, string> };
  /** Of a running aimux, without a path. */
  url: string;
  /** A folder for the files of one case. */
  folder: string;
  /** For the client: a home of its own, and Node on the PATH. */
  env: Record<string, string>;
}

/** One case; `run` rejects where it fails, and may return a remark. */
export interface Case {
  client: ProgramName | "claude" | "codex" | "gemini" | "opencode";
  transport: "stdio" | "http" | "sse";
  era: "old" | "new" | "both" | "its own";
  /** What is done besides listing and calling. */
  what?: string;
  run(stage: Stage): Promise<string | void>;
}

const PATHS = { http: "/mcp", sse: "/sse" } as const;

type Transport = Case["transport"];

/** Where a transport of HTTP begins. */
export function urlOf(stage: Stage, transport: Exclude<Transport, "stdio">): string {
  return stage.url + PATHS[transport];
}

/** A configuration in the form that most clients read. */
async function configFile(
  stage: Stage,
  transport: Transport,
  more: Record<string, unknown> = {},
): Promise<string> {
  const file = `${stage.folder}/mcp.json`;
  const server = transport === "stdio" ? stage.stdio : {
    type: transport === "http" ? "streamable-http" : "sse",
    url: urlOf(stage, transport),
  };
  const content = { mcpServers: { aimux: { ...server, ...more } } };
  await Deno.writeTextFile(file, JSON.stringify(content));
  return file;
}

function inspector(transport: Transport, era: "old" | "new"): Case[] {
  const base = { client: "inspector" as const, transport, era };
  const inspect = async (stage: Stage, ...args: string[]) => {
    const config = await configFile(stage, transport);
    const which = ["--cli", "--config", config, "--server", "aimux"];
    const eras = ["--protocol-era", era === "old" ? "legacy" : "modern"];
    const { stdout } = await runProgram(stage, [...which, ...eras, "--format", "json", ...args]);
    return stdout;
  };
  const call = (tool: string, given: object) => [
    ...["--method", "tools/call", "--tool-name", tool],
    ...["--tool-args-json", JSON.stringify(given)],
  ];
  return [
    {
      ...base,
      async run(stage) {
        // An error of a schema ends it with 6.
        const listed = await inspect(stage, "--method", "tools/list", "--strict");
        for (const tool of ["exec", "status", "sessions"]) expect(listed, `"${tool}"`);
        expect(await inspect(stage, ...call("exec", { prompt: "say hi", cli: "codex" })), "MOCK");
        expect(await inspect(stage, "--method", "resources/templates/list"), "aimux://jobs/{id}");
        const health = ["--method", "resources/read", "--uri", "aimux://health"];
        expect(await inspect(stage, ...health), "uptime_seconds");
      },
    },
    {
      ...base,
      what: "500 requests, 20 at once",
      async run(stage) {
        const load = ["--load", "--load-requests", "500", "--load-concurrency", "20"];
        const report = await inspect(stage, ...call("sessions", { action: "list" }), ...load);
        // What is an error of the tool counts apart.
        if (!/"ok":\s*500\b/.test(report)) throw new Error(`Not all went well: ${report}`);
      },
    },
  ];
}

function mcporter(transport: Transport): Case {
  return {
    client: "mcporter",
    transport,
    era: "its own",
    async run(stage) {
      const more = transport === "stdio" ? {} : { baseUrl: urlOf(stage, transport) };
      const config = await configFile(stage, transport, more);
      const porter = async (...args: string[]) =>
        (await runProgram(stage, ["--config", config, ...args])).stdout;
      const listed = await porter("list", "aimux", "--schema", "--json");
      for (const tool of ["exec", "status", "sessions"]) expect(listed, tool);
      const called = ["call", "aimux.exec", "prompt:say hi", "cli:codex", "--output", "json"];
      expect(await porter(...called), "MOCK");
    },
  };
}

const CHECK = new URL("./check.py", import.meta.url).pathname;

function python(client: "mcp" | "fastmcp", transport: Transport, era: Case["era"]): Case {
  return {
    client,
    transport,
    era,
    async run(stage) {
      const { command, args, env } = stage.stdio;
      const target = transport === "stdio"
        ? JSON.stringify([command, ...args])
        : urlOf(stage, transport);
      const how = era === "old" ? "legacy" : "modern";
      await runProgram(
        stage,
        [CHECK, client, transport, how, target],
        { env: transport === "stdio" ? env : {} },
      );
    },
  };
}

/** What the fuzzer finds and is as it should be. */
const EXPLAINED: Record<string, string> = {
  accepted_malformed: "what it calls accepted is valid by the protocol's schema",
  injection_reflection: "an error names the value that is wrong, as JSON text",
};

function fuzzer(transport: "stdio" | "http"): Case {
  return {
    client: "mcp-fuzzer",
    transport,
    era: "old",
    what: "tools and protocol",
    async run(stage) {
      const { command, args, env } = stage.stdio;
      const endpoint = transport === "stdio"
        ? [command, ...args].join(" ")
        : urlOf(stage, transport);
      const { stdout } = await runProgram(stage, [
        ...[
          "--mode",
          "all",
          "--phase",
          "both",
          "--protocol",
          transport === "http" ? "streamablehttp" : "stdio",
        ],
        ...["--endpoint", endpoint, "--runs", "4", "--runs-per-type", "2", "--seed", "7"],
        ...["--timeout", "60", "--tool-timeout", "60", "--fail-if-no-tools", "--no-corpus"],
        ...["--fs-root", stage.folder, "--output-dir", `${stage.folder}/report`],
      ], { env: transport === "stdio" ? env : {} });
      // A result line for each tool: what was refused is as it should be.
      const tools = [...stdout.matchAll(/(\d+) transport\/protocol anomalies, (\d+) crashes/g)];
      if (tools.length < 3) throw new Error(`It did not come to its end: ${stdout.slice(-500)}`);
      const bad = tools.find(([, anomalies, crashes]) => anomalies !== "0" || crashes !== "0");
      if (bad) throw new Error(bad[0]);
      const categories = stdout.slice(stdout.indexOf("Findings by category:")).split("\n").slice(1)
        .flatMap((line) => /^ {2}(\w+): \d+/.exec(line)?.[1] ?? []);
      const found = categories.filter((category) => !Object.hasOwn(EXPLAINED, category));
      if (found.length > 0) throw new Error(`Findings: ${found.join(", ")}`);
      if (transport === "http") expect(await (await fetch(`${stage.url}/health`)).text(), "ok");
      return ["no crash, no hang, no anomaly", ...categories.map((name) => EXPLAINED[name])].join(
        "; ",
      );
    },
  };
}

/** All but those of the conformance suite and of the agents. */
export const CASES: readonly Case[] = [
  ...(["stdio", "http", "sse"] as const).flatMap((transport) => inspector(transport, "old")),
  ...(["stdio", "http", "sse"] as const).flatMap((transport) => inspector(transport, "new")),
  ...(["stdio", "http", "sse"] as const).map(mcporter),
  ...(["stdio", "http", "sse"] as const).flatMap((transport) => [
    python("mcp", transport, "old"),
    python("mcp", transport, "new"),
    python("fastmcp", transport, "its own"),
  ]),
  fuzzer("stdio"),
  fuzzer("http"),
];

function expect(text: string, part: string): void {
  if (!text.includes(part)) throw new Error(`No ${part} in: ${text.slice(0, 500)}`);
}
