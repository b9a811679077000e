/** What tools, calls and servers of tests have in common. */
import { Client } from "@modelcontextprotocol/client";
import { InMemoryTransport } from "@modelcontextprotocol/server";
import { z } from "zod";
import { systemClock } from "../lib/clock.ts";
import { createRedactor } from "../lib/redact.ts";
import { tapLog } from "../lib/tapped_log.ts";
import { testLog } from "../lib/testing_log.ts";
import { guidance } from "./guidance/guidance.ts";
import { createMcpServer } from "./server.ts";

/** A user who cannot be asked, a log that nobody reads, and a redactor that knows no variables. */
export const UNHEARD = {
  ask: () => Promise.resolve("unable" as const),
  log: tapLog(testLog()),
  redact: createRedactor({}),
};

/** What a tool of a test has besides its input and its work. */
export const PROBE = {
  name: "probe",
  title: "Probe",
  description: { what: "", when: "", why: "", how: "", not: "", choose: "" },
  output: z.object({}),
  annotations: {
    readOnlyHint: true,
    destructiveHint: false,
    idempotentHint: true,
    openWorldHint: false,
  },
  guidance: () => guidance({ state: "idle", you_are_here: "here" }),
  text: () => "in words",
  fit: <Payload>(payload: Payload) => payload,
};

/** The tools as a client sees them, by name. */
export async function announcedTools() {
  const server = createMcpServer({
    news: () => [],
    version: "1",
    principal: "local",
    connection: { era: "legacy", lasting: true },
    clock: systemClock,
    ...UNHEARD,
    context: () => Promise.reject(new Error("not asked for")),
    health: () => Promise.reject(new Error("not asked for")),
    metrics: () => Promise.reject(new Error("not asked for")),
  });
  const client = new Client({ name: "t", version: "1" });
  const [ours, theirs] = InMemoryTransport.createLinkedPair();
  await Promise.all([server.connect(ours), client.connect(theirs)]);
  const { tools } = await client.listTools();
  await client.close();
  return new Map(tools.map((tool) => [tool.name, tool]));
}
