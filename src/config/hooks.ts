/** The schema of the hooks: programs and built-ins that are asked before and after each run. */
import { z } from "zod";
import { amount, argument, namePattern } from "./kinds.ts";

/** How long a hook's program may take where nothing else is said. */
export const HOOK_SECONDS = 5;

const names = (what: string) =>
  z.array(z.string().regex(namePattern, `Use the name of a ${what}`)).min(1);

const common = {
  name: z.string().regex(namePattern, "Use lower-case letters, digits, - and _")
    .describe("What messages call it"),
  command: z.array(argument).min(1)
    .optional()
    .describe("The program, by its path or its name on PATH, and its arguments; never a shell"),
  env_allow: z.array(z.string()).optional()
    .describe("Variables that the program gets besides the usual ones; a final * is any rest"),
  on_failure: z.enum(["open", "closed"]).default("open")
    .describe("What a hook that fails means: open, go on with a warning; closed, block the call"),
  clis: names("CLI").optional().describe("Only for runs on these CLIs"),
  roles: names("role").optional().describe("Only for runs in these roles"),
};

const beforeHook = z.strictObject({
  ...common,
  builtin: z.literal("redact_secrets", "Expected redact_secrets").optional()
    .describe("redact_secrets: takes secrets out of the prompt"),
  timeout_seconds: amount(0.1, 30).optional().describe(`Seconds it may take, ${HOOK_SECONDS}`),
}).check(checkHook);

const afterHook = z.strictObject({
  ...common,
  builtin: z.literal("telemetry", "Expected telemetry").optional()
    .describe("telemetry: appends a line on the run to a file"),
  timeout_seconds: amount(0.1, 600).optional().describe(`Seconds it may take, ${HOOK_SECONDS}`),
  path: z.string().regex(/\S/, "Expected the path of a file").optional()
    .describe("With telemetry: the file"),
}).check(checkHook);

/** The block `hooks`. A list of a higher layer takes the place of the one below. */
export const hooksSchema = z.strictObject({
  before: z.array(beforeHook).check(checkNames).default([])
    .describe("Asked, in order, before a call is taken"),
  after: z.array(afterHook).check(checkNames).default([])
    .describe("Asked, in order, before the end of a run is recorded"),
});

/** All hooks of a configuration. */
export type HooksConfig = z.output<typeof hooksSchema>;
/** A hook that may forbid or change a call. */
export type BeforeHook = z.output<typeof beforeHook>;
/** A hook that judges a result. */
export type AfterHook = z.output<typeof afterHook>;

/** What says how a program is run means nothing to a built-in, and the other way round. */
function checkHook(context: z.core.ParsePayload<BeforeHook | AfterHook>): void {
  const { value, issues } = context;
  const complain = (key: string, message: string) =>
    issues.push({ code: "custom", path: [key], message, input: value });
  const { name, command, builtin } = value;
  if (command === undefined && builtin === undefined) {
    const message = `Missing key "command" or "builtin" for hook "${name}"`;
    issues.push({ code: "custom", path: [], message, input: value });
  }
  if (command?.[0]?.trim() === "") complain("command", `Hook "${name}" names no program`);
  if (command && builtin !== undefined) {
    complain("builtin", `Hook "${name}" has "command" and "builtin". Keep one of them`);
  }
  const idle = builtin !== undefined
    ? (["timeout_seconds", "env_allow"] as const).filter((key) => value[key] !== undefined)
    : "path" in value && value.path !== undefined
    ? ["path"]
    : [];
  for (const key of idle) {
    const where = builtin === undefined ? "without a builtin" : `with the builtin "${builtin}"`;
    complain(key, `Key "${key}" has no effect ${where}. Remove it from hook "${name}"`);
  }
}

/** Messages tell hooks of one list by their names. */
function checkNames({ value, issues }: z.core.ParsePayload<{ name: string }[]>): void {
  for (const [at, { name }] of value.entries()) {
    if (value.findIndex((other) => other.name === name) === at) continue;
    const message = `Two hooks are called "${name}". Rename one of them`;
    issues.push({ code: "custom", path: [at, "name"], message, input: value });
  }
}
