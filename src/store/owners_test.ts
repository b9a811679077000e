import assert from "node:assert/strict";
import { testStore } from "./testing.ts";

Deno.test("an owner is registered, renewed and removed", () => {
  using store = testStore();
  const owner = { id: "own_1", pid: 7, startTime: "boot:1", leaseUntil: 100 };
  const bare = { id: "own_2", pid: 8, startTime: undefined, leaseUntil: 100 };
  store.owners.insert(owner);
  store.owners.insert(bare);
  store.owners.renew("own_2", 200);
  assert.deepEqual(store.owners.all(), [owner, { ...bare, leaseUntil: 200 }]);
  store.owners.remove("own_1");
  store.owners.remove("own_1");
  assert.deepEqual(store.owners.all().map(({ id }) => id), ["own_2"]);
});
