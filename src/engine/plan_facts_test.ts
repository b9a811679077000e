import assert from "node:assert/strict";
import { planRun } from "../clis/plan.ts";
import { testProfile } from "../clis/testing.ts";
import { planFacts } from "./plan_facts.ts";

const CONTEXT = {
  path: "/bin/prog",
  env: { PATH: "/bin", HOME: "/home/me" },
  ownEnv: { AIMUX_DEPTH: "1" },
  stateDir: "/state",
  promptFile: "job_1.prompt",
};

const SECRET = "-- the plan for next year";

Deno.test("a call is told with the prompt by its length, whatever way it goes", () => {
  const ways = {
    argument: { prompt_separator: "--" },
    flag: { prompt_flag_type: "flag", prompt_flag: "-p", prompt: "auto" },
    stdin: { prompt: "stdin", stdin_flags: ["-"] },
    file: { stdin_threshold: 0, prompt_file_flag: "-f" },
  };
  for (const [way, keys] of Object.entries(ways)) {
    const prompt = way === "flag" ? SECRET.slice(3) : SECRET;
    const plan = planRun(testProfile(keys), { prompt, cwd: "/x", permission: "write" }, CONTEXT);
    const facts = planFacts(plan);
    assert.doesNotMatch(JSON.stringify(facts), /the plan/, way);
    assert.deepEqual([facts["command"], facts["cwd"]], ["/bin/prog", "/x"]);
    assert.deepEqual(facts["variables"], ["AIMUX_DEPTH", "HOME", "PATH"]);
    if (way !== "file") assert.match(JSON.stringify(facts), /<prompt, \d+ characters>/, way);
  }
});

Deno.test("an argument that only equals the prompt is told as it is", () => {
  const profile = testProfile({ headless_flags: ["run"] });
  const plan = planRun(profile, { prompt: "run", cwd: "/x", permission: "write" }, CONTEXT);
  assert.deepEqual(planFacts(plan)["args"], ["run", "<prompt, 3 characters>"]);
});
