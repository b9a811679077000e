import type { McpServer } from "@modelcontextprotocol/server";
import { wellFormed } from "../well_formed.ts";

/** The same server, whose messages every JSON parser takes, whatever transport it is given. */
export function speakingWell(server: McpServer): McpServer {
  const connect = server.connect.bind(server);
  server.connect = function connectWell(transport) {
    const send = transport.send.bind(transport);
    transport.send = (message, options) => send(wellFormed(message), options);
    return connect(transport);
  };
  return server;
}
