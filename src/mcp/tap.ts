/** What a server sends and is sent, where the SDK has no place to change it. */
import type { JSONRPCMessage, McpServer } from "@modelcontextprotocol/server";

/** Looks at the messages of a server. */
export interface Tap {
  /** What is sent in place of a message. */
  sent?(message: JSONRPCMessage): JSONRPCMessage;
  /** The answer to a message that the server is not to be given. */
  refused?(message: JSONRPCMessage): JSONRPCMessage | undefined;
}

/** Taps the transport to which the server is going to be connected. */
export function tap(server: McpServer, { sent, refused }: Tap): void {
  const connect = server.connect.bind(server);
  server.connect = async function connectTapped(transport) {
    const send = transport.send.bind(transport);
    if (sent) transport.send = (message, options) => send(sent(message), options);
    await connect(transport);
    if (!refused) return;
    const receive = transport.onmessage;
    transport.onmessage = (message, extra) => {
      const answer = refused(message);
      if (answer) void send(answer).catch(() => {});
      else receive?.(message, extra);
    };
  };
}
