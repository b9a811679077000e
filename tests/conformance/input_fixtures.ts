/** The fixtures that need an answer of the client's, as the new era asks for it. */
import {
  acceptedContent,
  createRequestStateCodec,
  type InputRequests,
  inputRequired,
  inputResponse,
  type McpServer,
  type ServerContext,
} from "@modelcontextprotocol/server";
import { z } from "zod";
import { capabilitiesOf } from "./fixtures.ts";

/** Signs what the client hands back. */
export const REQUEST_STATE = createRequestStateCodec<{ round: number }>({
  key: crypto.getRandomValues(new Uint8Array(32)),
});

const text = (said: string) => ({ content: [{ type: "text" as const, text: said }] });

/** A question with one field. */
export const form = (message: string, name: string, type: "string" | "boolean" = "string") =>
  inputRequired.elicit({
    message,
    requestedSchema: {
      type: "object",
      properties: { [name]: type === "string" ? { type } : { type } },
      required: [name],
    },
  });
const askModel = (question: string, maxTokens: number) =>
  inputRequired.createMessage({
    messages: [{ role: "user", content: { type: "text", text: question } }],
    maxTokens,
  });

const NAME = { user_name: form("What is your name?", "name") };

/** Registers them. */
export function registerInputFixtures(server: McpServer): void {
  const tool = (
    name: string,
    call: (
      answers: ServerContext["mcpReq"]["inputResponses"],
      ctx: ServerContext,
    ) => ReturnType<Parameters<McpServer["registerTool"]>[2]>,
  ) =>
    server.registerTool(
      `test_${name}`,
      { description: "Needs an answer of the client", inputSchema: z.object({}) },
      (_args, ctx) => call(ctx.mcpReq.inputResponses, ctx),
    );
  const ask = async (inputRequests: InputRequests, round?: number) =>
    inputRequired({
      inputRequests,
      ...round !== undefined && { requestState: await REQUEST_STATE.mint({ round }) },
    });
  const stateOf = ({ mcpReq }: ServerContext) => mcpReq.requestState<{ round: number }>();

  const greet: Parameters<typeof tool>[1] = (answers) => {
    const name = acceptedContent(answers, "user_name")?.["name"];
    return typeof name === "string" ? text(`Hello, ${name}!`) : ask(NAME);
  };
  tool("input_required_result_elicitation", greet);
  tool("streaming_elicitation", greet);
  tool("input_required_result_sampling", (answers) => {
    const answer = inputResponse(answers, "capital_question");
    if (answer.kind !== "sampling") {
      return ask({ capital_question: askModel("What is the capital of France?", 100) });
    }
    const [block] = [answer.result.content].flat();
    return text(`The model says: ${block?.type === "text" ? block.text : block?.type}`);
  });
  tool("input_required_result_list_roots", (answers) => {
    const answer = inputResponse(answers, "client_roots");
    if (answer.kind !== "roots") return ask({ client_roots: inputRequired.listRoots() });
    return text(`Roots: ${answer.roots.map(({ uri }) => uri).join(", ")}`);
  });
  tool("input_required_result_request_state", (answers, ctx) => {
    if (acceptedContent(answers, "confirm") && stateOf(ctx)?.round === 1) return text("state-ok");
    return ask({ confirm: form("Please confirm", "ok", "boolean") }, 1);
  });
  tool("input_required_result_tampered_state", (answers, ctx) => {
    if (acceptedContent(answers, "confirm") && stateOf(ctx)?.round === 1) return text("state-ok");
    return ask({ confirm: form("Please confirm", "ok", "boolean") }, 1);
  });
  tool("input_required_result_multiple_inputs", (answers) => {
    const wanted = {
      ...NAME,
      greeting: askModel("Generate a greeting", 50),
      client_roots: inputRequired.listRoots(),
    };
    const missing = Object.keys(wanted).some((key) =>
      inputResponse(answers, key).kind === "missing"
    );
    return missing ? ask(wanted, 1) : text("All three were answered");
  });
  tool("input_required_result_multi_round", (answers, ctx) => {
    const round = stateOf(ctx)?.round ?? 0;
    if (round === 0 || (round === 1 && !acceptedContent(answers, "step1"))) {
      return ask({ step1: form("Step 1: What is your name?", "name") }, 1);
    }
    const color = acceptedContent(answers, "step2")?.["color"];
    if (round === 1 || color === undefined) {
      return ask({ step2: form("Step 2: What is your favorite color?", "color") }, 2);
    }
    return text(`Your color is ${color}`);
  });
  tool("input_required_result_capabilities", (answers, { mcpReq }) => {
    const can = capabilitiesOf(mcpReq.envelope);
    const wanted: InputRequests = {
      ...can["elicitation"] !== undefined && NAME,
      ...can["sampling"] !== undefined && { greeting: askModel("Generate a greeting", 50) },
      ...can["roots"] !== undefined && { client_roots: inputRequired.listRoots() },
    };
    const open = Object.keys(wanted).filter((key) =>
      inputResponse(answers, key).kind === "missing"
    );
    return open.length > 0 ? ask(wanted) : text("Nothing more is needed");
  });
  server.registerPrompt(
    "test_input_required_result_prompt",
    { description: "Needs an answer of the client" },
    async ({ mcpReq }) => {
      const context = acceptedContent(mcpReq.inputResponses, "user_context")?.["context"];
      if (context === undefined) {
        const question = form("What context should the prompt use?", "context");
        return await ask({ user_context: question });
      }
      const said = { type: "text" as const, text: `With the context ${context}` };
      return { messages: [{ role: "user", content: said }] };
    },
  );
}
