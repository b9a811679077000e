import { defineCommand } from "./command.ts";

/** Serves MCP, as the program does without arguments. */
export const serveCommand = defineCommand<Record<string, never>>({
  name: "serve",
  summary: "serve MCP (what aimux does without a command)",
  description:
    "Serves MCP on standard input and output until the client goes, or over HTTP where " +
    "MCP_TRANSPORT or server.transport.type says so. This is what aimux does when it is " +
    "started without arguments.",
  flags: [],
  run: (_given, program) => program.startServer(),
});
