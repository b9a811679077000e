/** What every real CLI is put through. */
import assert from "node:assert/strict";
import type { CliProfile } from "../../src/config/profile.ts";
import type { Result } from "../e2e/server.ts";
import type { Behaviour, ToolKind } from "./model/behaviour.ts";
import type { ModelRequest } from "./model/request.ts";
import type { CaseName } from "./results.ts";
import type { Stage } from "./stage.ts";

/** What of a profile decides which cases there are. */
export type CaseProfile = Pick<
  CliProfile,
  "read_only_flags" | "reasoning" | "session" | "model_flag" | "stdin_max_bytes"
>;

/** One case: throws where the CLI does not do it. */
export interface Case {
  /** Why a CLI with this profile cannot do it; undefined where it can. */
  unsupported?(profile: CaseProfile): string | undefined;
  /** Runs it; what it returns is worth knowing of a case that has passed. */
  run(stage: Stage, profile: CaseProfile): Promise<string | void>;
}

/** No CLI says this by itself. */
const ANSWER = 'The answer: "forty-two" – and an ünusual word.';

/** How long a refused key may take to be told, in seconds: well below a client's patience. */
const TOLD_SECONDS = 60;

/** Before each piece of a slow answer: longer than a CLI should wait for a connection alone. */
const PAUSE_MS = 700;

const EDIT = { path: "made-by-the-model.txt", content: "made by the model" };

/** The cases by name. */
export const cases: Readonly<Record<CaseName, Case>> = {
  short: {
    async run(stage) {
      stage.model.behave({ answer: ANSWER });
      const result = await stage.ask("What is the answer to all of it?");
      completed(result);
      assert.equal(result["content"], ANSWER);
      assert.ok(arrived(stage, "What is the answer to all of it?"), "The prompt did not arrive");
      if (!stage.subject.untold) assert.ok(result["usage"]?.input_tokens > 0, "No usage was told");
    },
  },

  long: {
    unsupported: ({ stdin_max_bytes: most }) =>
      most === undefined
        ? undefined
        : "it can be handed 120 kB at most, as an argument; aimux refuses more",
    async run(stage) {
      stage.model.behave({ answer: ANSWER });
      const prompt = longPrompt();
      const result = await stage.ask(prompt);
      completed(result);
      assert.equal(result["content"], ANSWER);
      assert.ok(arrived(stage, prompt), "The prompt did not arrive byte for byte");
    },
  },

  resume: {
    async run(stage, profile) {
      const [first, second] = ["Remember the word tangerine-7391.", "Which word was it?"];
      const noted = "Noted, it is on shelf 5518.";
      stage.model.behave({ answer: noted });
      const begun = await stage.ask(first);
      completed(begun);
      stage.model.behave({ answer: ANSWER });
      const result = await stage.ask(second, { session_id: begun["session_id"] });
      completed(result);
      assert.equal(result["content"], ANSWER);
      const asked = stage.model.requests.filter(({ messages }) =>
        messages.some(({ role, text }) => role === "user" && text.includes(second))
      );
      assert.ok(asked.length > 0, "The second prompt did not arrive");
      assert.ok(asked.some((request) => knows(request, [first, noted])), "The first was forgotten");
      // As messages of their own, not as a transcript in the second prompt.
      const remembered = asked.some(({ messages }) =>
        messages.some(({ text }) => text.includes(first) && !text.includes(second))
      );
      if (!profile.session) return "by a transcript in the prompt: the CLI cannot resume";
      const { forgets } = stage.subject;
      if (forgets !== undefined && !remembered) return `by a transcript in the prompt: ${forgets}`;
      assert.ok(remembered, "The first turn came as a transcript, not from the CLI's own memory");
      const same = result["cli_session_id"] === begun["cli_session_id"];
      assert.ok(same, "The CLI's id of the conversation has changed");
    },
  },

  write: {
    async run(stage) {
      const before = await stage.files();
      stage.model.behave({ edit: editFor(stage), answer: ANSWER });
      const result = await stage.ask(`Write the file ${EDIT.path} for me.`);
      completed(result);
      const after = await stage.files();
      await Deno.remove(`${stage.project}/${EDIT.path}`).catch(() => {});
      assert.equal(after[EDIT.path]?.trim(), EDIT.content, "The file was not written");
      const others = changed(before, after).filter((path) => path !== EDIT.path);
      return others.length > 0 ? `also wrote ${others.join(", ")}` : undefined;
    },
  },

  read_only: {
    unsupported: ({ read_only_flags }) =>
      read_only_flags ? undefined : "it has no mode that forbids changes",
    async run(stage) {
      const asked: string[] = [];
      const own = new Set<string>();
      const notes = new Set<string>();
      const { stops } = stage.subject;
      const before = await stage.files();
      for (const by of ["write", "shell"] as ToolKind[]) {
        const behaviour: Behaviour = { edit: editFor(stage), by: [by], answer: ANSWER };
        stage.model.behave(behaviour);
        const result = await stage.ask(`Write the file ${EDIT.path} for me.`, { read_only: true });
        const all = changed(before, await stage.files());
        const kept = all.filter((path) => stage.subject.own?.test(path));
        kept.forEach((path) => own.add(path));
        const others = all.filter((path) => !own.has(path));
        assert.deepEqual(others, [], `Files were changed by ${by}`);
        if (stage.model.asked > 0) asked.push(by);
        // What it was refused is no reason to fail: the model goes on and answers.
        if (stops?.message.test(result["error"]?.message)) {
          notes.add(`failed by ${by}: ${stops.note}`);
          continue;
        }
        completed(result);
        // One that ends at a tool that it does not know answers with what the model wished for.
        const answered = result["content"].includes(ANSWER);
        if (!answered) notes.add(`asked by ${by}, it ends with what the model wished for`);
        assert.ok(answered || result["content"].includes(EDIT.path), result["content"]);
      }
      assert.ok(asked.length > 0, "The model had no way to ask for an edit");
      if (own.size > 0) notes.add(`it keeps ${[...own].join(", ")}`);
      return notes.size > 0 ? [...notes].join("; ") : undefined;
    },
  },

  effort: {
    unsupported: ({ reasoning }) => reasoning ? undefined : "it takes no effort",
    async run(stage) {
      stage.model.behave({ answer: ANSWER });
      const result = await stage.ask("Think about it, please.", {
        ...stage.subject.thinks !== undefined && { model: stage.subject.thinks },
        reasoning_effort: "high",
      });
      completed(result);
      const efforts = new Set(stage.model.requests.map(({ effort }) => effort));
      assert.ok(efforts.has("high"), `Asked for effort "high"; ${shown(efforts)} arrived`);
    },
  },

  model: {
    unsupported: ({ model_flag }) => model_flag ? undefined : "it takes no model",
    async run(stage) {
      const { asked, arrives } = stage.subject.other;
      stage.model.behave({ answer: ANSWER });
      const result = await stage.ask("Who are you today?", { model: asked });
      completed(result);
      const models = new Set(stage.model.requests.map(({ model }) => model));
      assert.ok(models.has(arrives), `Asked for model "${asked}"; ${shown(models)} arrived`);
    },
  },

  slow: {
    async run(stage) {
      stage.model.behave({ answer: ANSWER, pauseMs: PAUSE_MS });
      const result = await stage.ask("Take your time, please.");
      completed(result);
      assert.equal(result["content"], ANSWER);
    },
  },

  auth: { run: (stage) => failing(stage, { status: 401 }, "auth") },

  quota: { run: (stage) => failing(stage, { status: 429 }, "quota") },

  500: { run: (stage) => failing(stage, { status: 500 }, "transient") },

  529: { run: (stage) => failing(stage, { status: 529 }, "transient") },

  cut: {
    async run(stage) {
      stage.model.behave({ answer: ANSWER, cut: true });
      const begun = performance.now();
      const result = await stage.ask("Say it to the end, please.");
      if (result["status"] !== "completed") return toldAs("transient", result, stage, begun);
      // A part of the answer is none; the whole one came by a request without a stream.
      assert.equal(result["content"], ANSWER);
      const streams = stage.model.requests.some(({ stream }) => stream);
      return streams ? "it asks again without a stream" : "it asks without a stream";
    },
  },

  cancel: {
    async run(stage) {
      const { model, aimux, subject } = stage;
      model.behave({ hang: true });
      const arrival = model.arrival(AbortSignal.timeout(90_000));
      const begun = await aimux.call("exec", {
        prompt: "Take your time with this one.",
        cli: subject.cli,
        async: true,
        ...subject.model !== undefined && { model: subject.model },
      });
      assert.equal(begun["status"] === "failed", false, begun.text);
      await arrival;
      const result = await aimux.call("sessions", { action: "cancel", job_id: begun["job_id"] });
      assert.equal(result["job"]?.status ?? result["status"], "cancelled", result.text);
    },
  },
};

async function failing(
  stage: Stage,
  behaviour: Behaviour,
  code: string,
): Promise<string | undefined> {
  stage.model.behave(behaviour);
  const begun = performance.now();
  return toldAs(code, await stage.ask("Say hi to me."), stage, begun);
}

/** Whether a run failed with the code, and soon enough. */
function toldAs(
  code: string,
  result: Result,
  { subject: { patience } }: Stage,
  begun: number,
): string | undefined {
  const seconds = (performance.now() - begun) / 1000;
  assert.equal(result["status"], "failed", result.text.slice(0, 400));
  assert.equal(result["error"].code, code, JSON.stringify(result["error"]));
  const limit = code === "auth" ? TOLD_SECONDS : patience ?? TOLD_SECONDS;
  assert.ok(seconds < limit, `It took ${Math.round(seconds)} s to be told`);
  return seconds > TOLD_SECONDS
    ? "it tries again by itself, silently, with no setting for that"
    : undefined;
}

function completed(result: Result): void {
  if (result["status"] === "completed") return;
  const { code, message } = result["error"] ?? {};
  assert.fail(`${result["status"]}: ${code}: ${message ?? result.text.slice(0, 300)}`);
}

function arrived({ model }: Stage, prompt: string): boolean {
  return model.requests.some((request) => knows(request, [prompt]));
}

function knows({ messages }: ModelRequest, texts: string[]): boolean {
  return texts.every((wanted) => messages.some(({ text }) => text.includes(wanted)));
}

function editFor({ subject, project }: Stage) {
  const edit = { ...EDIT, path: subject.absolute ? `${project}/${EDIT.path}` : EDIT.path };
  return { ...edit, ...subject.asText && { asText: subject.asText(edit) } };
}

function changed(before: Record<string, string>, after: Record<string, string>): string[] {
  const paths = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...paths].filter((path) => before[path] !== after[path]).sort();
}

function shown(values: Set<string | undefined>): string {
  return [...values].map((value) => value === undefined ? "none" : `"${value}"`).join(", ");
}

/** Lines that differ, so that a piece that is lost or doubled shows. */
function longPrompt(): string {
  const lines = Array.from(
    { length: 2500 },
    (_, at) =>
      `line ${
        String(at).padStart(5, "0")
      }: the quick brown fox jumps over the lazy dog, "again" & so on.`,
  );
  return ["Summarise this text.", ...lines].join("\n").slice(0, 200_000);
}
