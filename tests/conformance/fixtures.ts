/** The tools, resources and prompts that the conformance suite asks of a server under test. */
import {
  type CallToolRequest,
  CLIENT_CAPABILITIES_META_KEY,
  completable,
  fromJsonSchema,
  McpServer,
  MissingRequiredClientCapabilityError,
  type ResourceMetadata,
  ResourceTemplate,
  type ServerContext,
} from "@modelcontextprotocol/server";
import { z } from "zod";
import type { Connection } from "../../src/mcp/connection.ts";
import { requireTasks } from "../../src/mcp/tasks.ts";
import { registerTaskFixtures } from "./task_fixtures.ts";
import { registerInputFixtures, REQUEST_STATE } from "./input_fixtures.ts";

/** One red point. */
const PNG =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5" +
  "ErkJggg==";
/** A wave file without a sample. */
const WAV = "UklGRiQAAABXQVZFZm10IBAAAAABAAEARKwAAIhYAQACABAAZGF0YQAAAAA=";

const text = (said: string) => ({ content: [{ type: "text" as const, text: said }] });
const pause = () => new Promise((resolve) => setTimeout(resolve, 50));

/** What the suite's server is given besides its connection. */
export interface FixtureParts {
  connection: Connection;
  /** Tells who listens that a resource has changed. */
  update(uri: string): void;
}

/** Makes a server with all of it. */
export function createFixtureServer({ connection, update }: FixtureParts): McpServer {
  const server = new McpServer({ name: "aimux-conformance", version: "1.0.0" }, {
    capabilities: {
      // Like aimux's own, the lists never change.
      resources: { listChanged: false, subscribe: true },
      prompts: { listChanged: false },
      ...connection.era === "legacy" && { logging: {} },
      completions: {},
    },
    requestState: { verify: REQUEST_STATE.verify },
    cacheHints: {
      "tools/list": { ttlMs: 60_000, cacheScope: "public" },
      "resources/list": { ttlMs: 60_000, cacheScope: "public" },
      "resources/templates/list": { ttlMs: 60_000, cacheScope: "public" },
      "resources/read": { ttlMs: 1000, cacheScope: "private" },
      "prompts/list": { ttlMs: 60_000, cacheScope: "public" },
    },
  });
  server.server.registerCapabilities({ tools: { listChanged: false } });
  beforeCalls(server, {
    test_missing_capability({ mcpReq }) {
      if (capabilitiesOf(mcpReq.envelope)["sampling"] !== undefined) return;
      throw new MissingRequiredClientCapabilityError({ requiredCapabilities: { sampling: {} } });
    },
    failing_job: requireTasks,
    test_tool_with_task: requireTasks,
  });
  registerContent(server);
  registerBehaviour(server, update);
  registerQuestions(server);
  registerInputFixtures(server);
  registerResources(server, connection);
  registerPrompts(server);
  if (connection.era === "modern") registerTaskFixtures(server);
  return server;
}

/** What a tool throws is a result of its call; what refuses the request has to come before. */
function beforeCalls(
  { server }: McpServer,
  checks: Record<string, (ctx: ServerContext) => void>,
): void {
  const set = server.setRequestHandler.bind(server) as (...given: unknown[]) => void;
  server.setRequestHandler = ((method: string, ...given: unknown[]) => {
    if (method !== "tools/call") return set(method, ...given);
    const [handle] = given as [(request: CallToolRequest, ctx: ServerContext) => unknown];
    set(method, (request: CallToolRequest, ctx: ServerContext) => {
      checks[request.params.name]?.(ctx);
      return handle(request, ctx);
    });
  }) as typeof server.setRequestHandler;
}

function tool(
  server: McpServer,
  name: string,
  description: string,
  call: (ctx: ServerContext) => ReturnType<Parameters<McpServer["registerTool"]>[2]>,
): void {
  server.registerTool(name, { description, inputSchema: z.object({}) }, (_args, ctx) => call(ctx));
}

const MIXED = {
  uri: "test://mixed-content-resource",
  mimeType: "application/json",
  text: JSON.stringify({ test: "data", value: 123 }),
};
const EMBEDDED = {
  uri: "test://embedded-resource",
  mimeType: "text/plain",
  text: "This is an embedded resource content.",
};

function registerContent(server: McpServer): void {
  const image = { type: "image" as const, data: PNG, mimeType: "image/png" };
  tool(
    server,
    "test_simple_text",
    "Answers with text",
    () => text("This is a simple text response for testing."),
  );
  tool(server, "test_image_content", "Answers with an image", () => ({ content: [image] }));
  tool(server, "test_audio_content", "Answers with audio", () => ({
    content: [{ type: "audio", data: WAV, mimeType: "audio/wav" }],
  }));
  tool(server, "test_embedded_resource", "Answers with a resource", () => ({
    content: [{ type: "resource", resource: EMBEDDED }],
  }));
  tool(server, "test_multiple_content_types", "Answers with several things", () => ({
    content: [
      { type: "text", text: "Multiple content types test:" },
      image,
      { type: "resource", resource: MIXED },
    ],
  }));
  tool(server, "test_error_handling", "Always fails", () => {
    throw new Error("This tool intentionally returns an error for testing");
  });
  server.registerTool("json_schema_2020_12_tool", {
    description: "Tool with JSON Schema 2020-12 features",
    inputSchema: fromJsonSchema(SCHEMA_2020_12),
  }, () => text("Taken"));
  server.registerTool("test_custom_header", {
    description: "Takes a parameter that is mirrored in a header",
    inputSchema: fromJsonSchema({
      type: "object",
      properties: { region: { type: "string", ...{ "x-mcp-header": "Region" } } },
    }),
  }, () => text("Taken"));
}

const SCHEMA_2020_12 = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  type: "object" as const,
  $defs: {
    address: {
      $anchor: "addressDef",
      type: "object",
      properties: { street: { type: "string" }, city: { type: "string" } },
    },
  },
  properties: {
    name: { type: "string" },
    address: { $ref: "#/$defs/address" },
    contactMethod: { type: "string", enum: ["phone", "email"] },
    phone: { type: "string" },
    email: { type: "string" },
  },
  allOf: [{ anyOf: [{ required: ["phone"] }, { required: ["email"] }] }],
  if: { properties: { contactMethod: { const: "phone" } }, required: ["contactMethod"] },
  then: { required: ["phone"] },
  else: { required: ["email"] },
  additionalProperties: false,
};

function registerBehaviour(server: McpServer, update: FixtureParts["update"]): void {
  const log = async ({ mcpReq }: ServerContext) => {
    for (const said of ["started", "processing data", "completed"]) {
      // deno-lint-ignore no-await-in-loop -- the suite waits for them one after the other
      await mcpReq.log("info", `Tool ${said === "processing data" ? "" : "execution "}${said}`);
      await pause();
    }
    return text("Logged");
  };
  tool(server, "test_tool_with_logging", "Logs while it works", log);
  tool(server, "test_logging_tool", "Logs while it works", log);
  tool(server, "test_tool_with_progress", "Tells its progress", async ({ mcpReq }) => {
    const progressToken = mcpReq._meta?.progressToken;
    for (const progress of [0, 50, 100]) {
      const params = { progressToken: progressToken!, progress, total: 100 };
      if (progressToken !== undefined) {
        await mcpReq.notify({ method: "notifications/progress", params });
      }
      await pause();
    }
    return text("Done");
  });
  tool(server, "test_reconnection", "Closes its stream and answers on the next", async (ctx) => {
    ctx.http?.closeSSE?.();
    await pause();
    return text("Reconnected");
  });
  tool(server, "test_missing_capability", "Needs sampling", () => text("The client can sample"));
  tool(server, "test_trigger_tool_change", "Tells that a resource has changed", () => {
    update("test://watched-resource");
    return text("Told");
  });
}

/** What a request of the new era says that its client can. */
export function capabilitiesOf(
  envelope: ServerContext["mcpReq"]["envelope"],
): Record<string, unknown> {
  const of = (envelope ?? {}) as Record<string, Record<string, unknown> | undefined>;
  return of[CLIENT_CAPABILITIES_META_KEY] ?? {};
}

/** Questions as the old era asks them: by a request to the client. */
function registerQuestions(server: McpServer): void {
  server.registerTool("test_sampling", {
    description: "Asks the client's model",
    inputSchema: z.object({ prompt: z.string() }),
  }, async ({ prompt }, { mcpReq }) => {
    const { content } = await mcpReq.requestSampling({
      messages: [{ role: "user", content: { type: "text", text: prompt } }],
      maxTokens: 100,
    });
    const [block] = [content].flat();
    return text(`LLM response: ${block?.type === "text" ? block.text : block?.type}`);
  });
  server.registerTool("test_elicitation", {
    description: "Asks the user",
    inputSchema: z.object({ message: z.string() }),
  }, async ({ message }, { mcpReq }) => {
    const { action, content } = await mcpReq.elicitInput({
      message,
      requestedSchema: {
        type: "object",
        properties: {
          username: { type: "string", description: "User's response" },
          email: { type: "string", description: "User's email address" },
        },
        required: ["username", "email"],
      },
    });
    return text(`User response: action=${action}, content=${JSON.stringify(content)}`);
  });
  const asks = (name: string, properties: Record<string, Record<string, unknown>>) =>
    tool(server, name, "Asks the user with a form", async ({ mcpReq }) => {
      const { action, content } = await mcpReq.elicitInput({
        message: "Please fill in the form",
        requestedSchema: { type: "object", properties: properties as never },
      });
      return text(`Elicitation completed: action=${action}, content=${JSON.stringify(content)}`);
    });
  asks("test_elicitation_sep1034_defaults", {
    name: { type: "string", default: "John Doe" },
    age: { type: "integer", default: 30 },
    score: { type: "number", default: 95.5 },
    status: { type: "string", enum: ["active", "inactive", "pending"], default: "active" },
    verified: { type: "boolean", default: true },
  });
  const options = ["option1", "option2", "option3"];
  const titled = (kind: string) =>
    ["First", "Second", "Third"].map((nth, n) => ({
      const: `value${n + 1}`,
      title: `${nth} ${kind}`,
    }));
  asks("test_elicitation_sep1330_enums", {
    untitledSingle: { type: "string", enum: options },
    titledSingle: { type: "string", oneOf: titled("Option") },
    legacyEnum: {
      type: "string",
      enum: ["opt1", "opt2", "opt3"],
      enumNames: ["Option One", "Option Two", "Option Three"],
    },
    untitledMulti: { type: "array", items: { type: "string", enum: options } },
    titledMulti: { type: "array", items: { anyOf: titled("Choice") } },
  });
}

function registerResources(server: McpServer, { era }: Connection): void {
  const fixed = (
    name: string,
    { mimeType, ...content }: ResourceMetadata & ({ text: string } | { blob: string }),
  ) => {
    const uri = `test://${name}`;
    const metadata = { description: `The fixture ${name}`, mimeType: mimeType! };
    server.registerResource(name, uri, metadata, () => ({
      contents: [{ uri, mimeType: mimeType!, ...content as { text: string } }],
    }));
  };
  fixed("static-text", {
    mimeType: "text/plain",
    text: "This is the content of the static text resource.",
  });
  fixed("static-binary", { mimeType: "image/png", blob: PNG });
  fixed("watched-resource", { mimeType: "text/plain", text: "Watched" });
  server.registerResource(
    "template",
    new ResourceTemplate("test://template/{id}/data", {
      list: undefined,
      complete: { id: (typed) => ["123", "124"].filter((id) => id.startsWith(typed)) },
    }),
    { description: "A template", mimeType: "application/json" },
    ({ href: uri }, { id }) => ({
      contents: [{
        uri,
        mimeType: "application/json",
        text: JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` }),
      }],
    }),
  );
  if (era !== "legacy") return;
  const uris = new Set<string>();
  server.server.setRequestHandler("resources/subscribe", ({ params: { uri } }) => {
    uris.add(uri);
    return {};
  });
  server.server.setRequestHandler("resources/unsubscribe", ({ params: { uri } }) => {
    uris.delete(uri);
    return {};
  });
}

function registerPrompts(server: McpServer): void {
  const said = (text: string) => ({
    role: "user" as const,
    content: { type: "text" as const, text },
  });
  const arg = (description: string) =>
    completable(
      z.string().describe(description),
      (typed) => ["paris", "park", "party"].filter((word) => word.startsWith(typed)),
    );
  server.registerPrompt("test_simple_prompt", { description: "Without arguments" }, () => ({
    messages: [said("This is a simple prompt for testing.")],
  }));
  server.registerPrompt("test_prompt_with_arguments", {
    description: "With two arguments",
    argsSchema: z.object({ arg1: arg("First test argument"), arg2: arg("Second test argument") }),
  }, ({ arg1, arg2 }) => ({
    messages: [said(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`)],
  }));
  server.registerPrompt("test_prompt_with_embedded_resource", {
    description: "With a resource",
    argsSchema: z.object({ resourceUri: z.string().describe("The resource to embed") }),
  }, ({ resourceUri: uri }) => ({
    messages: [
      {
        role: "user",
        content: {
          type: "resource",
          resource: { uri, mimeType: "text/plain", text: "Embedded resource content for testing." },
        },
      },
      said("Please process the embedded resource above."),
    ],
  }));
  server.registerPrompt("test_prompt_with_image", { description: "With an image" }, () => ({
    messages: [
      { role: "user", content: { type: "image", data: PNG, mimeType: "image/png" } },
      said("Please analyze the image above."),
    ],
  }));
}
