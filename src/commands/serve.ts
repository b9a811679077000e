/** Serves MCP on the transport that the configuration names. */
import { type App, createApp } from "../app.ts";
import { loadConfig, type LoadedConfig } from "../config/load.ts";
import { ConfigError } from "../config/problem.ts";
import { systemClock } from "../lib/clock.ts";
import type { Connection } from "../mcp/connection.ts";
import { createNews } from "../mcp/news.ts";
import { createMcpServer } from "../mcp/server.ts";
import { configMistakes } from "./config_mistakes.ts";
import type { Machine } from "./machine.ts";
import { serveOnStdio, type StdioOptions } from "./serve_stdio.ts";
import { tellCrash } from "./tell_crash.ts";

/** What the server runs on. */
export interface ServeOptions extends StdioOptions {
  machine: Machine;
  version: string;
  /** The folder of the embedded configuration. */
  embedded: URL;
}

/** A prepared program, and the servers that speak for it. */
export interface Served {
  app: App;
  settings: LoadedConfig["config"]["server"];
  /** Makes a server whose jobs and sessions are those of a principal. */
  serverFor(principal: string, connection: Connection): ReturnType<typeof createMcpServer>;
}

/** @returns The exit code. */
export async function serve(options: ServeOptions): Promise<number> {
  const { machine, version, embedded } = options;
  let loaded;
  try {
    loaded = loadConfig({ ...machine, embedded });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(configMistakes(error, machine.env));
    return 1;
  }
  const { server: settings } = loaded.config;
  const app = createApp({ version, loaded, ...machine });
  tellCrash(app);
  const newsFor = createNews(app.notices);
  const served: Served = {
    app,
    settings,
    serverFor: (principal, connection) =>
      createMcpServer({
        version,
        principal,
        connection,
        context: app.parts,
        clock: systemClock,
        health: app.health,
        metrics: app.metrics,
        news: newsFor(principal, connection),
        log: app.log,
        redact: app.redact,
      }),
  };
  if (settings.transport.type === "stdio") return await serveOnStdio(served, options);
  // A server on standard input and output does not pay for it.
  const { serveOnHttp } = await import("./serve_http.ts");
  return await serveOnHttp(served);
}
