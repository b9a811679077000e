/** Finds the library through which the system is spoken to. */

/** The C library, of which Linux has two kinds, or kernel32. */
const NAMES: { readonly [os in typeof Deno.build.os]?: readonly string[] } = {
  linux: ["libc.so.6", `libc.musl-${Deno.build.arch}.so.1`],
  darwin: ["libSystem.B.dylib"],
  windows: ["kernel32.dll"],
};

/**
 * Opens it; it stays open as long as the program runs.
 *
 * @throws Error why it cannot be used: no permission, no such library, a function that is missing
 */
export function openLibrary<F extends Deno.ForeignLibraryInterface>(
  functions: F,
): Deno.DynamicLibrary<F>["symbols"] {
  if (Deno.permissions.querySync({ name: "ffi" }).state !== "granted") {
    throw new Error("aimux has no permission for FFI (--allow-ffi)");
  }
  let problem: Error | undefined;
  for (const name of NAMES[Deno.build.os] ?? []) {
    try {
      return Deno.dlopen(name, functions).symbols;
    } catch (error) {
      problem ??= error as Error;
    }
  }
  throw problem ?? new Error(`no library is known for ${Deno.build.os}`);
}
