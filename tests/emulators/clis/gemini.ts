/** Plays the Gemini CLI (0.61). */
import { type Grammar, parseArgs } from "../args.ts";
import type { Cli, Ended, Invocation, Turn } from "../cli.ts";
import type { Failure } from "../failures.ts";
import { jsonLines } from "../ids.ts";
import type { Session } from "../store.ts";

const GRAMMAR: Grammar = {
  switches: ["-y, --yolo", "--skip-trust"],
  values: [
    "-m, --model",
    "-p, --prompt",
    "-r, --resume",
    "--output-format",
    "--approval-mode",
    "--session-id",
    "--allowed-tools",
  ],
};

const NOISE = "Warning: True color (24-bit) support not detected. Using a terminal with true " +
  "color enabled will result in a better visual experience.\n" +
  "Ripgrep is not available. Falling back to GrepTool.\n";

const STARTUP = "[STARTUP] Phase 'cleanup_ops' was started but never ended. Skipping metrics.\n";

export const cli: Cli = async function gemini(call) {
  const args = parseArgs(call.argv, GRAMMAR);
  if ("problem" in args) {
    const what = args.problem === "unknown"
      ? `Unknown argument: ${args.flag.replace(/^-+/, "")}`
      : `Not enough arguments following: ${args.flag.replace(/^-+/, "")}`;
    return { code: 1, stderr: `Usage: gemini [options] [command]\n\n${what}\n` };
  }
  const { switches, values, words } = args;
  const trusted = switches.has("skip-trust") || call.env["GEMINI_CLI_TRUST_WORKSPACE"] === "true";
  if (!trusted) return untrusted(switches.has("yolo") || values["approval-mode"] !== undefined);

  const format = values["output-format"] ?? "text";
  const session = sessionOf(call, values);
  if (session === undefined) return badResume(values["resume"]!);

  const asked = values["prompt"] ?? (words.length === 0 ? undefined : words.join(" "));
  const prompt = [await call.stdin(), asked].filter(Boolean).join("\n\n");
  if (prompt === "") {
    return {
      code: 42,
      stderr: "No input provided via stdin. Input can be provided by piping data into gemini " +
        "or using the --prompt option.\n",
    };
  }
  return turnOf(call, session, prompt, format, values["model"] ?? "gemini-2.5-pro");
};

/** `--resume` takes an id, "latest" or the number of a conversation. */
function sessionOf(
  { store }: Invocation,
  { resume, "session-id": chosen }: Record<string, string>,
): Session | undefined {
  if (resume === undefined) return store.begin(chosen ?? crypto.randomUUID());
  if (resume === "latest") return store.latest();
  return /^\d+$/.test(resume) ? store.all()[Number(resume) - 1] : store.session(resume);
}

function turnOf(
  call: Invocation,
  session: Session,
  prompt: string,
  format: string,
  model: string,
): Turn {
  const turn = session.turns + 1;
  const save = () => call.store.save({ ...session, turns: turn });
  const opening = () => [
    stamped("init", { session_id: session.id, model }),
    stamped("message", { role: "user", content: prompt }),
  ];
  return {
    prompt,
    turns: turn,
    answer(text) {
      save();
      const stderr = turn === 1 ? NOISE + STARTUP : NOISE;
      const json = { session_id: session.id, response: text, stats: stats(model) };
      if (format === "json") return { code: 0, stdout: JSON.stringify(json, null, 2), stderr };
      if (format !== "stream-json") return { code: 0, stdout: text + "\n", stderr };
      const events = [...opening(), ...halves(text), success(model)];
      return { code: 0, stdout: jsonLines(...events), stderr };
    },
    fail(failure) {
      save();
      const { code, message, report } = describe(failure, call);
      const error = { type: "Error", message, code };
      const exit = code % 256;
      if (format === "json") {
        return { code: exit, stderr: report + errorJson(session.id, error) };
      }
      if (format !== "stream-json") return { code: exit, stderr: `${report}${message}\n` };
      const events = [...opening(), stamped("result", { status: "error", error })];
      return { code: exit, stdout: jsonLines(...events), stderr: report };
    },
  };
}

function stamped(type: string, content: object) {
  return { type, timestamp: new Date().toISOString(), ...content };
}

function halves(text: string) {
  const middle = Math.ceil(text.length / 2);
  return [text.slice(0, middle), text.slice(middle)]
    .map((content) => stamped("message", { role: "assistant", content, delta: true }));
}

function success(model: string) {
  const tokens = { total_tokens: 18, input_tokens: 11, output_tokens: 7, cached: 0, input: 11 };
  return stamped("result", {
    status: "success",
    stats: { ...tokens, duration_ms: 85, tool_calls: 0, models: { [model]: tokens } },
  });
}

function stats(model: string) {
  const requests = { totalRequests: 1, totalErrors: 0, totalLatencyMs: 49 };
  const tokens = {
    input: 11,
    prompt: 11,
    candidates: 7,
    total: 18,
    cached: 0,
    thoughts: 0,
    tool: 0,
  };
  return {
    models: {
      [model]: {
        api: { ...requests, errorsByType: {} },
        tokens,
        roles: { main: { ...requests, tokens } },
      },
    },
    tools: {
      totalCalls: 0,
      totalSuccess: 0,
      totalFail: 0,
      totalDurationMs: 0,
      totalDecisions: { accept: 0, reject: 0, modify: 0, auto_accept: 0 },
      byName: {},
    },
    files: { totalLinesAdded: 0, totalLinesRemoved: 0 },
  };
}

/** The exit code is the status modulo 256; the error comes last on standard error, after a trace. */
function describe({ kind, status, message, code }: Failure, { env }: Invocation) {
  if (kind === "login") {
    const text = `Please set an Auth method in your ${env["HOME"]}/.gemini/settings.json or ` +
      "specify one of the following environment variables before running: GEMINI_API_KEY, " +
      "GOOGLE_GENAI_USE_VERTEXAI, GOOGLE_GENAI_USE_GCA";
    return { code: 41, message: text, report: "" };
  }
  if (status === undefined) return { code: 1, message, report: NOISE };
  const body = JSON.stringify({ error: { code: status, message, status: code } });
  const trace = "Error when talking to Gemini API Full report available at: " +
    `/tmp/gemini-client-error-Turn.run-sendMessageStream.json _ApiError: ${body}\n` +
    "    at throwErrorIfNotOK (file:///opt/gemini-cli/bundle/chunk.js:267833:24)\n" +
    `    at async Turn.run (file:///opt/gemini-cli/bundle/chunk.js:333001:24) {\n` +
    `  status: ${status}\n}\n`;
  return { code: status, message: body, report: NOISE + trace };
}

function errorJson(id: string, error: object): string {
  return JSON.stringify({ session_id: id, error }, null, 2) + "\n";
}

function untrusted(overridden: boolean): Ended {
  const notice =
    'Approval mode overridden to "default" because the current folder is not trusted.\n';
  const stderr = (overridden ? notice.repeat(2) : "") +
    "\x1b[31mGemini CLI is not running in a trusted directory. To proceed, either use " +
    "`--skip-trust`, set the `GEMINI_CLI_TRUST_WORKSPACE=true` environment variable, or trust " +
    "this directory in interactive mode. For more details, see https://geminicli.com/docs/cli/" +
    "trusted-folders/#headless-and-automated-environments\x1b[0m\n";
  return { code: 55, stderr };
}

function badResume(id: string): Ended {
  const message = `Error resuming session: Invalid session identifier "${id}".`;
  const error = { type: "FatalInputError", message, code: 42 };
  return { code: 42, stderr: NOISE + errorJson(crypto.randomUUID(), error) };
}
