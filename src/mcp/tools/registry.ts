/** The tools, in the order in which clients see them. */
import type { Tool } from "./define_tool.ts";
import { exec } from "./exec.ts";
import { sessions } from "./sessions.ts";
import { status } from "./status.ts";

/** Every tool there is; what is listed works. */
export const TOOLS: readonly Tool[] = [exec, status, sessions];
