/** The page about the tools, made of the registry. */
import { z } from "zod";
import type { Action, Tool } from "../src/mcp/tools/define_tool.ts";
import { classificationOf } from "../src/mcp/p26.ts";
import { code, table } from "./markdown.ts";

/** The part of a JSON schema that is shown. */
interface Schema {
  type?: string;
  description?: string;
  enum?: unknown[];
  default?: unknown;
  minimum?: number;
  exclusiveMinimum?: number;
  maximum?: number;
  properties?: Properties;
  required?: string[];
  items?: Schema;
  additionalProperties?: Schema | boolean;
}

type Properties = Record<string, Schema>;

/** One field by its path: `usage.input_tokens`, `jobs[].status`. */
interface Field {
  path: string;
  schema: Schema;
  required: boolean;
}

const HEAD = `# Tools

This page is made from [the tools themselves](../src/mcp/tools/registry.ts) by \`deno task generate\`;
a change made here is lost. [Results](results.md) explains results with examples, states and error
codes.

- An \`async_mandatory\` call returns the finished result or, after \`server.sync_wait_seconds\` (45), the
  running job, which \`status\` reads later. A \`sync_ok\` call answers from memory or the database; the
  only wait in it is one that it was asked for, of 45 seconds at most.
- A parameter that a tool does not have is refused.
- Every field of a result is optional: which ones it has depends on what it tells.`;

/** The page, not yet formatted. */
export function toolDocs(tools: readonly Tool[]): string {
  const common = commonFields(tools);
  return [
    HEAD,
    table(
      ["tool", "class", "what it does"],
      tools.map((tool) => [
        `[\`${tool.name}\`](#${tool.name})`,
        code(classificationOf(tool)),
        tool.description.what,
      ]),
    ),
    ...tools.map((tool, at) => section(tool, common, tools.slice(0, at))),
    "## Fields of every tool",
    "Besides the [guidance](results.md#guidance) a result that tells of a failure has an `error`.",
    fieldTable(fieldsOf({ properties: common })),
  ].join("\n\n");
}

function section(tool: Tool, common: Properties, before: readonly Tool[]): string {
  const { name, title, description, annotations } = tool;
  const hints = Object.entries(annotations).map(([hint, value]) => `\`${hint}: ${value}\``);
  const same = before.find(({ output }) => output === tool.output);
  return [
    `## ${name}`,
    `${title}.`,
    Object.entries(description).map(([part, text]) => `- **${capital(part)}**: ${text}`).join("\n"),
    `Class: ${code(classificationOf(tool))}. Annotations: ${hints.join(", ")}.`,
    "### Parameters of " + code(name),
    parameterTable(fieldsOf(json(tool.input, "input"))),
    ..."actions" in tool ? ["### Actions of " + code(name), actionTable(tool.actions)] : [],
    "### Result of " + code(name),
    same ? `The fields of [\`${same.name}\`](#result-of-${same.name}).` : fieldTable(
      fieldsOf(json(tool.output, "output"), common).filter(({ path }) => !(path in common)),
    ),
  ].join("\n\n");
}

function parameterTable(fields: readonly Field[]): string {
  return table(
    ["parameter", "type", "required", "default", "range", "meaning"],
    fields.map(({ path, schema, required }) => [
      code(path),
      typeOf(schema),
      required ? "yes" : "no",
      schema.default === undefined ? "" : code(JSON.stringify(schema.default)),
      rangeOf(schema),
      schema.description ?? "",
    ]),
  );
}

function actionTable(actions: Record<string, Action<Record<string, unknown>, unknown>>): string {
  return table(
    ["action", "class", "needs", "may be given", "what it does"],
    Object.entries(actions).map(([name, { classification, needs = [], takes = [], what }]) => [
      code(name),
      code(classification),
      needs.map(code).join(", "),
      takes.map(code).join(", "),
      what,
    ]),
  );
}

function fieldTable(fields: readonly Field[]): string {
  return table(
    ["field", "type", "meaning"],
    fields.map(({ path, schema }) => [
      code(path),
      typeOf(schema),
      [schema.description, schema.enum && `One of ${rangeOf(schema)}`].filter(Boolean).join(". "),
    ]),
  );
}

/** The fields that are the same in every tool's result. */
function commonFields(tools: readonly Tool[]): Properties {
  const [first = {}, ...others] = tools.map(({ output }) => json(output, "output").properties!);
  return Object.fromEntries(
    Object.entries(first).filter(([name, field]) =>
      others.every((each) => same(each[name], field))
    ),
  );
}

function same(one: Schema | undefined, other: Schema): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function json(schema: z.ZodType, io: "input" | "output"): Schema {
  return z.toJSONSchema(schema, { io, unrepresentable: "any" }) as Schema;
}

/** A schema's fields, each followed by those inside it. What is told elsewhere is only named. */
function fieldsOf({ properties = {}, required = [] }: Schema, told: Properties = {}): Field[] {
  return Object.entries(properties).flatMap(([name, schema]) => {
    const field = { path: name, schema, required: required.includes(name) };
    if (told[name] && same(told[name], schema)) return [field];
    const { items = {}, additionalProperties: values } = schema;
    const under = (prefix: string, inner: Schema) =>
      fieldsOf(inner, told).map((each) => ({ ...each, path: prefix + each.path }));
    return [
      field,
      ...under(`${name}.`, schema),
      ...under(`${name}[].`, items),
      ...under(`${name}.*.`, typeof values === "object" ? values : {}),
    ];
  });
}

function typeOf({ type, items, additionalProperties }: Schema): string {
  if (type === "array") return `list of ${items?.type ?? "anything"}`;
  if (type === "object" && additionalProperties) return "map";
  return type ?? "anything";
}

function rangeOf({ enum: values, minimum, exclusiveMinimum, maximum }: Schema): string {
  if (values) return values.map((value) => code(String(value))).join(", ");
  const bounds = [
    isBound(exclusiveMinimum) && `above ${exclusiveMinimum}`,
    isBound(minimum) && `from ${minimum}`,
    isBound(maximum) && `to ${maximum}`,
  ];
  return bounds.filter(Boolean).join(" ");
}

/** Every whole number has the bounds of what can be counted exactly; they say nothing. */
function isBound(bound: number | undefined): bound is number {
  return bound !== undefined && Math.abs(bound) < Number.MAX_SAFE_INTEGER;
}

function capital(word: string): string {
  return word[0]!.toUpperCase() + word.slice(1);
}
