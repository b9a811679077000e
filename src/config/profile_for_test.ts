import assert from "node:assert/strict";
import { profileFor } from "./profile_for.ts";
import { profileSchema } from "./profile.ts";

const needed = {
  name: "prog",
  binary: "prog",
  command: { base: "prog" },
  output_format: "text",
};

const profile = profileSchema.parse({
  ...needed,
  write_flags: ["--new"],
  env: { KEPT: "1" },
  reasoning: { flag: "--effort", levels: ["low", "high", "max"] },
  session: { id: "reported", resume_flags: ["--resume", "{session_id}"] },
  versions: {
    checked: "2.1",
    differences: [
      { before: "2.0", write_flags: ["--old"], reasoning: { levels: ["low", "high"] } },
      { before: "1.5", reasoning: null, env: { MORE: "2" } },
      { since: "1.0", before: "1.2", write_flags: ["--odd"] },
      { since: "3", session: { start_flags: ["--start"] } },
    ],
  },
});

Deno.test("a version has what its differences say, and all else as the newest", () => {
  const of = (version: string) => {
    const { write_flags, reasoning, env, session } = profileFor(profile, version);
    return [write_flags[0], reasoning?.levels.length, Object.keys(env), session?.start_flags[0]];
  };
  assert.deepEqual(of("2.1"), ["--new", 3, ["KEPT"], undefined]);
  assert.deepEqual(of("2.0.0"), ["--new", 3, ["KEPT"], undefined]);
  assert.deepEqual(of("1.99.9"), ["--old", 2, ["KEPT"], undefined]);
  assert.deepEqual(of("1.4.9"), ["--old", undefined, ["KEPT", "MORE"], undefined]);
  assert.deepEqual(of("1.2"), ["--old", undefined, ["KEPT", "MORE"], undefined]);
  assert.deepEqual(of("1.1.9-beta.1"), ["--odd", undefined, ["KEPT", "MORE"], undefined]);
  assert.deepEqual(of("0.9"), ["--old", undefined, ["KEPT", "MORE"], undefined]);
  assert.deepEqual(of("3.0"), ["--new", 3, ["KEPT"], "--start"]);
  assert.equal(profileFor(profile, "1.0").reasoning, undefined);
  assert.equal(profileFor(profile, "1.99").reasoning?.flag, "--effort");
});

Deno.test("a version without numbers has no differences, and neither has a profile without them", () => {
  assert.deepEqual(profileFor(profile, "nightly").write_flags, ["--new"]);
  const plain = profileSchema.parse({ ...needed, versions: { checked: "1.0" } });
  assert.equal(profileFor(plain, "0.1"), plain);
});
