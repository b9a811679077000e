/** The layer that environment variables make. */
import { nearest } from "../lib/nearest.ts";
import { didYouMean, shown } from "./explain.ts";
import type { Document } from "./document.ts";
import { leaves, merge, nested, type Settings } from "./merge.ts";
import type { ConfigProblem } from "./problem.ts";
import { configSchema, TRANSPORTS } from "./schema.ts";
import type { Keys } from "./yaml.ts";

/** The transports as MCP_TRANSPORT names them: the SDKs' name of http is known too. */
const TRANSPORT_NAMES = new Map<string, string>([
  ...TRANSPORTS.map((name): [string, string] => [name, name]),
  ["streamablehttp", "http"],
]);

/** What the environment sets, and what is wrong in it. */
export interface Environment {
  document: Document;
  problems: ConfigProblem[];
}

/**
 * Reads the variables that set a key. An empty variable counts as unset.
 *
 * @param env the environment
 * @param roles the names of the roles there are
 */
export function readEnvironment(env: Record<string, string>, roles: string[]): Environment {
  const problems: ConfigProblem[] = [];
  const names = new Map<string, string>();
  let settings: Settings = {};

  function set(variable: string, keys: string[], value: unknown): void {
    names.set(keys.join("."), variable);
    settings = merge(settings, nested(keys, value));
  }

  for (const reading of [transport, scalars, roleRoutes]) reading();
  return {
    document: {
      path: "environment",
      folder: Deno.cwd(),
      settings,
      locate: (keys) => ({ path: variableOf(keys, names) }),
    },
    problems,
  };

  /** The variables that many programs share are the weakest of the environment. */
  function transport(): void {
    const name = value(env, "MCP_TRANSPORT");
    if (name !== undefined) {
      const type = TRANSPORT_NAMES.get(name);
      if (type !== undefined) set("MCP_TRANSPORT", ["server", "transport", "type"], type);
      else problems.push({ path: "MCP_TRANSPORT", message: unknownTransport(name) });
    }
    const port = value(env, "PORT");
    if (port !== undefined) set("PORT", ["server", "transport", "port"], port);
    const token = value(env, "AIMUX_AUTH_TOKEN");
    if (token !== undefined) set("AIMUX_AUTH_TOKEN", ["server", "auth_token"], token);
  }

  function scalars(): void {
    const given = variables(env, /^AIMUX_(SERVER|CIRCUIT_BREAKER|TRANSPORT|HOOKS)_/);
    const known = given.length > 0 ? scalarKeys() : new Map<string, ScalarKey>();
    for (const variable of given) {
      const key = known.get(variable);
      if (key !== undefined) set(variable, key.keys, key.convert(value(env, variable)!));
      else problems.push({ path: variable, message: unknownVariable(variable, known.keys()) });
    }
  }

  function roleRoutes(): void {
    const known = new Map(roles.map((role) => [`AIMUX_ROLE_${variablePart(role)}`, role]));
    for (const variable of variables(env, /^AIMUX_ROLE_/)) {
      const role = known.get(variable);
      if (role === undefined) {
        const message = unknownRole(variable, roles);
        problems.push({ path: variable, message });
        continue;
      }
      const route = Object.entries(parseRoute(value(env, variable)!));
      if (route.length === 0) {
        const found = shown(value(env, variable));
        const message = `Expected CLI:MODEL:EFFORT, each part optional, found ${found}`;
        problems.push({ path: variable, message });
      }
      for (const [key, part] of route) set(variable, ["roles", role, key], part);
    }
  }
}

/** CLI:MODEL:EFFORT, each part optional; a model may hold colons where an effort's follows it. */
function parseRoute(route: string): Record<string, string> {
  const first = route.indexOf(":");
  const last = route.lastIndexOf(":");
  const parts = {
    cli: first < 0 ? route : route.slice(0, first),
    model: first < 0 ? "" : route.slice(first + 1, last > first ? last : undefined),
    reasoning_effort: last > first ? route.slice(last + 1) : "",
  };
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== ""));
}

function value(env: Record<string, string>, variable: string): string | undefined {
  return env[variable]?.trim() || undefined;
}

function variables(env: Record<string, string>, pattern: RegExp): string[] {
  return Object.keys(env).filter((name) => pattern.test(name) && value(env, name) !== undefined)
    .sort();
}

/** Compares what stands behind the section: what all of one share would make any of them look close. */
function unknownVariable(variable: string, known: Iterable<string>): string {
  const byRest = new Map(Array.from(known, (name) => [restOf(name), name]));
  const [rest, rests] = [restOf(variable), [...byRest.keys()]];
  const close = nearest(rest, rests) ?? rests.find((each) => each.startsWith(rest));
  const meant = close === undefined || rest === "" ? undefined : byRest.get(close);
  return `Unknown variable${meant === undefined ? "" : `. Did you mean "${meant}"?`}`;
}

function restOf(variable: string): string {
  return variable.replace(/^AIMUX_(SERVER_|CIRCUIT_BREAKER_)?/, "");
}

/** Compares the roles alone: what all the variables share would make any of them look close. */
function unknownRole(variable: string, roles: string[]): string {
  const role = nearest(variable.replace("AIMUX_ROLE_", ""), roles.map(variablePart));
  const hint = role === undefined ? "" : ` Did you mean "AIMUX_ROLE_${role}"?`;
  return `No such role.${hint} Roles: ${roles.join(", ")}`;
}

function unknownTransport(name: string): string {
  const known = [...TRANSPORT_NAMES.keys()];
  return `Expected one of ${known.join(", ")}, found ${shown(name)}${didYouMean(name, known)}`;
}

function variablePart(key: string): string {
  return key.toUpperCase().replaceAll("-", "_");
}

function variableOf(keys: Keys, names: Map<string, string>): string {
  // The parts of a list have no variables of their own.
  return names.get(keys.join(".")) ?? names.get(keys.slice(0, -1).join(".")) ?? "environment";
}

interface ScalarKey {
  keys: string[];
  convert: (value: string) => unknown;
}

/** What becomes of a text by the kind of value that a key has; all else stays text. */
const converters: Record<string, (value: string) => unknown> = {
  number,
  boolean: (value) => /^(?:true|false)$/i.test(value) ? value.toLowerCase() === "true" : value,
  list: (value) => value.split(",").map((part) => part.trim()).filter((part) => part !== ""),
};

/** The scalar keys of the schema, and the lists, by their variables. */
function scalarKeys(): Map<string, ScalarKey> {
  const found = new Map<string, ScalarKey>();
  for (const [keys, value] of leaves(configSchema.parse({}))) {
    // A program is no value for a variable.
    if (keys[0] === "hooks") continue;
    const convert = converters[Array.isArray(value) ? "list" : typeof value] ?? String;
    found.set(`AIMUX_${keys.map(variablePart).join("_")}`, { keys, convert });
  }
  return found;
}

/** What does not read as a number stays text, and the schema says what is wrong with it. */
function number(value: string): unknown {
  return /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value;
}
