/** Real agents as clients: each is told to use aimux, and a model on this machine asks for `exec`. */
import { startModelServer } from "../real/model/server.ts";
import { SUBJECTS } from "../real/subjects.ts";
import type { Case, Stage } from "./cases.ts";
import { runProgram } from "./run_program.ts";

/** How an agent is told of an MCP server, and run without a person. */
interface Agent {
  cli: "claude" | "codex";
  /** Writes its configuration into its home; returns the arguments of a run. */
  prepare(stage: Stage, server: Stage["stdio"]): Promise<string[]>;
}

const PROMPT = "Ask the other agent to say hi";

const AGENTS: readonly Agent[] = [
  {
    cli: "claude",
    async prepare({ folder }, server) {
      const config = `${folder}/mcp.json`;
      await Deno.writeTextFile(config, JSON.stringify({ mcpServers: { aimux: server } }));
      const allowed = ["--allowedTools", "mcp__aimux__exec"];
      return ["-p", PROMPT, "--mcp-config", config, "--strict-mcp-config", ...allowed];
    },
  },
  {
    cli: "codex",
    async prepare({ folder }, { command, args, env }) {
      const toml = JSON.stringify;
      const variables = Object.entries(env).map(([name, value]) => `${name} = ${toml(value)}`);
      const config = [
        "",
        "[mcp_servers.aimux]",
        `command = ${toml(command)}`,
        `args = ${toml(args)}`,
        `env = { ${variables.join(", ")} }`,
        "startup_timeout_sec = 60",
      ];
      await Deno.writeTextFile(`${folder}/.codex/config.toml`, `${config.join("\n")}\n`, {
        append: true,
      });
      return [
        "exec",
        "--skip-git-repo-check",
        "--dangerously-bypass-approvals-and-sandbox",
        PROMPT,
      ];
    },
  },
];

/** One case for each. */
export const AGENT_CASES: readonly Case[] = AGENTS.map(({ cli, prepare }) => ({
  client: cli,
  transport: "stdio",
  era: "its own",
  what: "a model asks for exec",
  async run(stage) {
    await using model = startModelServer();
    const subject = SUBJECTS.find((each) => each.cli === cli)!;
    for (const [path, text] of Object.entries(subject.files?.(model.url) ?? {})) {
      await Deno.mkdir(`${stage.folder}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
      await Deno.writeTextFile(`${stage.folder}/${path}`, text);
    }
    // What aimux says to the agent is kept on its way.
    const told = `${stage.folder}/told.jsonl`;
    const { command, args, env } = stage.stdio;
    const piped = {
      command: "/bin/sh",
      args: ["-c", `"$0" "$@" | tee ${told}`, command, ...args],
      env,
    };
    const input = { prompt: "say hi", cli: "goose" };
    model.behave({ tool: { name: "exec", input } });
    const run = await prepare(stage, piped);
    await runProgram(stage, run, subject.env(model.url));
    const last = model.requests.at(-1)?.messages ?? [];
    const answer = last.findLast(({ role }) => role === "tool")?.text ?? "";
    if (!answer.includes("MOCK: say hi")) {
      const tools = model.requests[0]?.tools.map(({ name }) => name).join(", ");
      throw new Error(`The answer did not return: "${answer.slice(0, 500)}"; tools: ${tools}`);
    }
    const lines = (await Deno.readTextFile(told)).split("\n");
    const progress = lines.filter((line) => line.includes("notifications/progress")).length;
    return progress > 0 ? `${progress} messages of progress` : "the agent asks for no progress";
  },
}));
