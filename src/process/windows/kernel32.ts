/** Windows' kernel32, through FFI: what it takes to start a process on a pseudo console. */
import { openLibrary } from "../library.ts";

/**
 * A handle is a number here (`usize`); 0 stands for none. The functions whose name ends with
 * "Aside" wait on threads of their own.
 */
const FUNCTIONS = {
  CreatePipe: { parameters: ["buffer", "buffer", "pointer", "u32"], result: "i32" },
  SetHandleInformation: { parameters: ["usize", "u32", "u32"], result: "i32" },
  CloseHandle: { parameters: ["usize"], result: "i32" },
  readAside: {
    name: "ReadFile",
    parameters: ["usize", "buffer", "u32", "buffer", "pointer"],
    result: "i32",
    nonblocking: true,
  },
  writeAside: {
    name: "WriteFile",
    parameters: ["usize", "buffer", "u32", "buffer", "pointer"],
    result: "i32",
    nonblocking: true,
  },
  CreatePseudoConsole: {
    parameters: ["u32", "usize", "usize", "u32", "buffer"],
    result: "i32",
  },
  closeConsoleAside: {
    name: "ClosePseudoConsole",
    parameters: ["usize"],
    result: "void",
    nonblocking: true,
  },
  InitializeProcThreadAttributeList: {
    parameters: ["buffer", "u32", "u32", "buffer"],
    result: "i32",
  },
  UpdateProcThreadAttribute: {
    parameters: ["buffer", "u32", "usize", "usize", "usize", "pointer", "pointer"],
    result: "i32",
  },
  DeleteProcThreadAttributeList: { parameters: ["buffer"], result: "void" },
  CreateProcessW: {
    parameters: [
      "buffer",
      "buffer",
      "pointer",
      "pointer",
      "i32",
      "u32",
      "buffer",
      "buffer",
      "buffer",
      "buffer",
    ],
    result: "i32",
  },
  GetLastError: { parameters: [], result: "u32" },
  waitAside: {
    name: "WaitForSingleObject",
    parameters: ["usize", "u32"],
    result: "u32",
    nonblocking: true,
  },
  GetExitCodeProcess: { parameters: ["usize", "buffer"], result: "i32" },
  TerminateProcess: { parameters: ["usize", "u32"], result: "i32" },
} as const;

/** The functions of kernel32. */
export type Kernel32 = Deno.DynamicLibrary<typeof FUNCTIONS>["symbols"];

/**
 * Opens them.
 *
 * @throws Error as {@linkcode openLibrary}; Windows before 10 1809 has no pseudo consoles
 */
export function openKernel32(): Kernel32 {
  return openLibrary(FUNCTIONS);
}
