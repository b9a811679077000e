/** Real agents as clients: each is told to use aimux, and a model on this machine asks for `exec`. */
import { startModelServer } from "../real/model/server.ts";
import { SUBJECTS } from "../real/subjects.ts";
import type { Case } from "./cases.ts";
import { overhear, type Reach } from "./overhear.ts";
import { runProgram } from "./run_program.ts";

/** How an agent is told of an MCP server, and run without a person. */
interface Agent {
  cli: "claude" | "codex" | "gemini" | "opencode";
  /** By which it knows servers. */
  transports: readonly Case["transport"][];
  /** Writes its configuration into its home; returns the arguments of a run. */
  prepare(home: string, server: Reach): Promise<string[]>;
  /** Variables besides those that point it at the model. */
  env?: Record<string, string>;
}

const PROMPT = "Ask the other agent to say hi";

const AGENTS: readonly Agent[] = [
  {
    cli: "claude",
    transports: ["stdio", "http", "sse"],
    // Else the model would have to search for the tool before it can ask for it.
    env: { ENABLE_TOOL_SEARCH: "false" },
    async prepare(home, server) {
      const config = `${home}/mcp.json`;
      await Deno.writeTextFile(config, JSON.stringify({ mcpServers: { aimux: server } }));
      const allowed = ["--allowedTools", "mcp__aimux__exec"];
      return ["-p", PROMPT, "--mcp-config", config, "--strict-mcp-config", ...allowed];
    },
  },
  {
    cli: "codex",
    transports: ["stdio", "http"],
    async prepare(home, server) {
      const config = ["", "[mcp_servers.aimux]", ...tomlOf(server), "startup_timeout_sec = 60"];
      // Else the first turn may come before its tools are known.
      config.push("required = true", "");
      await Deno.writeTextFile(`${home}/.codex/config.toml`, config.join("\n"), { append: true });
      return [
        "exec",
        "--skip-git-repo-check",
        "--dangerously-bypass-approvals-and-sandbox",
        PROMPT,
      ];
    },
  },
  {
    cli: "gemini",
    transports: ["stdio", "http", "sse"],
    async prepare(home, server) {
      const mcpServers = { aimux: { ...server, trust: true } };
      await addTo(`${home}/.gemini/settings.json`, { mcpServers });
      return ["-p", PROMPT, "--model", "gemini-2.5-pro", "--skip-trust"];
    },
  },
  {
    cli: "opencode",
    transports: ["stdio", "http"],
    async prepare(home, server) {
      const told = "url" in server ? { ...server, type: "remote" } : {
        type: "local",
        command: [server.command, ...server.args],
        environment: server.env,
      };
      await addTo(`${home}/.config/opencode/opencode.json`, { mcp: { aimux: told } });
      return ["run", PROMPT];
    },
  },
];

function tomlOf(server: Reach): string[] {
  const toml = JSON.stringify;
  if ("url" in server) return [`url = ${toml(server.url)}`];
  const variables = Object.entries(server.env).map(([name, value]) => `${name} = ${toml(value)}`);
  return [
    `command = ${toml(server.command)}`,
    `args = ${toml(server.args)}`,
    `env = { ${variables.join(", ")} }`,
  ];
}

/** Adds keys to a configuration that is there already. */
async function addTo(file: string, more: Record<string, unknown>): Promise<void> {
  const content = JSON.parse(await Deno.readTextFile(file));
  await Deno.writeTextFile(file, JSON.stringify({ ...content, ...more }));
}

/** One case for each of them and each transport. */
export const AGENT_CASES: readonly Case[] = AGENTS.flatMap((agent) =>
  agent.transports.map((transport) => caseOf(agent, transport))
);

function caseOf({ cli, prepare, env: more = {} }: Agent, transport: Case["transport"]): Case {
  return {
    client: cli,
    transport,
    era: "its own",
    what: "a model asks for exec",
    async run(stage) {
      await using model = startModelServer();
      const subject = SUBJECTS.find((each) => each.cli === cli)!;
      for (const [path, text] of Object.entries(subject.files?.(model.url) ?? {})) {
        await Deno.mkdir(`${stage.folder}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
        await Deno.writeTextFile(`${stage.folder}/${path}`, text);
      }
      await using heard = overhear(stage, transport);
      const input = { prompt: "say hi", cli: "aider" };
      model.behave({ tool: { name: "exec", input } });
      const args = await prepare(stage.folder, heard.reach);
      const { stderr } = await runProgram(stage, args, {
        env: { ...subject.env(model.url), ...more },
      });
      const answer = model.requests.flatMap(({ messages }) => messages)
        .findLast(({ role }) => role === "tool")?.text ?? "";
      const told = await heard.told();
      if (!answer.includes("MOCK: say hi")) {
        const tools = model.requests[0]?.tools.map(({ name }) => name).join(", ");
        throw new Error(
          `The answer did not return: "${answer.slice(0, 500)}"; tools: ${tools}\n` +
            stderr.slice(-1500) + told.slice(0, 800),
        );
      }
      if (!(await heard.asked()).includes('"progressToken"')) {
        return "the agent asks for no progress";
      }
      const progress = told.split('"notifications/progress"').length - 1;
      if (progress === 0) throw new Error("It asked for progress and was told of none");
      return `${progress} messages of progress`;
    },
  };
}
