/** Whether a CLI is logged in, as far as that can be told without a call of a model. */
import { type AskingParts, askProgram, type Question } from "./ask_program.ts";
import { expandPattern } from "./expand_pattern.ts";

/** What is known of a login. */
export interface LoginAnswer {
  /** `unknown` also where nothing was found, but a login may be elsewhere. */
  logged_in: "yes" | "no" | "unknown";
  /** What tells it. */
  login_by?: string;
}

/** What looking needs. */
export interface LoginParts extends AskingParts {
  home: string;
}

/**
 * Looks at the variables and files that the profile names, and asks the program itself where it can
 * tell. Never throws. A login that is there may still be refused.
 */
export async function loginOf(
  { profile, path, signal }: Omit<Question, "args">,
  parts: LoginParts,
): Promise<LoginAnswer> {
  const { args, env = [], files = [] } = profile.login_check ?? {};
  const variable = env.find((name) => parts.env[name]);
  if (variable !== undefined) return { logged_in: "yes", login_by: `${variable} is set` };
  for (const pattern of files) {
    const file = await firstFile(pattern, parts);
    if (file !== undefined) return { logged_in: "yes", login_by: `"${file}" is there` };
  }
  if (args === undefined) return { logged_in: "unknown" };
  const answer = await askProgram({ profile, path, args, signal }, parts);
  if (answer.problem !== undefined) return { logged_in: "unknown", login_by: answer.problem };
  const line = [profile.binary, ...args].join(" ");
  return { logged_in: answer.code === 0 ? "yes" : "no", login_by: `"${line}" says so` };
}

async function firstFile(pattern: string, parts: LoginParts): Promise<string | undefined> {
  for (const path of await expandPattern(pattern, parts)) {
    if (await Deno.stat(path).then(({ isFile }) => isFile, () => false)) return path;
  }
  return undefined;
}
