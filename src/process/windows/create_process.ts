/** Starts a program on a pseudo console. */
import { commandLine } from "./command_line.ts";
import { createError } from "./create_error.ts";
import { environmentBlock, wideString } from "./environment_block.ts";
import type { Kernel32 } from "./kernel32.ts";
import {
  PROCESS_INFORMATION_BYTES,
  type ProcessInformation,
  processInformation,
  startupInfo,
} from "./structs.ts";

/** What to start. */
export interface ConsoleProgram {
  /** Absolute path of a program that is no batch file. */
  command: string;
  args: readonly string[];
  cwd: string;
  /** The whole environment. */
  env: Readonly<Record<string, string>>;
  /** The pseudo console for standard output and standard error. */
  console: bigint;
  /** The only handle that the program inherits. */
  standardInput: bigint;
}

const INHERIT = 1;
const EXTENDED_STARTUP_INFO = 0x80000;
const UNICODE_ENVIRONMENT = 0x400;
const PSEUDO_CONSOLE = 0x20016n;
const HANDLE_LIST = 0x20002n;
const HANDLE_BYTES = 8n;

/**
 * Starts a program with exactly these arguments and this environment.
 *
 * @throws TypeError where a text holds a NUL; what {@linkcode createError} makes of the rest
 */
export function createProcess(kernel: Kernel32, program: ConsoleProgram): ProcessInformation {
  const { command, args, cwd, env, standardInput } = program;
  using attributes = prepareAttributes(kernel, program);
  kernel.SetHandleInformation(standardInput, INHERIT, INHERIT);
  const information = new Uint8Array(PROCESS_INFORMATION_BYTES);
  const started = kernel.CreateProcessW(
    wideString(command),
    wideString(commandLine(command, args)),
    null,
    null,
    1,
    EXTENDED_STARTUP_INFO | UNICODE_ENVIRONMENT,
    environmentBlock(env),
    wideString(cwd),
    startupInfo({ standardInput, attributes: addressOf(attributes.list) }),
    information,
  );
  if (started === 0) throw createError(kernel.GetLastError(), program);
  const { process, thread, pid } = processInformation(information);
  kernel.CloseHandle(thread);
  return { process, thread, pid };
}

/** A list of the attributes of a process, and behind it the handle that one of them points to. */
function prepareAttributes(
  kernel: Kernel32,
  { console, standardInput }: ConsoleProgram,
): Disposable & { list: Uint8Array<ArrayBuffer> } {
  const size = new BigUint64Array(1);
  const told = new Uint8Array(size.buffer);
  // The first call only tells the size, and fails.
  kernel.InitializeProcThreadAttributeList(null, 2, 0, told);
  const listBytes = Math.ceil(Number(size[0]) / 8) * 8;
  const list = new Uint8Array(listBytes + Number(HANDLE_BYTES));
  new DataView(list.buffer).setBigUint64(listBytes, standardInput, true);
  if (kernel.InitializeProcThreadAttributeList(list, 2, 0, told) === 0) throw failure();
  const attributes = { list, [Symbol.dispose]: () => kernel.DeleteProcThreadAttributeList(list) };
  const inherited = addressOf(list) + BigInt(listBytes);
  for (const [name, value] of [[PSEUDO_CONSOLE, console], [HANDLE_LIST, inherited]] as const) {
    if (kernel.UpdateProcThreadAttribute(list, 0, name, value, HANDLE_BYTES, null, null) === 0) {
      using _ = attributes;
      throw failure();
    }
  }
  return attributes;

  function failure(): Error {
    return new Error(`Cannot prepare a program (os error ${kernel.GetLastError()})`);
  }
}

function addressOf(memory: Uint8Array<ArrayBuffer>): bigint {
  return BigInt(Deno.UnsafePointer.value(Deno.UnsafePointer.of(memory)));
}
