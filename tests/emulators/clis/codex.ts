/** Plays `codex exec` and `codex exec resume` (codex 0.169). */
import { type Grammar, parseArgs, type Problem } from "../args.ts";
import type { Cli, Ended, Invocation, Turn } from "../cli.ts";
import type { Failure } from "../failures.ts";
import { jsonLines, uuidv7 } from "../ids.ts";
import type { Session } from "../store.ts";

const COMMON: Grammar = {
  switches: ["--json", "--skip-git-repo-check", "--ephemeral"],
  values: ["-c, --config", "-m, --model", "-o, --output-last-message", "--output-schema"],
};

/** `resume` itself knows no sandbox and no folder: those come before it. */
const RESUME: Grammar = { ...COMMON, switches: [...COMMON.switches!, "--last"] };

const EXEC: Grammar = {
  switches: [
    ...COMMON.switches!,
    "--approve-for-me",
    "--dangerously-bypass-approvals-and-sandbox",
  ],
  values: [...COMMON.values!, "-s, --sandbox", "-C, --cd", "--add-dir"],
  subcommand: "resume",
};

const SANDBOXES = ["read-only", "workspace-write", "danger-full-access"];

export const cli: Cli = async function codex(call) {
  if (call.argv[0] !== "exec") return { code: 1, stderr: "Error: stdin is not a terminal\n" };
  const exec = parseArgs(call.argv.slice(1), EXEC);
  if ("problem" in exec) return usageError(exec, "codex exec [OPTIONS] [PROMPT]");
  const sandbox = exec.values["sandbox"];
  if (sandbox !== undefined && !SANDBOXES.includes(sandbox)) return badSandbox(sandbox);

  const resume = exec.rest && parseArgs(exec.rest, RESUME);
  if (resume && "problem" in resume) {
    return usageError(resume, "codex exec resume [OPTIONS] [SESSION_ID] [PROMPT]");
  }
  const switches = new Set([...exec.switches, ...resume?.switches ?? []]);
  const values = { ...exec.values, ...resume?.values };
  const words = resume?.words ?? exec.words;

  const last = switches.has("last");
  const id = resume && !last ? words[0] ?? "" : undefined;
  const [given, surplus] = id === undefined ? words : words.slice(1);
  if (surplus !== undefined) {
    return usageError(
      { problem: "unknown", flag: surplus, words },
      "codex exec [OPTIONS] [PROMPT]",
    );
  }
  const session = !resume
    ? call.store.begin(uuidv7())
    : last
    ? call.store.latest()
    : call.store.session(id!);
  const warning = aliasWarning(call);
  if (session === undefined) return noSuchThread(warning, id ?? "");

  const { prompt, notice } = await promptOf(call, given, resume !== undefined);
  if (prompt === "") {
    return { code: 1, stderr: `${warning}${notice}No prompt provided via stdin.\n` };
  }
  return turnOf(session, { prompt, stderr: warning + notice, switches, values }, call);
};

interface Asked {
  prompt: string;
  stderr: string;
  switches: Set<string>;
  values: Record<string, string>;
}

function turnOf(session: Session, { prompt, stderr, switches, values }: Asked, call: Invocation) {
  const json = switches.has("json");
  const turn = session.turns + 1;
  const save = () => {
    if (!switches.has("ephemeral")) call.store.save({ ...session, turns: turn });
  };
  const start = [
    { type: "thread.started", thread_id: session.id },
    item(0, "error", { message: unknownModel(values["model"] ?? "mock-model") }),
    { type: "turn.started" },
  ];
  return {
    prompt,
    // The first turn that reaches the model describes the environment.
    turns: turn + 1,
    answer(text) {
      save();
      const file = values["output-last-message"];
      if (file !== undefined) Deno.writeTextFileSync(file, text);
      const stdout = json
        ? jsonLines(...start, item(1, "agent_message", { text }), completed(turn))
        : text + "\n";
      return { code: 0, stdout, stderr };
    },
    fail(failure) {
      save();
      const message = describe(failure);
      const retries = failure.status === undefined ? [] : [1, 2, 3, 4, 5];
      const stdout = json
        ? jsonLines(
          ...start,
          ...retries.map((n) => ({
            type: "error",
            message: `Reconnecting... ${n}/5 (${message})`,
          })),
          { type: "error", message },
          { type: "turn.failed", error: { message } },
        )
        : "";
      return { code: 1, stdout, stderr: json ? stderr : `${stderr}ERROR: ${message}\n` };
    },
  } satisfies Turn;
}

/** With a prompt, standard input is an addition to it, but not on a resume. */
async function promptOf(call: Invocation, given: string | undefined, resumes: boolean) {
  if (given === undefined || given === "-") return { prompt: await call.stdin(), notice: "" };
  if (resumes || call.stdinKind === "terminal") return { prompt: given, notice: "" };
  const notice = "Reading additional input from stdin...\n";
  const more = await call.stdin();
  const prompt = more === "" ? given : `${given}\n\n<stdin>\n${more}\n</stdin>`;
  return { prompt, notice };
}

function item(n: number, type: string, content: object) {
  return { type: "item.completed", item: { id: `item_${n}`, type, ...content } };
}

/** The usage of the whole thread, not of the turn. */
function completed(turn: number) {
  return {
    type: "turn.completed",
    usage: {
      input_tokens: 11 * turn,
      cached_input_tokens: 0,
      cache_write_input_tokens: 0,
      output_tokens: 7 * turn,
      reasoning_output_tokens: 0,
    },
  };
}

function describe({ kind, status, reason, message }: Failure): string {
  if (kind === "login") return "Missing environment variable: `MOCK_API_KEY`.";
  if (status === undefined) return message;
  const url = "http://127.0.0.1:18080/v1/responses";
  return `unexpected status ${status} ${reason}: ${message}, url: ${url}`;
}

function unknownModel(model: string): string {
  return `Model metadata for \`${model}\` not found. Defaulting to fallback metadata; ` +
    "this can degrade performance and cause issues.";
}

/** Codex says so in every run whose home lies under a temporary folder. */
function aliasWarning({ env }: Invocation): string {
  return "WARNING: proceeding, even though we could not create PATH aliases: Refusing to create " +
    `helper binaries under temporary dir "/tmp" (codex_home: AbsolutePathBuf("${
      env["HOME"] ?? ""
    }/.codex"))\n`;
}

function noSuchThread(warning: string, id: string): Ended {
  const stderr = `${warning}Error: thread/resume: thread/resume failed: ` +
    `no rollout found for thread id ${id}\n`;
  return { code: 1, stderr };
}

function badSandbox(value: string): Ended {
  const stderr = `error: invalid value '${value}' for '--sandbox <SANDBOX_MODE>'\n` +
    `  [possible values: ${SANDBOXES.join(", ")}]\n\nFor more information, try '--help'.\n`;
  return { code: 2, stderr };
}

function usageError({ problem, flag }: Problem, usage: string): Ended {
  const what = problem === "unknown"
    ? `unexpected argument '${flag}' found`
    : `a value is required for '${flag}' but none was supplied`;
  return {
    code: 2,
    stderr: `error: ${what}\n\nUsage: ${usage}\n\nFor more information, try '--help'.\n`,
  };
}
