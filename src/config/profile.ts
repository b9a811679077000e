/** The schema of `cli.d/<name>/profile.yaml`: all that aimux knows about one CLI. */
import { z } from "zod";
import { differencesOf, holds, rangesOf, version, withDifferences } from "./differences.ts";
import { PARSING } from "./explain.ts";
import { argument, variableName } from "./kinds.ts";
import { outputSchema } from "./output.ts";
import { PERMISSIONS } from "./permission.ts";

/** Effort levels from least to most; a profile lists those that its CLI knows. */
export const EFFORT_LEVELS = ["none", "minimal", "low", "medium", "high", "xhigh", "max"] as const;

/** How hard a model should think. */
export type Effort = (typeof EFFORT_LEVELS)[number];

/** The classes of a run that failed. */
const FAILURE_CODES = [
  "auth",
  "quota",
  "model_unavailable",
  "transient",
  "refused",
  "failed",
] as const;

/** A model's name goes into a CLI's arguments: it must not read as a flag there. */
export const MODEL_PATTERN = /^[A-Za-z0-9][\w.:/@+=,[\]-]{0,199}$/;

/** What the pattern asks for. */
export const MODEL_RULE =
  "A model begins with a letter or digit and holds letters, digits and . _ : / @ + = , [ ] -";

/** A model as a CLI calls it. */
export const modelName = z.string().regex(MODEL_PATTERN, MODEL_RULE);

/** What can read the output of a CLI. */
export const DECODERS = [
  "aider",
  "claude",
  "cline",
  "codex",
  "continue",
  "crush",
  "droid",
  "gemini",
  "goose",
  "gptme",
  "opencode",
  "qwen",
  "text",
  "json",
  "jsonl",
] as const;

/** One of them. */
export type DecoderName = (typeof DECODERS)[number];

const words = z.array(argument);
/** Variables, or what stands in the files that they name. */
const variables = z.record(variableName, argument);
const files = z.record(variableName, z.string());
const flag = argument.min(1);
/** Arguments into which something is filled. */
const filledWords = z.array(
  argument.regex(
    /^(?!.*\{(?!(session_id|state_dir)\})\w+\})/s,
    "Only {session_id} and {state_dir} are filled in",
  ),
);

/** How a CLI is called, and what it prints: what may differ between its versions. */
const calling = {
  command: z.strictObject({
    base: z.string().min(1).describe("The binary and its fixed first arguments, split at spaces"),
  }),

  prompt: z.enum(["auto", "stdin"]).default("auto")
    .describe("stdin: always by standard input; auto: as the other prompt keys say"),
  prompt_flag_type: z.enum(["positional", "flag"]).optional()
    .describe("How the prompt stands among the arguments; flag where there is a prompt_flag"),
  prompt_flag: flag.optional().describe("The flag before the prompt, with type flag"),
  prompt_separator: z.string().optional()
    .describe("What ends the options, where the CLI knows it: --"),
  prompt_file_flag: flag.optional().describe("The flag that takes a file with the prompt"),
  pad_single_word: z.boolean().default(false)
    .describe("Append a space to a prompt of one word, which the CLI would take for a command"),
  stdin_threshold: z.int().min(0).default(6000)
    .describe("Prompts of more characters go by standard input; 0: never by standard input"),
  stdin_max_bytes: z.int().positive().optional()
    .describe("The longest prompt that it reads from standard input; without the key any"),
  stdin_flags: words.default([])
    .describe("Arguments in place of the prompt when it goes by standard input"),

  output_format: z.enum(["text", "json", "jsonl"]),
  decoder: z.enum(DECODERS).optional()
    .describe("The decoder's name; by default the profile's, else the output format"),
  output: outputSchema.optional()
    .describe("Where the answer stands in its JSON; then it needs no decoder"),
  failures: z.array(z.strictObject({
    pattern: z.string().min(1).describe("Regular expression for the message of a failure"),
    code: z.enum(FAILURE_CODES),
  })).default([]).describe("What failures mean, the first that matches, before the general rules"),
  exit_codes: z.record(z.string().regex(/^\d{1,3}$/, "Use an exit code"), z.enum(FAILURE_CODES))
    .default({}).describe("What an exit code means where the message tells nothing"),
  change_patterns: words.default([])
    .describe("Regular expressions for lines of output by which a CLI tells that it changed files"),
  retry_pattern: z.string().optional()
    .describe("Regular expression for a line by which it tells that it tries again in vain"),
  completion_pattern: z.string().optional()
    .describe("Regular expression for a line of standard output that ends the run"),

  headless_flags: words.default([]).describe("Flags of every run"),
  write_flags: words.default([]).describe("Flags of a run that may change files"),
  read_only_flags: words.optional()
    .describe("Flags that forbid changes; without the key the CLI cannot promise that"),
  full_flags: words.optional()
    .describe("Flags that let it do all that the user may; without the key it cannot be told to"),
  permission_env: z.partialRecord(z.enum(PERMISSIONS), variables)
    .default({}).describe("Variables set for the CLI with a permission"),
  permission_files: z.partialRecord(z.enum(PERMISSIONS), files)
    .default({}).describe("The same for variables that name a file: here is what stands in it"),

  model_flag: flag.optional(),
  default_model: modelName.optional(),
  model_fallback: z.array(modelName).default([])
    .describe(
      "Models to try, in order, where the one that was asked for is at its limit or absent",
    ),
  reasoning: z.strictObject({
    flag: flag.optional(),
    flag_value_template: argument.regex(/%s/, "Write %s where the level belongs").default("%s")
      .describe("%s stands for the level"),
    env: variableName.optional().describe("The variable that takes the level, instead of a flag"),
    levels: z.array(z.enum(EFFORT_LEVELS)).min(1),
  }).optional(),

  session: z.strictObject({
    id: z.enum(["reported", "chosen"])
      .describe("reported: the CLI prints the id; chosen: aimux names the conversation"),
    start_flags: filledWords.default([]).describe("With chosen: flags of the first run"),
    resume_flags: filledWords.min(1).describe("{session_id} and {state_dir} are filled in"),
  }).optional(),

  env: variables.default({}).describe("Variables set for the CLI"),
  env_default: variables.default({})
    .describe("The same where the server has no variable of that name"),
  files_default: files.default({})
    .describe("The same for variables that name a file: here is what stands in it"),

  login_check: z.strictObject({
    env: words.optional().describe("Variables any of which is a login"),
    files: words.optional().describe("Files any of which is a login; ~, $VAR and * work"),
    args: words.min(1).optional()
      .describe("Arguments with which the program exits with 0 if it is logged in"),
  }).optional().describe("How to see whether it is logged in, without a call of a model"),
};

/** The shape of a profile; what is wrong with its differences is left to {@linkcode profileSchema}. */
const soundAlone = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9_-]*$/, "Use lower-case letters, digits, - and _"),
  display_name: z.string().optional().describe("The name for people; by default the name"),
  binary: z.string().min(1).describe("The program to look for on PATH"),
  install: z.string().optional().describe("How to install it, shown where it is missing"),
  login: z.string().optional().describe("How to log in, shown where it refuses the credentials"),
  search_paths: words.default([]).describe("More folders or files to look in; ~, $VAR and * work"),
  versions: z.strictObject({
    checked: version.describe("The one that the profile was checked with"),
    minimum: version.optional().describe("The lowest that is known to work"),
    differences: differencesOf(calling).default([])
      .describe(
        "What is other in versions than in the one that was checked; the last that holds wins",
      ),
  }).optional(),
  version_flags: words.default(["--version"])
    .describe("Arguments that make it print its version; an empty list: it is never asked"),

  executor: z.enum(["pipe", "pty"]).default("pipe")
    .describe("What its output is connected to: pipes or a pseudo-terminal"),

  ...calling,

  max_concurrent_jobs: z.int().min(1).optional()
    .describe("Its jobs that run at once, over all servers; without the key no limit of its own"),
  timeout_seconds: z.number().positive().optional(),
  stall_timeout_seconds: z.number().positive().optional()
    .describe("Seconds without any output after which a run is ended; without the key no limit"),
  env_allow: words.default([])
    .describe("Variables passed on from the server's environment; a final * stands for any rest"),
}).check((context) => {
  const { value, issues } = context;
  if (value.prompt_flag_type === "flag" && value.prompt_flag === undefined) {
    issues.push({
      code: "custom",
      path: ["prompt_flag"],
      message: 'Missing key "prompt_flag": prompt_flag_type "flag" needs it',
      input: value,
    });
  }
  if (value.output && value.output_format === "text") {
    issues.push({
      code: "custom",
      path: ["output"],
      message: 'Unusable key "output": output_format "text" has no JSON to select from',
      input: value.output,
    });
  }
  const { reasoning } = value;
  if (reasoning && reasoning.flag === undefined && reasoning.env === undefined) {
    issues.push({
      code: "custom",
      path: ["reasoning"],
      message: 'Missing key "reasoning.flag" or "reasoning.env": one of them takes the level',
      input: reasoning,
    });
  }
  const patterns: [PropertyKey[], string | undefined][] = [
    [["completion_pattern"], value.completion_pattern],
    [["retry_pattern"], value.retry_pattern],
    ...value.failures.map(({ pattern }, at): [PropertyKey[], string] => [
      ["failures", at, "pattern"],
      pattern,
    ]),
    ...value.change_patterns.map((pattern, at): [PropertyKey[], string] => [
      ["change_patterns", at],
      pattern,
    ]),
  ];
  for (const [path, pattern] of patterns) {
    if (pattern === undefined || isRegExp(pattern)) continue;
    const message = `Invalid regular expression "${pattern}"`;
    issues.push({ code: "custom", path, message, input: pattern });
  }
});

/** The shape of a profile; unknown keys are errors, and it must be sound for each version. */
export const profileSchema = soundAlone.check(({ value, issues }) => {
  const differences = value.versions?.differences ?? [];
  if (issues.length > 0 || differences.length === 0) return;
  for (const version of rangesOf(differences)) {
    const { error } = soundAlone.safeParse(withDifferences(value, differences, version), PARSING);
    for (const issue of error?.issues ?? []) {
      const at = differences.findLastIndex((each) =>
        holds(each, version) && Object.hasOwn(each, issue.path[0] ?? "")
      );
      const path = ["versions", "differences", ...at < 0 ? [] : [at, ...issue.path]];
      const isTold = issues.some((told) => String(told.path) === String(path));
      if (!isTold) issues.push({ ...issue, path } as typeof issues[number]);
    }
  }
});

function isRegExp(source: string): boolean {
  try {
    new RegExp(source);
    return true;
  } catch {
    return false;
  }
}

/** One CLI's profile, defaults filled in. */
export type CliProfile = z.output<typeof profileSchema>;
