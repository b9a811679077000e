/** Plays one CLI: `emulator.ts <cli> [--emulator-scenario FILE] <the CLI's own arguments>`. */
import type { Cli, CliName, Ended, Invocation, Turn } from "./cli.ts";
import { modelSteps, takeDirective } from "./directive.ts";
import { kindOfStatus } from "./failures.ts";
import { write } from "./output.ts";
import { perform } from "./perform.ts";
import type { Scenario, Step } from "./steps.ts";
import { openStore, stateFolder, type Store } from "./store.ts";
import { LOGIN_QUESTIONS, VERSIONS } from "./versions.ts";

/** Variables that come from the shim and its shell, not from the caller. */
const OF_THE_SHIM = ["DENO_DIR", "DENO_NO_UPDATE_CHECK", "PWD", "OLDPWD", "SHLVL", "_"];

const [name = "", ...given] = Deno.args;
const scenarioFile = given[0] === "--emulator-scenario" ? given[1] : undefined;
const argv = scenarioFile === undefined ? given : given.slice(2);
// A question for the version is no call of the model: nothing is recorded.
if (argv.length === 1 && argv[0] === "--version") {
  const version = scenario()?.version;
  end({ code: 0, stdout: version === undefined ? VERSIONS[name as CliName] : `${version}\n` });
}
if (argv.join(" ") === LOGIN_QUESTIONS[name as CliName]) end({ code: 0 });
await main();

async function main(): Promise<never> {
  const { cli }: { cli: Cli } = await import(`./clis/${name}.ts`);
  const store = openStore(stateFolder(home(), name));
  const env = callersEnvironment();
  const call = { stdin: "", steps: undefined as Step[] | undefined };

  const withoutDirective = (text: string) => {
    const taken = takeDirective(text);
    call.steps ??= taken.steps;
    return taken.text;
  };
  const invocation: Invocation = {
    argv: argv.map(withoutDirective),
    cwd: Deno.cwd(),
    env,
    stdinKind: stdinKind(),
    async stdin() {
      call.stdin = Deno.stdin.isTerminal() ? "" : await allOfStdin();
      return withoutDirective(call.stdin);
    },
    promptFile: (path) => withoutDirective(Deno.readTextFileSync(path)),
    store,
  };

  const understood = await cli(invocation);
  const turn = "prompt" in understood ? understood : undefined;
  store.append("calls.jsonl", {
    argv,
    cwd: invocation.cwd,
    env,
    stdin: call.stdin === "" ? null : call.stdin,
    prompt: turn?.prompt ?? null,
    terminals: (["stdin", "stdout", "stderr"] as const).filter((name) => Deno[name].isTerminal()),
    pid: Deno.pid,
  });
  if (turn === undefined) return end(understood as Ended);

  if (turn.limit) setTimeout(() => end(turn.limit!.ended()), turn.limit.ms);
  const steps = call.steps ?? scenarioSteps(store) ?? modelSteps(turn.prompt, refusal);
  return end(await perform(steps, turn as Turn, store));
}

function end({ code, stdout = "", stderr = "" }: Ended): never {
  write("stderr", stderr);
  write("stdout", stdout);
  Deno.exit(code);
}

function refusal(status: number): Step {
  return { fail: kindOfStatus(status) };
}

function scenario(): Scenario | undefined {
  return scenarioFile === undefined ? undefined : JSON.parse(Deno.readTextFileSync(scenarioFile));
}

function scenarioSteps(store: Store): Step[] | undefined {
  const { calls, id = scenarioFile! } = scenario() ?? { calls: [] };
  const steps = calls[calls.length > 1 ? Math.min(store.claim(id), calls.length - 1) : 0] ?? [];
  return steps.length === 0 ? undefined : steps;
}

function home(): string {
  const home = Deno.env.get("HOME") ?? Deno.env.get("USERPROFILE");
  if (home === undefined) throw new Error("Cannot keep the emulator's state: HOME is not set");
  return home;
}

function callersEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(Deno.env.toObject()).filter(([name]) => !OF_THE_SHIM.includes(name)),
  );
}

function stdinKind(): Invocation["stdinKind"] {
  if (Deno.stdin.isTerminal()) return "terminal";
  try {
    const { isFifo, isSocket, isFile } = Deno.statSync("/dev/stdin");
    return isFifo || isSocket ? "pipe" : isFile ? "file" : "none";
  } catch {
    return Deno.build.os === "windows" ? "pipe" : "none";
  }
}

async function allOfStdin(): Promise<string> {
  const bytes = await new Response(Deno.stdin.readable).arrayBuffer();
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}
