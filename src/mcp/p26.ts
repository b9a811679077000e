/** Principle P26, a long call must never trap its caller: how each tool and action is classified. */
import type { Classification, Tool } from "./tools/define_tool.ts";

/** What `config/p26/classification.v1.json` holds. */
export interface ClassificationArtifact {
  schema_version: "v1";
  source_of_truth: {
    /** The file that lists the tools. */
    runtime_registration: string;
    principle: "P26";
  };
  /** By name; of a tool with actions `classification` is the strictest of theirs. */
  tools: Record<
    string,
    { classification: Classification; actions?: Record<string, Classification> }
  >;
}

/** The artifact for a list of tools, in the order of their names. */
export function classificationArtifact(tools: readonly Tool[]): ClassificationArtifact {
  return {
    schema_version: "v1",
    source_of_truth: { runtime_registration: "src/mcp/tools/registry.ts", principle: "P26" },
    tools: byName(tools.map((tool) => [tool.name, entryOf(tool)])),
  };
}

/** How a tool is classified: of several actions the strictest counts, and one unknown is enough. */
export function classificationOf(tool: Tool): Classification {
  if (!("actions" in tool)) return tool.classification;
  const classes = Object.values(tool.actions).map(({ classification }) => classification);
  return STRICTEST_FIRST.find((each) => classes.includes(each)) ?? "unknown";
}

const STRICTEST_FIRST: readonly Classification[] = ["unknown", "async_mandatory", "sync_ok"];

function entryOf(tool: Tool): ClassificationArtifact["tools"][string] {
  const classification = classificationOf(tool);
  if (!("actions" in tool)) return { classification };
  const actions = Object.entries(tool.actions)
    .map(([name, { classification }]) => [name, classification] as const);
  return { classification, actions: byName(actions) };
}

function byName<Value>(entries: readonly (readonly [string, Value])[]): Record<string, Value> {
  return Object.fromEntries(entries.toSorted(([a], [b]) => a < b ? -1 : 1));
}
