import assert from "node:assert/strict";
import { createNews } from "./news.ts";

Deno.test("each client is told once what there is to know, also what comes later", () => {
  const notices = ["one"];
  const newsFor = createNews(() => notices);
  const first = newsFor("ann", { lasting: true });
  const second = newsFor("ann", { lasting: true });
  assert.deepEqual([first(), first(), second()], [["one"], [], ["one"]]);
  notices.push("two");
  assert.deepEqual(first(), ["two"]);
});

Deno.test("where each request has a connection of its own the principal is the client", () => {
  const newsFor = createNews(() => ["one"]);
  const request = (principal: string) => newsFor(principal, { lasting: false })();
  assert.deepEqual([request("ann"), request("ann"), request("bob")], [["one"], [], ["one"]]);
});
