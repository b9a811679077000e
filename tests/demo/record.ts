/**
 * Records a session on a real pseudo-terminal: the real program with emulated CLIs, in a folder of
 * its own that is gone afterwards. Writes `docs/terminal/session.cast`, which `asciinema play`
 * plays, and `docs/terminal/session.txt`, what is on the screen in the end.
 *
 *     deno task record
 */
import { emulator, installEmulators } from "../emulators/mod.ts";
import { programWords, PYTHON } from "../e2e/command.ts";
import { denoEnv } from "../e2e/program.ts";
import { shownOf } from "../../src/commands/testing.ts";
import { fileURLToPath } from "node:url";

const COLUMNS = 88;
const ROWS = 40;
/** It stands in the recording. */
const ROOT = "/tmp/aimux-demo";

const event = (item: Record<string, unknown>) =>
  JSON.stringify({ type: "item.completed", item: { id: "item_0", ...item } }) + "\n";

const EMULATORS = {
  codex: emulator.codex()
    .waits(900).prints(event({ type: "reasoning", text: "I read the module first" }))
    .waits(1200).prints(event({ type: "command_execution", command: "cat src/auth.ts" }))
    .waits(1200).answers(
      "auth.ts checks the session cookie of each request and renews it once an hour.",
    ),
  claude: emulator.claude().fails("quota"),
  gptme: emulator.gptme(),
};

const LINES = [
  "aimux doctor",
  'aimux run "Explain src/auth.ts" --role docgen',
  'aimux run "Explain src/auth.ts" --role docgen > auth.md 2> log.txt; cat auth.md',
  'aimux run "Explain src/auth.ts" --effort max --read-only --dry-run',
  'aimux run "Explain src/auth.ts" --cli claude --quiet; echo "exit code $?"',
  'aimux run "Explain src/auth.ts" --modle gpt-5.4',
];

if (PYTHON === undefined) Deno.exit(1);
await Deno.mkdir(ROOT);
try {
  await write(await record());
} finally {
  await Deno.remove(ROOT, { recursive: true });
}

/** What came, with the seconds since the beginning. */
type Frame = [seconds: number, text: string];

async function record(): Promise<Frame[]> {
  const [home, project] = [`${ROOT}/home`, `${ROOT}/project`];
  await Deno.mkdir(project);
  await Deno.mkdir(`${home}/.local`, { recursive: true });
  await installEmulators(`${home}/.local/bin`, EMULATORS);

  const frames: Frame[] = [];
  let now = 0;
  for (const line of LINES) {
    frames.push([now += 0.6, "$ "]);
    for (const letter of line) frames.push([now += 0.03, letter]);
    frames.push([now += 0.4, "\r\n"]);
    for (const [seconds, text] of await run(line, { home, project })) {
      frames.push([now + seconds, text]);
    }
    now = frames.at(-1)![0];
  }
  return frames;
}

async function run(line: string, { home, project }: { home: string; project: string }) {
  const helper = fileURLToPath(new URL("../e2e/terminal.py", import.meta.url));
  const child = new Deno.Command(PYTHON!, {
    args: [
      helper,
      String(COLUMNS),
      ...["/bin/bash", "-c", `aimux() { ${programWords()} "$@"; }; ${line}`],
    ],
    cwd: project,
    clearEnv: true,
    env: {
      ...denoEnv(),
      HOME: home,
      PATH: "/usr/bin:/bin",
      TERM: "xterm-256color",
      LANG: "C.UTF-8",
    },
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const start = performance.now();
  const frames: Frame[] = [];
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    frames.push([(performance.now() - start) / 1000, text]);
  }
  await child.status;
  return frames;
}

async function write(frames: Frame[]): Promise<void> {
  const folder = new URL("../../docs/terminal/", import.meta.url);
  await Deno.mkdir(folder, { recursive: true });
  const header = {
    version: 2,
    width: COLUMNS,
    height: ROWS,
    title: "aimux doctor and aimux run, with emulated CLIs",
    env: { TERM: "xterm-256color" },
  };
  const events = frames.map(([seconds, text]) => [Number(seconds.toFixed(3)), "o", text]);
  const cast = [header, ...events].map((line) => JSON.stringify(line) + "\n").join("");
  await Deno.writeTextFile(new URL("session.cast", folder), cast);

  const screen = shownOf(frames.map(([, text]) => text).join(""));
  await Deno.writeTextFile(new URL("session.txt", folder), `${screen.join("\n").trimEnd()}\n`);
  console.log(`Recorded ${LINES.length} commands, ${frames.at(-1)![0].toFixed(1)} s`);
}
