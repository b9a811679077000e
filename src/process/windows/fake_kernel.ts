/** A stand-in for Windows, for tests: handles, pipes, one console, one process. */
import type { Kernel32 } from "./kernel32.ts";

/** What a test can make fail. */
export interface FakeOptions {
  /** The result of CreatePseudoConsole. */
  console?: number;
  /** The error of CreateProcessW; 0 for none. */
  start?: number;
  /** Whether the process ends when its console closes. */
  endsWithConsole?: boolean;
}

/** Windows as far as it goes. */
export interface FakeWindows {
  kernel: Kernel32;
  /** What was not closed. */
  readonly openHandles: number;
  /** How the process was started. */
  readonly started: Started | undefined;
  /** What the process read from its standard input until its end. */
  input(): Promise<string>;
  print(text: string): void;
  exit(code: number): void;
}

/** The arguments of CreateProcessW, and what they point to. */
export interface Started {
  program: string;
  line: string;
  inheritsHandles: boolean;
  flags: number;
  environment: string;
  cwd: string;
  info: DataView;
  attributes: Map<bigint, bigint>;
}

interface Pipe {
  chunks: Uint8Array[];
  closed: boolean;
  wake: PromiseWithResolvers<void>;
}

/** Makes one. */
export function fakeWindows(options: FakeOptions = {}): FakeWindows {
  const { console = 0, start = 0, endsWithConsole = true } = options;
  const handles = new Map<bigint, { pipe?: Pipe; writes?: boolean }>();
  const exited = Promise.withResolvers<number>();
  const attributes = new Map<bigint, bigint>();
  let next = 0x100n;
  let exitCode = 259; // still active
  let shown: Pipe | undefined;
  let standardInput: Pipe | undefined;
  let started: Started | undefined;

  const kernel: Kernel32 = {
    CreatePipe(reader, writer) {
      const pipe = { chunks: [], closed: false, wake: Promise.withResolvers<void>() };
      tell(reader, open({ pipe }));
      tell(writer, open({ pipe, writes: true }));
      return 1;
    },
    SetHandleInformation: () => 1,
    CloseHandle(handle) {
      const closed = handles.get(BigInt(handle));
      if (!closed) throw new Error(`Closed twice, or never opened: ${handle}`);
      handles.delete(BigInt(handle));
      // The console has its own handle of the pipe that it shows things on.
      if (closed.writes && closed.pipe !== shown) end(closed.pipe!);
      return 1;
    },
    async readAside(handle, buffer, _size, told) {
      const { pipe } = handles.get(BigInt(handle))!;
      while (pipe!.chunks.length === 0 && !pipe!.closed) await pipe!.wake.promise;
      const chunk = pipe!.chunks.shift();
      if (chunk === undefined) return 0;
      view(buffer).set(chunk);
      new DataView(view(told).buffer).setUint32(0, chunk.length, true);
      return 1;
    },
    writeAside(handle, buffer, _size, told) {
      const part = view(buffer).slice(0, 1000); // less than was asked for, as a pipe may
      push(handles.get(BigInt(handle))!.pipe!, part);
      new DataView(view(told).buffer).setUint32(0, part.length, true);
      return Promise.resolve(1);
    },
    CreatePseudoConsole(_size, _typed, shownOn, _flags, told) {
      if (console !== 0) return console;
      shown = handles.get(BigInt(shownOn))!.pipe!;
      tell(told, open({}));
      return 0;
    },
    closeConsoleAside(handle) {
      handles.delete(BigInt(handle));
      end(shown!);
      if (endsWithConsole) exit(-1073741510); // STATUS_CONTROL_C_EXIT
      return Promise.resolve();
    },
    InitializeProcThreadAttributeList(list, count, _flags, told) {
      new DataView(view(told).buffer).setBigUint64(0, BigInt(24 * count), true);
      return list === null ? 0 : 1;
    },
    UpdateProcThreadAttribute(_list, _flags, name, value) {
      attributes.set(BigInt(name), BigInt(value));
      return 1;
    },
    DeleteProcThreadAttributeList() {},
    CreateProcessW(program, line, _1, _2, inherits, flags, environment, cwd, info, told) {
      if (start !== 0) return 0;
      const infoView = new DataView(view(info).buffer);
      started = {
        program: text(program),
        line: text(line),
        inheritsHandles: inherits !== 0,
        flags,
        environment: text(environment),
        cwd: text(cwd),
        info: infoView,
        attributes,
      };
      standardInput = handles.get(infoView.getBigUint64(80, true))!.pipe;
      const answer = new DataView(view(told).buffer);
      answer.setBigUint64(0, open({}), true);
      answer.setBigUint64(8, open({}), true);
      answer.setUint32(16, 4242, true);
      return 1;
    },
    GetLastError: () => start,
    waitAside: () => exited.promise.then(() => 0),
    GetExitCodeProcess(_process, told) {
      new DataView(view(told).buffer).setInt32(0, exitCode, true);
      return 1;
    },
    TerminateProcess(_process, code) {
      exit(code);
      return 1;
    },
  };

  return {
    kernel,
    get openHandles() {
      return handles.size;
    },
    get started() {
      return started;
    },
    async input() {
      while (!standardInput!.closed) await standardInput!.wake.promise;
      return new TextDecoder().decode(await new Blob(standardInput!.chunks as BlobPart[]).bytes());
    },
    print: (printed) => push(shown!, new TextEncoder().encode(printed)),
    exit,
  };

  function open(what: { pipe?: Pipe; writes?: boolean }): bigint {
    handles.set(next += 4n, what);
    return next;
  }

  function exit(code: number): void {
    if (exitCode !== 259) return;
    exitCode = code;
    exited.resolve(code);
  }
}

function push(pipe: Pipe, chunk: Uint8Array): void {
  pipe.chunks.push(chunk);
  wake(pipe);
}

function end(pipe: Pipe): void {
  pipe.closed = true;
  wake(pipe);
}

function wake(pipe: Pipe): void {
  pipe.wake.resolve();
  pipe.wake = Promise.withResolvers();
}

function tell(where: unknown, handle: bigint): void {
  new DataView(view(where).buffer).setBigUint64(0, handle, true);
}

function view(buffer: unknown): Uint8Array<ArrayBuffer> {
  if (!(buffer instanceof Uint8Array)) throw new TypeError("no memory was given");
  return buffer as Uint8Array<ArrayBuffer>;
}

function text(buffer: unknown): string {
  return new TextDecoder("utf-16le", { ignoreBOM: true }).decode(view(buffer));
}
