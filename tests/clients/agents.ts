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
  /** Variables besides those that point it at the model. */
  env?: Record<string, string>;
}

const PROMPT = "Ask the other agent to say hi";

const AGENTS: readonly Agent[] = [
  {
    cli: "claude",
    // Else the model would have to search for the tool before it can ask for it.
    env: { ENABLE_TOOL_SEARCH: "false" },
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
        // Else the first turn may come before its tools are known.
        "required = true",
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
export const AGENT_CASES: readonly Case[] = AGENTS.map(({ cli, prepare, env: more = {} }) => ({
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
    // What both say to each other is kept on its way.
    const [asked, told] = [`${stage.folder}/asked.jsonl`, `${stage.folder}/told.jsonl`];
    const { command, args, env } = stage.stdio;
    const piped = {
      command: "/bin/sh",
      args: ["-c", `tee ${asked} | "$0" "$@" | tee ${told}`, command, ...args],
      env,
    };
    const input = { prompt: "say hi", cli: "aider" };
    model.behave({ tool: { name: "exec", input } });
    const run = await prepare(stage, piped);
    const { stderr } = await runProgram(stage, run, {
      env: { ...subject.env(model.url), ...more },
    });
    const last = model.requests.at(-1)?.messages ?? [];
    const answer = last.findLast(({ role }) => role === "tool")?.text ?? "";
    if (!answer.includes("MOCK: say hi")) {
      const tools = model.requests[0]?.tools.map(({ name }) => name).join(", ");
      throw new Error(
        `The answer did not return: "${answer.slice(0, 500)}"; tools: ${tools}\n` +
          stderr.slice(-1500) + (await Deno.readTextFile(told)).slice(0, 800),
      );
    }
    const wants = (await Deno.readTextFile(asked)).includes('"progressToken"');
    const lines = (await Deno.readTextFile(told)).split("\n");
    const progress = lines.filter((line) => line.includes('"notifications/progress"')).length;
    if (wants && progress === 0) throw new Error("It asked for progress and was told of none");
    return wants ? `${progress} messages of progress` : "the agent asks for no progress";
  },
}));
