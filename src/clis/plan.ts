/** From a request and a profile to the exact program call. Pure: starts nothing, writes nothing. */
import { canRun, type Permission } from "../config/permission.ts";
import type { CliProfile, Effort } from "../config/profile.ts";
import { AimuxError } from "../lib/errors.ts";
import { effortFor } from "./effort.ts";
import { childEnvironment } from "./environment.ts";

/** What to ask a CLI for. */
export interface CliRequest {
  prompt: string;
  cwd: string;
  model?: string;
  effort?: Effort;
  permission: Permission;
  /** The conversation: how the CLI knows it, and whether it exists already. */
  conversation?: { id: string; exists: boolean };
}

/** What is around the call. */
export interface PlanContext {
  /** Absolute path of the program. */
  path: string;
  /** The server's environment. */
  env: Record<string, string>;
  /** Variables of aimux itself for the child. */
  ownEnv: Record<string, string>;
  /** A folder for files that aimux keeps for a conversation or a prompt. */
  stateDir: string;
  /** A name for a file in that folder, unique to this run. */
  promptFile: string;
  os?: typeof Deno.build.os;
}

/** A file that is there as long as its run. */
export interface PlannedFile {
  path: string;
  text: string;
}

/** A call that is ready to be started. */
export interface CliPlan {
  command: string;
  args: string[];
  /** Which of them is the prompt, where it goes that way. */
  promptAt?: number;
  cwd: string;
  env: Record<string, string>;
  stdin?: string;
  /** A file to write before the start and to remove after the end. */
  file?: PlannedFile;
  /** Files of settings that its variables name; the same holds for them. */
  settings: PlannedFile[];
  warnings: string[];
}

/**
 * The most bytes of a prompt in one argument: Linux takes 128 KiB an argument, Windows 32,767
 * characters a command line.
 */
const ARGUMENT_BYTES = { windows: 24_000, other: 120_000 } as const;

/**
 * Plans one run.
 *
 * @throws AimuxError `unsupported` where the CLI has no mode for the permission, `invalid_input` where no
 * way is left to hand it this prompt.
 */
export function planRun(profile: CliProfile, request: CliRequest, context: PlanContext): CliPlan {
  const warnings: string[] = [];
  const settings = settingsFiles(profile, request.permission, context);
  const added = {
    ...profile.permission_env[request.permission],
    ...Object.fromEntries(settings.map(({ variable, path }) => [variable, path])),
    ...context.ownEnv,
  };
  const [, ...fixed] = profile.command.base.trim().split(/\s+/);
  const delivery = deliver(profile, request.prompt, context);
  const args = [
    ...fixed,
    ...profile.headless_flags,
    ...permissionFlags(profile, request.permission),
    ...modelFlags(profile, request.model, warnings),
    ...effortFlags(profile, request.effort, added, warnings),
    ...conversationFlags(profile, request.conversation, context.stateDir),
    ...delivery.args,
  ];
  return {
    command: context.path,
    args,
    ...delivery.asArgument && { promptAt: args.length - 1 },
    cwd: request.cwd,
    env: withOwnFolder(childEnvironment(profile, context.env, added, context.os), context),
    ...delivery.stdin !== undefined && { stdin: delivery.stdin },
    ...delivery.file && { file: delivery.file },
    settings: settings.map(({ path, text }) => ({ path, text })),
    warnings,
  };
}

/**
 * Checks, before anything is recorded, that a run can be planned at all.
 *
 * @throws AimuxError as {@linkcode planRun}
 */
export function assertRunnable(
  profile: CliProfile,
  { prompt, permission }: Pick<CliRequest, "prompt" | "permission">,
  os = Deno.build.os,
): void {
  permissionFlags(profile, permission);
  wayOf(profile, prompt, os);
}

/**
 * A program that was found outside PATH finds what stands beside it, such as the `node` that its
 * first line asks for: an editor started from a desktop often has a short PATH.
 */
export function withOwnFolder(
  env: Record<string, string>,
  { path, os = Deno.build.os }: Pick<PlanContext, "path" | "os">,
): Record<string, string> {
  const folder = path.replace(/[/\\][^/\\]*$/, "");
  const separator = os === "windows" ? ";" : ":";
  const name = Object.keys(env).find((key) => key.toUpperCase() === "PATH") ?? "PATH";
  const folders = (env[name] ?? "").split(separator).filter(Boolean);
  if (folder === path || folders.includes(folder)) return env;
  return { ...env, [name]: [...folders, folder].join(separator) };
}

function permissionFlags(profile: CliProfile, permission: Permission): string[] {
  const { read_only_flags, write_flags, full_flags } = profile;
  const flags = { read_only: read_only_flags, write: write_flags, full: full_flags }[permission];
  if (flags && canRun(profile, permission)) return flags;
  throw notPermitted(profile.name, permission, { cli: profile.name });
}

/** What a CLI is told by a file, which a variable names: its permission, and what counts least. */
function settingsFiles(
  profile: CliProfile,
  permission: Permission,
  { stateDir, promptFile, env }: PlanContext,
): (PlannedFile & { variable: string })[] {
  const defaults = Object.entries(profile.files_default).filter(([name]) => !(name in env));
  return [...defaults, ...Object.entries(profile.permission_files[permission] ?? {})]
    .map(([variable, text]) => ({ variable, path: `${stateDir}/${promptFile}.${variable}`, text }));
}

/** The refusal of a CLI that has no mode for a permission. */
export function notPermitted(
  name: string,
  permission: Permission,
  details: Record<string, unknown>,
): AimuxError {
  const full = permission === "full";
  return new AimuxError(
    "unsupported",
    full
      ? `Cannot run "${name}" with permission "full": it has no mode without limits`
      : `Cannot run "${name}" read-only: it has no mode that forbids changes`,
    {
      hint: full
        ? 'Choose a CLI that has one, such as codex, claude or gemini, or ask for "write"'
        : "Choose a CLI that has one, such as codex, claude or gemini, or allow changes",
      details: { ...details, permission },
    },
  );
}

function modelFlags(profile: CliProfile, model: string | undefined, warnings: string[]): string[] {
  if (model === undefined) return [];
  if (profile.model_flag) return [profile.model_flag, model];
  warnings.push(`${profile.name} takes no model; "${model}" was not passed on`);
  return [];
}

function effortFlags(
  profile: CliProfile,
  wanted: Effort | undefined,
  env: Record<string, string>,
  warnings: string[],
): string[] {
  if (wanted === undefined) return [];
  const level = effortFor(profile, wanted);
  if (level === undefined || !profile.reasoning) {
    warnings.push(`${profile.name} has no effort levels; "${wanted}" was not passed on`);
    return [];
  }
  if (level !== wanted) {
    warnings.push(`${profile.name} has no effort level "${wanted}"; it ran with "${level}"`);
  }
  const { flag, env: variable, flag_value_template } = profile.reasoning;
  if (variable) env[variable] = level;
  return flag ? [flag, flag_value_template.replace("%s", level)] : [];
}

function conversationFlags(
  { session }: CliProfile,
  conversation: CliRequest["conversation"],
  stateDir: string,
): string[] {
  if (!session || !conversation) return [];
  const flags = conversation.exists ? session.resume_flags : session.start_flags;
  return flags.map((flag) =>
    flag.replaceAll("{session_id}", () => conversation.id)
      .replaceAll("{state_dir}", () => stateDir)
  );
}

/** How the prompt reaches the CLI: by argument, by standard input or by file. */
function deliver(
  profile: CliProfile,
  prompt: string,
  context: PlanContext,
): Pick<CliPlan, "args" | "stdin" | "file"> & { asArgument?: boolean } {
  const way = wayOf(profile, prompt, context.os ?? Deno.build.os);
  switch (way) {
    case "stdin":
      return { args: profile.stdin_flags, stdin: prompt };
    case "file": {
      const path = `${context.stateDir}/${context.promptFile}`;
      return { args: [profile.prompt_file_flag!, path], file: { path, text: prompt } };
    }
    case "argument":
      return { args: argumentOf(profile, prompt), asArgument: true };
  }
}

function wayOf(
  profile: CliProfile,
  prompt: string,
  os: typeof Deno.build.os,
): "argument" | "stdin" | "file" {
  const { stdin_threshold: threshold } = profile;
  const most = profile.stdin_max_bytes ?? Infinity;
  const takesStdin = (threshold > 0 || profile.prompt === "stdin") && bytesOf(prompt) <= most;
  const isLong = threshold > 0 && prompt.length > threshold;
  if (takesStdin && (profile.prompt === "stdin" || isLong)) return "stdin";
  const obstacle = argumentObstacle(profile, prompt, os);
  if (obstacle === undefined) return "argument";
  if (takesStdin) return "stdin";
  if (profile.prompt_file_flag) return "file";
  const otherwise = Number.isFinite(most)
    ? `at most ${most} bytes from standard input`
    : "prompts neither from standard input nor from a file";
  throw new AimuxError(
    "invalid_input",
    `Cannot hand this prompt to "${profile.name}": ${obstacle}, and it reads ${otherwise}`,
    { hint: "Shorten or reword the prompt, or choose another CLI" },
  );
}

/** Why a prompt cannot be an argument, or undefined where it can. */
function argumentObstacle(
  profile: CliProfile,
  prompt: string,
  os: typeof Deno.build.os,
): string | undefined {
  const limit = os === "windows" ? ARGUMENT_BYTES.windows : ARGUMENT_BYTES.other;
  const bytes = bytesOf(prompt);
  if (bytes > limit) return `its ${bytes} bytes are more than an argument can hold`;
  if (prompt.includes("\0")) return "it holds a NUL character, which no argument can";
  if (prompt === "-") return 'a lone "-" stands for standard input';
  const separated = !takesFlag(profile) && profile.prompt_separator;
  if (prompt.startsWith("-") && !separated) return 'it begins with "-" and would count as a flag';
  return undefined;
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

function argumentOf(profile: CliProfile, text: string): string[] {
  const prompt = profile.pad_single_word && !/\s/.test(text) ? `${text} ` : text;
  if (takesFlag(profile)) return [profile.prompt_flag!, prompt];
  return profile.prompt_separator ? [profile.prompt_separator, prompt] : [prompt];
}

/** Whether the prompt follows a flag. */
function takesFlag({ prompt_flag_type, prompt_flag }: CliProfile): boolean {
  return prompt_flag_type === undefined ? prompt_flag !== undefined : prompt_flag_type === "flag";
}
