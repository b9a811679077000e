/** What there is to choose from, as resources: a CLI, a role. */
import {
  type McpServer,
  ResourceNotFoundError,
  ResourceTemplate,
} from "@modelcontextprotocol/server";
import { completer, type CompletionParts } from "./completions.ts";
import type { JobResourceParts } from "./job_resources.ts";

/** A kind of thing that is chosen by name. */
interface Kind {
  name: "cli" | "role";
  title: string;
  description: string;
  uriTemplate: string;
  /** What there is to tell of one. */
  find(name: string, parts: CompletionParts): Promise<object | undefined> | object | undefined;
}

const KINDS: readonly Kind[] = [
  {
    name: "cli",
    title: "CLI",
    description: "One CLI, as aimux://health tells of it: state, path, circuit breaker",
    uriTemplate: "aimux://clis/{name}",
    find: async (name, { health, principal }) =>
      (await health(principal)).clis.find((cli) => cli.name === name),
  },
  {
    name: "role",
    title: "Role",
    description:
      "One role: the CLI, model and effort that it asks for, and whether it only advises",
    uriTemplate: "aimux://roles/{name}",
    find: (name, { config: { roles } }) =>
      Object.hasOwn(roles, name) ? { name, ...roles[name] } : undefined,
  },
];

/** Registers `aimux://clis/{name}` and `aimux://roles/{name}`. */
export function registerCatalogResources(server: McpServer, parts: JobResourceParts): void {
  const context = async () => ({ ...await parts.context(), principal: parts.principal });
  const mimeType = "application/json";
  for (const { name: kind, title, description, uriTemplate, find } of KINDS) {
    server.registerResource(
      kind,
      new ResourceTemplate(uriTemplate, {
        list: undefined,
        complete: { name: completer(kind, context) },
      }),
      { title, description, mimeType },
      async ({ href: uri }, { name }) => {
        const found = await find(String(name), await context());
        if (!found) throw new ResourceNotFoundError(uri);
        return { contents: [{ uri, mimeType, text: JSON.stringify(found, null, 2) }] };
      },
    );
  }
}
