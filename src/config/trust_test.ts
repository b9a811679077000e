import assert from "node:assert/strict";
import { join } from "node:path";
import { AimuxError } from "../lib/errors.ts";
import { createTrust } from "./trust.ts";

/** A home that is gone with its scope. */
function testHome() {
  const path = Deno.makeTempDirSync({ prefix: "trust_" });
  return { path, [Symbol.dispose]: () => Deno.removeSync(path, { recursive: true }) };
}

Deno.test("trust holds for a folder with one content, the last, until it is taken", () => {
  using home = testHome();
  const trust = createTrust(home.path);
  assert.deepEqual([trust.holds("/a", "1"), trust.list(), trust.take("/a")], [false, [], false]);
  trust.give({ folder: "/b", fingerprint: "1", since: 5 });
  trust.give({ folder: "/a", fingerprint: "1", since: 6 });
  trust.give({ folder: "/a", fingerprint: "2", since: 7 });
  const again = createTrust(home.path);
  assert.deepEqual(again.list(), [
    { folder: "/a", fingerprint: "2", since: 7 },
    { folder: "/b", fingerprint: "1", since: 5 },
  ]);
  assert.deepEqual(
    [["/a", "2"], ["/a", "1"], ["/b", "1"], ["/b/c", "1"], ["/", "1"]]
      .map(([folder, fingerprint]) => again.holds(folder!, fingerprint!)),
    [true, false, true, false, false],
  );
  assert.equal(again.take("/a"), true);
  assert.deepEqual(trust.list().map(({ folder }) => folder), ["/b"]);
});

Deno.test({
  name: "what is kept is for the user alone",
  ignore: Deno.build.os === "windows",
  fn() {
    using home = testHome();
    createTrust(home.path).give({ folder: "/a", fingerprint: "1", since: 0 });
    const place = join(home.path, ".config/aimux/trusted");
    const [file, ...more] = [...Deno.readDirSync(place)];
    assert.deepEqual(more, []);
    const modeOf = (path: string) => Deno.statSync(path).mode! & 0o777;
    assert.equal(modeOf(join(place, file!.name)), 0o600);
    assert.equal(modeOf(place), 0o700);
  },
});

Deno.test("a damaged or moved record trusts nothing, and one that cannot be kept is an error", () => {
  using home = testHome();
  const trust = createTrust(home.path);
  trust.give({ folder: "/a", fingerprint: "1", since: 0 });
  trust.give({ folder: "/b", fingerprint: "1", since: 0 });
  const place = join(home.path, ".config/aimux/trusted");
  const [one, other] = [...Deno.readDirSync(place)].map(({ name }) => join(place, name));
  Deno.renameSync(one!, other!);
  assert.equal(["/a", "/b"].filter((folder) => trust.holds(folder, "1")).length, 0);
  Deno.writeTextFileSync(other!, "{");
  assert.deepEqual(trust.list(), []);

  Deno.removeSync(place, { recursive: true });
  Deno.writeTextFileSync(place, "");
  assert.throws(
    () => trust.give({ folder: "/a", fingerprint: "1", since: 0 }),
    (error) => error instanceof AimuxError && error.code === "storage",
  );
});
