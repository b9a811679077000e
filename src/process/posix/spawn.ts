/** Starts a program as the leader of a new session, with nothing of this process but what is named. */
import { cString, cStrings } from "./c_strings.ts";
import { spawnError } from "./spawn_error.ts";
import type { Libc } from "./libc.ts";

/** Where one of the child's descriptors leads. */
export type Descriptor =
  /** A file that the child opens itself. */
  | { open: string; mode: "read" | "read_write" }
  /** A descriptor of this process, or one of the child's that stands before it in the list. */
  | { from: number };

/** What to start. */
export interface PosixProgram {
  /** Absolute path. */
  command: string;
  args: readonly string[];
  cwd: string;
  /** The whole environment. */
  env: Readonly<Record<string, string>>;
  /** Standard input, output and error, in this order. */
  descriptors: readonly [Descriptor, Descriptor, Descriptor];
}

/** More than any library's types take. */
const STRUCT_BYTES = 512;
/** Flags of `posix_spawnattr_setflags`; only that of a new session differs. */
const SETSIGDEF = 4;
const SETSIGMASK = 8;
const SETSID = Deno.build.os === "darwin" ? 0x400 : 0x80;
const OPEN_MODE = { read: 0, read_write: 2 } as const;

/**
 * Starts a program with exactly these arguments and this environment, every signal as it was meant
 * and none blocked.
 *
 * @returns The pid, which is also the session's and the group's.
 * @throws TypeError where a text holds a NUL; what {@linkcode spawnError} makes of the rest
 */
export function posixSpawn(libc: Libc, program: PosixProgram): number {
  const { command, args, env } = program;
  const pid = new Int32Array(1);
  using attributes = prepareAttributes(libc);
  using actions = prepareActions(libc, program);
  const code = libc.posix_spawn(
    new Uint8Array(pid.buffer),
    cString(command),
    actions.struct,
    attributes.struct,
    cStrings([command, ...args]),
    cStrings(Object.entries(env).map(([name, value]) => `${name}=${value}`)),
  );
  if (code !== 0) throw spawnError(code, program);
  return pid[0]!;
}

interface Struct extends Disposable {
  struct: Uint8Array<ArrayBuffer>;
}

function prepareAttributes(libc: Libc): Struct {
  const struct = new Uint8Array(STRUCT_BYTES);
  const signals = new Uint8Array(STRUCT_BYTES);
  check(libc.posix_spawnattr_init(struct), "posix_spawnattr_init");
  check(
    libc.posix_spawnattr_setflags(struct, SETSID | SETSIGDEF | SETSIGMASK),
    "posix_spawnattr_setflags",
  );
  libc.sigfillset(signals);
  check(libc.posix_spawnattr_setsigdefault(struct, signals), "posix_spawnattr_setsigdefault");
  libc.sigemptyset(signals);
  check(libc.posix_spawnattr_setsigmask(struct, signals), "posix_spawnattr_setsigmask");
  return { struct, [Symbol.dispose]: () => void libc.posix_spawnattr_destroy(struct) };
}

function prepareActions(libc: Libc, { cwd, descriptors }: PosixProgram): Struct {
  const struct = new Uint8Array(STRUCT_BYTES);
  check(libc.posix_spawn_file_actions_init(struct), "posix_spawn_file_actions_init");
  check(libc.posix_spawn_file_actions_addchdir_np(struct, cString(cwd)), "addchdir_np");
  for (const [number, descriptor] of descriptors.entries()) {
    check(
      "open" in descriptor
        ? libc.posix_spawn_file_actions_addopen(
          struct,
          number,
          cString(descriptor.open),
          OPEN_MODE[descriptor.mode],
          0,
        )
        : libc.posix_spawn_file_actions_adddup2(struct, descriptor.from, number),
      "posix_spawn_file_actions",
    );
  }
  return { struct, [Symbol.dispose]: () => void libc.posix_spawn_file_actions_destroy(struct) };
}

function check(code: number, name: string): void {
  if (code !== 0) throw new Error(`Cannot prepare a program: ${name} failed (os error ${code})`);
}
