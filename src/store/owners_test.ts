import assert from "node:assert/strict";
import { testStore } from "./testing.ts";

Deno.test("an owner is registered, renewed and removed, and registered again if it still lives", () => {
  using store = testStore();
  const owner = { id: "own_1", pid: 7, startTime: "boot:1", leaseUntil: 100 };
  const bare = { id: "own_2", pid: 8, startTime: undefined, leaseUntil: 100 };
  store.owners.register(owner);
  store.owners.register(bare);
  const renewed = { ...bare, leaseUntil: 200 };
  store.owners.register(renewed);
  assert.deepEqual(store.owners.all(), [owner, renewed]);
  store.owners.remove("own_1");
  store.owners.remove("own_1");
  assert.deepEqual(store.owners.all(), [renewed]);
  store.owners.register(owner);
  assert.deepEqual(store.owners.all(), [owner, renewed]);
});
