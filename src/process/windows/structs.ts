/** Structures of Windows' API as they lie in memory, on 64-bit systems. */

/** `STARTF_USESTDHANDLES`: of the standard handles those that are not 0 count. */
const USE_STANDARD_HANDLES = 0x100;
const STARTUP_INFO_BYTES = 112;

/** What goes into a `STARTUPINFOEXW`. */
export interface StartupInfo {
  /** The handle of standard input; output and error are the console. */
  standardInput: bigint;
  /** The address of the list of attributes. */
  attributes: bigint;
}

/** Lays out a `STARTUPINFOEXW`. */
export function startupInfo({ standardInput, attributes }: StartupInfo): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(STARTUP_INFO_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, STARTUP_INFO_BYTES, true); // cb
  view.setUint32(60, USE_STANDARD_HANDLES, true); // dwFlags
  view.setBigUint64(80, standardInput, true); // hStdInput; hStdOutput and hStdError stay 0
  view.setBigUint64(104, attributes, true); // lpAttributeList
  return bytes;
}

/** A `PROCESS_INFORMATION`. */
export interface ProcessInformation {
  process: bigint;
  thread: bigint;
  pid: number;
}

/** The size of a `PROCESS_INFORMATION`. */
export const PROCESS_INFORMATION_BYTES = 24;

/** Reads a `PROCESS_INFORMATION`. */
export function processInformation(bytes: Uint8Array<ArrayBuffer>): ProcessInformation {
  const view = new DataView(bytes.buffer);
  return {
    process: view.getBigUint64(0, true),
    thread: view.getBigUint64(8, true),
    pid: view.getUint32(16, true),
  };
}

/** A `COORD`, which is passed by value: the columns in the low half, the rows in the high one. */
export function coord({ columns, rows }: { columns: number; rows: number }): number {
  return columns | (rows << 16);
}
