/** Reads recordings of the real CLIs, and makes outputs comparable. */
import { CLI_NAMES, type CliName } from "./cli.ts";

const FOLDER = `${import.meta.dirname}/../fixtures/captures`;

/** One recorded run. */
export interface Recording {
  /** `codex/ok`. */
  name: string;
  cli: CliName;
  args: string[];
  env: Record<string, string>;
  /** The file or device that standard input was. */
  stdin: string;
  code: number;
  stdout: string;
  stderr: string;
}

/** All recordings, by name. */
export function recordings(): Recording[] {
  return [...Deno.readDirSync(FOLDER)].flatMap(({ name: folder }) => {
    const cli = CLI_NAMES.find((cli) => cli === (folder === "cn" ? "continue" : folder));
    return cli === undefined ? [] : [...Deno.readDirSync(`${FOLDER}/${folder}`)]
      .filter(({ name }) => name.endsWith(".argv"))
      .map(({ name }) => recording(cli, folder, name.replace(/\.argv$/, "")));
  }).sort((a, b) => a.name < b.name ? -1 : 1);
}

/** The text of 20,000 characters that the recordings call `p20k.txt`. */
export function longPrompt(): string {
  const { messages } = JSON.parse(read("goose/stdin20k.stdout"));
  return messages[0].content[0].text;
}

function recording(cli: CliName, folder: string, test: string): Recording {
  const name = `${folder}/${test}`;
  const lines = read(`${name}.argv`).trimEnd().split("\n");
  const stdin = /^# stdin: (\S+)/.exec(lines.pop()!)![1]!;
  if (lines[0] === "env") lines.splice(0, 2);
  const program = lines.findIndex((line) => !/^[A-Z_]+=/.test(line));
  return {
    name,
    cli,
    args: lines.slice(program + 1),
    env: Object.fromEntries(lines.slice(0, program).map((line) => line.split(/=(.*)/s))),
    stdin,
    code: Number(read(`${name}.exit`)),
    stdout: read(`${name}.stdout`),
    stderr: read(`${name}.stderr`),
  };
}

function read(path: string): string {
  return Deno.readTextFileSync(`${FOLDER}/${path}`);
}

/** Numbers that tell an error, as opposed to a time or a count. */
const TELLING = ["code", "statusCode", "api_error_status"];

/** Lists that depend on the installation. */
const INSTALLED = [
  "tools",
  "slash_commands",
  "terminal_slash_commands",
  "agents",
  "skills",
  "plugins",
  "capabilities",
];

/** Values that only the recordings' model server could send. */
const OF_THE_SERVER = ["responseBody", "date", "server"];

/**
 * The output as text whose differences matter: key order, event types, texts and error codes
 * stay; ids, times, counters and installed lists do not.
 */
export function shapeOf(output: string): string {
  const values = parsed(output);
  return values === undefined
    ? neutral(output)
    : values.map((value) => JSON.stringify(shape(value), null, 1)).join("\n");
}

function parsed(output: string): unknown[] | undefined {
  try {
    return [JSON.parse(output)];
  } catch {
    try {
      return joinedDeltas(output.trimEnd().split("\n").map((line) => JSON.parse(line)));
    } catch {
      return undefined;
    }
  }
}

/** Joins the parts in which gemini streams an answer. */
function joinedDeltas(events: { delta?: boolean; content?: string }[]): unknown[] {
  return events.reduce<typeof events>((joined, event) => {
    const last = joined.at(-1);
    if (!event.delta || !last?.delta) return [...joined, event];
    return [...joined.slice(0, -1), { ...last, content: last.content! + event.content }];
  }, []);
}

function shape(value: unknown, key = ""): unknown {
  if (INSTALLED.includes(key) || OF_THE_SERVER.includes(key)) return `<${key}>`;
  if (typeof value === "string") return neutral(value);
  if (typeof value === "number") return TELLING.includes(key) ? value : 0;
  if (Array.isArray(value)) return value.map((item) => shape(item));
  if (value === null || typeof value !== "object") return value;
  const isPart = "type" in value && value.type === "content_start";
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      neutral(name),
      isPart && name !== "type" ? "<part>" : shape(item, name),
    ]),
  );
}

function neutral(text: string): string {
  return text
    .replace(/MOCK: ([\s\S]*?) \[turns=\d+ chars=\d+\]/g, (_, echo) => `MOCK: ${start(echo)} […]`)
    .replace(/<current-time>[^<]*/g, "<current-time>")
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "<uuid>")
    .replace(/[0-9a-f]{64}/g, "<digest>")
    .replace(/\d{4}-\d\d-\d\dT\d\d[:-]\d\d[:-]\d\d[.-]\d+Z?/g, "<time>")
    .replace(/\b(ses|msg|prt|agent|conv)_\d?[0-9a-z]{3}\w+/gi, "$1_<id>")
    .replace(/\d{8}_\d+/g, "<name>")
    .replace(/projects\/[^/]*\/memory/g, "projects/<folder>/memory")
    .replace(/cc-socks\/\d+/g, "cc-socks/<pid>")
    .replace(/"created": \d+/g, '"created": 0')
    .replace(/timed out after [\d.]+s/g, "timed out after <n>s");
}

/** The recordings' model server repeats only so much of a prompt. */
function start(echo: string): string {
  return echo.slice(0, 200);
}
