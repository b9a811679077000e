/** The clients that others wrote, each at a fixed version. */
import type { Install } from "../real/installs.ts";

/** By the name of the folder in which it is installed. */
export const PROGRAMS = {
  conformance: {
    from: "npm",
    package: "@modelcontextprotocol/conformance",
    version: "0.2.0-alpha.12",
    program: "node_modules/.bin/conformance",
  },
  inspector: {
    from: "npm",
    package: "@modelcontextprotocol/inspector",
    version: "2.12.0",
    program: "node_modules/.bin/mcp-inspector",
  },
  mcporter: {
    from: "npm",
    package: "mcporter",
    version: "0.12.3",
    program: "node_modules/.bin/mcporter",
  },
  mcp: { from: "pypi", package: "mcp", version: "2.3.0", program: "bin/python" },
  fastmcp: { from: "pypi", package: "fastmcp", version: "4.2.3", program: "bin/python" },
  "mcp-fuzzer": {
    from: "pypi",
    package: "mcp-fuzzer",
    version: "0.7.0",
    program: "bin/mcp-fuzzer",
  },
} as const satisfies Record<string, Install>;

/** One of them. */
export type ProgramName = keyof typeof PROGRAMS;
