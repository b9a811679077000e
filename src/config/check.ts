/** Checks each document of the main configuration on its own, so that messages name its lines. */
import type { Document } from "./document.ts";
import { didYouMean, explain, PARSING } from "./explain.ts";
import { isMap, type Settings, valueAt } from "./merge.ts";
import { partial } from "./partial.ts";
import type { ConfigProblem } from "./problem.ts";
import { configSchema, transportSchema } from "./schema.ts";

/** A document in the shape of the configuration, and what is wrong in it. */
export interface Checked {
  document: Document;
  problems: ConfigProblem[];
}

/** Checks a document's keys and values, and brings a top-level `transport` to its place. */
export function checkDocument(document: Document): Checked {
  const { settings, locate } = document;
  const checked = settings.transport === undefined ? document : hoisted(document);
  const problems = schemaProblems(checked);
  if (checked !== document && valueAt(settings, ["server", "transport"]) !== undefined) {
    const message = 'Both "transport" and "server.transport" are set. Keep one of them';
    problems.push({ ...locate(["transport"], "key"), message });
  }
  return { document: checked, problems };
}

/** Builds the schema of a lone document only where the whole one does not do: that takes time. */
function schemaProblems({ settings, locate }: Document): ConfigProblem[] {
  if (configSchema.safeParse(settings, PARSING).success) return [];
  const schema = partial(configSchema.extend({ transport: transportSchema }));
  return explain(schema.safeParse(settings, PARSING).error?.issues ?? [], schema, locate);
}

/** The roles of a document that go to a CLI that no folder describes. */
export function unknownClis(
  { settings, locate }: Document,
  cliNames: readonly string[],
): ConfigProblem[] {
  return roleEntries(settings).flatMap(([role, { cli }]) => {
    if (typeof cli !== "string" || cliNames.includes(cli)) return [];
    const hint = didYouMean(cli, cliNames) || `. CLIs: ${cliNames.join(", ")}`;
    const message = `Unknown CLI "${cli}" for "roles.${role}.cli"${hint}`;
    return [{ ...locate(["roles", role, "cli"], "value"), message }];
  });
}

/** What the filters of a document's hooks name and does not exist: such a hook would never be asked. */
export function unknownInHooks(
  { settings, locate }: Document,
  known: { clis: readonly string[]; roles: readonly string[] },
): ConfigProblem[] {
  return hookEntries(settings).flatMap(([keys, hook]) =>
    (["clis", "roles"] as const).flatMap((filter) => {
      const names = Array.isArray(hook[filter]) ? hook[filter] as unknown[] : [];
      return names.flatMap((name, at) => {
        if (typeof name !== "string" || known[filter].includes(name)) return [];
        const what = filter === "clis" ? "CLI" : "role";
        const hint = didYouMean(name, known[filter]) ||
          `. ${what}s: ${known[filter].join(", ")}`;
        const path = [...keys, filter, at];
        const message = `Unknown ${what} "${name}" for "${path.join(".")}"${hint}`;
        return [{ ...locate(path, "value"), message }];
      });
    })
  );
}

function hookEntries({ hooks }: Settings): [(string | number)[], Settings][] {
  if (!isMap(hooks)) return [];
  return ["before", "after"].flatMap((list) => {
    const entries = Array.isArray(hooks[list]) ? hooks[list] as unknown[] : [];
    return entries.flatMap((hook, at): [(string | number)[], Settings][] =>
      isMap(hook) ? [[["hooks", list, at], hook]] : []
    );
  });
}

/** The roles of settings that may not be sound. */
export function roleEntries(settings: Settings): [string, Settings][] {
  const { roles } = settings;
  if (!isMap(roles)) return [];
  return Object.entries(roles).filter((entry): entry is [string, Settings] => isMap(entry[1]));
}

/** A top-level `transport` is the same as `server.transport`. */
function hoisted(document: Document): Document {
  const { transport, server, ...rest } = document.settings;
  return {
    ...document,
    settings: { ...rest, server: { ...(isMap(server) ? server : {}), transport } },
    locate(keys, at) {
      const inTransport = keys[0] === "server" && keys[1] === "transport";
      return document.locate(inTransport ? keys.slice(1) : keys, at);
    },
  };
}
