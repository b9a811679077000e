/** What the types of `defineTool` refuse; `deno check` fails where one of them is taken. */
import assert from "node:assert/strict";
import { z } from "zod";
import { PROBE } from "../testing.ts";
import { type Action, defineTool, workOf } from "./define_tool.ts";

const plain = z.strictObject({ name: z.string() });
const acting = z.strictObject({ action: z.enum(["show", "clear"]), id: z.string().optional() });

const show: Action<z.output<typeof acting>, object> = {
  what: "Shows.",
  needs: ["id"],
  classification: "sync_ok",
  handle: () => ({}),
};
const clear = { ...show };

Deno.test("a tool is one work, or one for each action", () => {
  const whole = defineTool({
    ...PROBE,
    input: plain,
    classification: "sync_ok",
    handle: () => ({}),
  });
  assert.equal(workOf(whole, { name: "x" }), whole);
  const parts = defineTool({ ...PROBE, input: acting, actions: { show, clear } });
  assert.equal(workOf(parts, { action: "clear" }), clear);
});

Deno.test("a tool without a class, with a class of one action for all, or with a wrong action is a type error", () => {
  // @ts-expect-error no classification
  defineTool({ ...PROBE, input: plain, handle: () => ({}) });
  // @ts-expect-error no such classification
  defineTool({ ...PROBE, input: plain, classification: "sync", handle: () => ({}) });
  // @ts-expect-error work that may take long must not be waited for
  defineTool({ ...PROBE, input: plain, classification: "async_mandatory", handle: () => ({}) });
  // @ts-expect-error each action has a class of its own
  defineTool({ ...PROBE, input: acting, classification: "sync_ok", handle: () => ({}) });
  // @ts-expect-error an action is missing
  defineTool({ ...PROBE, input: acting, actions: { show } });
  // @ts-expect-error there is no such action any more
  defineTool({ ...PROBE, input: acting, actions: { show, clear, stale: show } });
  // @ts-expect-error there is no such parameter
  defineTool({ ...PROBE, input: acting, actions: { show: { ...show, needs: ["idd"] }, clear } });
});
