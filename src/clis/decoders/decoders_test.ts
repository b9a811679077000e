import assert from "node:assert/strict";
import { outputText } from "../../lib/output_text.ts";
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

for (const [name, expectation] of Object.entries(expected)) {
  Deno.test(`the recording ${name} means what it says`, () => {
    const [folder = ""] = name.split("/");
    const profile = profiles.get(folder === "cn" ? "continue" : folder);
    assert.ok(profile, `no profile for ${folder}`);
    const stderr = read(`${name}.stderr`);

    const decoded = decoderFor(profile)({
      stdout: outputText(read(`${name}.stdout`)),
      stderr: outputText(stderr),
    });
    const verdict = judge(decoded, { code: Number(read(`${name}.exit`)) }, stderr, folder, profile);

    const { text, cliSessionId, usage, threadUsage } = decoded;
    const told = { text, cliSessionId, usage, threadUsage };
    const { outcome, decoded_only: _, ...meaning } = expectation;
    assert.deepEqual(JSON.parse(JSON.stringify(told)), meaning);
    assert.equal(verdict.ok ? "completed" : verdict.code, outcome);
  });
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
