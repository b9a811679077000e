import assert from "node:assert/strict";
import { testClock } from "../lib/testing_clock.ts";
import { createFitVersion } from "./fit_version.ts";
import { testProfile } from "./testing.ts";
import type { VersionAnswer } from "./versions.ts";

const differing = testProfile({
  write_flags: ["--new"],
  versions: { checked: "2.1", differences: [{ before: "2", write_flags: ["--old"] }] },
});

function fitting(answer: VersionAnswer | Promise<VersionAnswer>) {
  const clock = testClock();
  const asked: string[] = [];
  const versions = {
    of(_: unknown, path: string) {
      asked.push(path);
      return Promise.resolve(answer);
    },
  };
  return { fit: createFitVersion({ versions, clock }), asked, clock };
}

Deno.test("a program is asked for its version only where versions differ", async () => {
  const { fit, asked } = fitting({ version: "1.9" });
  const plain = testProfile({ versions: { checked: "2.1" } });
  assert.deepEqual(await fit(plain, "/bin/prog"), { profile: plain, warnings: [] });
  assert.deepEqual(asked, []);
  const { profile, version, warnings } = await fit(differing, "/bin/prog");
  assert.deepEqual([profile.write_flags, version, warnings], [["--old"], "1.9", []]);
  assert.deepEqual(asked, ["/bin/prog"]);
});

const unknown: [VersionAnswer, string][] = [
  [{ problem: '"prog --version" exited with code 1' }, '"prog --version" exited with code 1'],
  [{ version: "nightly" }, 'it says "nightly"'],
  [{}, "it is never asked"],
];

for (const [answer, why] of unknown) {
  Deno.test(`a program whose version is not known (${why}) is called as the newest one`, async () => {
    const { profile, warnings } = await fitting(answer).fit(differing, "/bin/prog");
    assert.deepEqual(profile.write_flags, ["--new"]);
    assert.deepEqual(warnings, [
      `The version of prog is not known (${why}); it was called as 2.1 has to be`,
    ]);
  });
}

Deno.test("a program whose version is not known promises to change nothing only where every version does", async () => {
  const gone = { before: "2", read_only_flags: null };
  for (const [difference, promised] of [[gone, undefined], [{ before: "2" }, ["--ro"]]] as const) {
    const profile = testProfile({
      read_only_flags: ["--ro"],
      versions: { checked: "2.1", differences: [difference, { since: "3", write_flags: ["-w"] }] },
    });
    const { fit } = fitting({ problem: "it is ill" });
    const fitted = await fit(profile, "/bin/prog");
    assert.deepEqual(fitted.profile.read_only_flags, promised);
    assert.equal(fitted.unknown, "it is ill");
  }
});

Deno.test("a program that does not tell its version in time is called as the newest one", async () => {
  const { fit, clock } = fitting(new Promise<never>(() => {}));
  const fitted = fit(differing, "/bin/prog");
  await clock.advance(8000);
  assert.deepEqual((await fitted).warnings, [
    "The version of prog is not known (it did not tell it within 8 seconds); " +
    "it was called as 2.1 has to be",
  ]);
});
