import assert from "node:assert/strict";
import { outputText } from "../../lib/output_text.ts";
import type { CliProfile } from "../../config/profile.ts";
import { judge } from "../outcome.ts";
import { shippedProfiles } from "../testing.ts";
import { decoderFor } from "./mod.ts";

const CAPTURES = new URL("../../../tests/fixtures/captures/", import.meta.url);

/** What a recording means, told by a person who read it. */
interface Expectation {
  text: string;
  cliSessionId?: string;
  usage?: unknown;
  threadUsage?: unknown;
  outcome: string;
  /** No emulator plays it. */
  decoded_only?: true;
}

const profiles = shippedProfiles();
const expected: Record<string, Expectation> = JSON.parse(read("expected.json"));

Deno.test("every recording has an expectation, and every expectation a recording", () => {
  assert.deepEqual(recordings(), Object.keys(expected).sort());
});

for (const [name, { decoded_only: _, ...meaning }] of Object.entries(expected)) {
  Deno.test(`the recording ${name} means what it says`, () => {
    assert.deepEqual(meaningOf(name, read(`${name}.stdout`)), meaning);
  });
}

const NOISE = [
  "(node:4242) ExperimentalWarning: it is experimental",
  "[STARTUP] {phase} ready",
  "{no JSON",
  "\x1b[33mwarn\x1b[0m: a résumé",
].map((line) => `${line}\n`).join("");

/** What may stand around JSON, or between its lines, and means nothing. */
const AROUND: Record<string, (stdout: string) => string> = {
  "with the line ends of Windows": (stdout) => stdout.replaceAll("\n", "\r\n"),
  "behind a byte order mark": (stdout) => `\uFEFF${stdout}`,
  "with empty lines in it": (stdout) => stdout.replaceAll("\n", "\n\n"),
  "without its last line feed": (stdout) => stdout.trimEnd(),
  "between noise": (stdout) => `${NOISE}${stdout.trimEnd()}\n${NOISE}`,
};

for (const [what, change] of Object.entries(AROUND)) {
  Deno.test(`a recording of JSON means the same ${what}`, () => {
    for (const [name, { decoded_only: _, ...meaning }] of Object.entries(expected)) {
      if (profileOf(name).output_format === "text") continue;
      assert.deepEqual(meaningOf(name, change(read(`${name}.stdout`))), meaning, name);
    }
  });
}

Deno.test("a recording of JSON that breaks off is no answer, or all of it", () => {
  for (const [name, { text, outcome }] of Object.entries(expected)) {
    if (profileOf(name).output_format === "text" || outcome !== "completed") continue;
    const whole = read(`${name}.stdout`).trimEnd();
    for (let at = 0; at < whole.length; at += Math.ceil(whole.length / 50)) {
      const broken = meaningOf(name, whole.slice(0, at));
      if (broken.outcome === "completed") assert.equal(broken.text, text, `${name} at ${at}`);
    }
  }
});

function profileOf(name: string): CliProfile {
  const [folder = ""] = name.split("/");
  const profile = profiles.get(folder === "cn" ? "continue" : folder);
  assert.ok(profile, `no profile for ${folder}`);
  return profile;
}

/** What an output means with the rest of its recording. */
function meaningOf(name: string, stdout: string): Omit<Expectation, "decoded_only"> {
  const profile = profileOf(name);
  const stderr = read(`${name}.stderr`);
  const decoded = decoderFor(profile)({ stdout: outputText(stdout), stderr: outputText(stderr) });
  const end = { code: Number(read(`${name}.exit`)) };
  const verdict = judge(decoded, end, stderr, profile.binary, profile);
  const { text, cliSessionId, usage, threadUsage } = decoded;
  const outcome = verdict.ok ? "completed" : verdict.code;
  return JSON.parse(JSON.stringify({ text, cliSessionId, usage, threadUsage, outcome }));
}

function read(path: string): string {
  return Deno.readTextFileSync(new URL(path, CAPTURES));
}

function recordings(): string[] {
  const names: string[] = [];
  for (const folder of Deno.readDirSync(CAPTURES)) {
    if (!folder.isDirectory) continue;
    for (const file of Deno.readDirSync(new URL(`${folder.name}/`, CAPTURES))) {
      if (file.name.endsWith(".stdout")) names.push(`${folder.name}/${file.name.slice(0, -7)}`);
    }
  }
  return names.sort();
}
