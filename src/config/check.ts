/** Checks one document of the main configuration on its own, so that messages name its lines. */
import type { Document } from "./document.ts";
import { didYouMean, explain } from "./explain.ts";
import { isMap, type Settings, valueAt } from "./merge.ts";
import { partial } from "./partial.ts";
import type { ConfigProblem } from "./problem.ts";
import { configSchema, transportSchema } from "./schema.ts";

const documentSchema = partial(configSchema.extend({ transport: transportSchema }));

/** A document in the shape of the configuration, and what is wrong in it. */
export interface Checked {
  document: Document;
  problems: ConfigProblem[];
}

/**
 * Checks a document's keys and values, and that its roles go to CLIs that are described.
 *
 * @param document what a file or the environment holds
 * @param cliNames the names of the CLIs that are described
 */
export function checkDocument(document: Document, cliNames: readonly string[]): Checked {
  const { settings, locate } = document;
  const result = documentSchema.safeParse(settings, { reportInput: true });
  const problems = result.success ? [] : explain(result.error.issues, documentSchema, locate);
  problems.push(...unknownClis(document, cliNames));
  if (settings.transport === undefined) return { document, problems };

  if (valueAt(settings, ["server", "transport"]) !== undefined) {
    const message = 'Both "transport" and "server.transport" are set. Keep one of them';
    problems.push({ ...locate(["transport"], "key"), message });
  }
  return { document: hoisted(document), problems };
}

function unknownClis({ settings, locate }: Document, cliNames: readonly string[]) {
  return roleEntries(settings).flatMap(([role, { cli }]): ConfigProblem[] => {
    if (typeof cli !== "string" || cliNames.includes(cli)) return [];
    const hint = didYouMean(cli, cliNames) || `. CLIs: ${cliNames.join(", ")}`;
    const message = `Unknown CLI "${cli}" for "roles.${role}.cli"${hint}`;
    return [{ ...locate(["roles", role, "cli"], "value"), message }];
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
