/** What tests of role prompts write and read. */
import assert from "node:assert/strict";
import { dirname } from "node:path";
import { callsOf, type CliName } from "../emulators/mod.ts";
import type { Result, TestServer } from "./server.ts";

/** What a CLI got last, all of it. */
export async function received(aimux: TestServer, cli: CliName = "codex"): Promise<string> {
  return (await callsOf(aimux.workplace.home, cli)).at(-1)?.prompt ?? "";
}

/** Runs a prompt, which must end well. */
export async function run(aimux: TestServer, args: Record<string, unknown>): Promise<Result> {
  const result = await aimux.call("exec", { prompt: "say hi", ...args });
  assert.equal(result["status"], "completed", result.text);
  return result;
}

/** Writes a file of the user's `prompts.d`. */
export function asUser({ workplace }: TestServer, file: string, text: string): Promise<void> {
  return write(`${workplace.home}/.config/aimux/prompts.d/${file}`, text);
}

/** Writes a file of the project's `prompts.d`. */
export function asProject({ workplace }: TestServer, file: string, text: string): Promise<void> {
  return write(`${workplace.project}/.aimux/prompts.d/${file}`, text);
}

/** Writes a file, and the folders that it needs. */
export async function write(path: string, text: string): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.writeTextFile(path, text);
}
