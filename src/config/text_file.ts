/** Files that people write: small, regular, UTF-8. */
import { existsSync } from "node:fs";
import { messageOf } from "../lib/errors.ts";
import { ConfigError } from "./problem.ts";

/**
 * Reads a file as text, without a mark of its byte order.
 *
 * @param file the file to read
 * @param path its name in messages
 * @param maxBytes what is longer was not meant as such a file
 * @returns nothing where there is no such file
 * @throws {ConfigError} where it is too long, no regular file, not readable or not UTF-8
 */
export function readTextFile(file: string, path: string, maxBytes: number): string | undefined {
  // Asked first because most files are absent, and in the binary the first exception of a run costs
  // more than all of the configuration.
  if (!existsSync(file)) return undefined;
  try {
    // A pipe or a device would be read for ever.
    const { isFile, size } = Deno.statSync(file);
    if (!isFile) throw new ConfigError([{ path, message: "Not a regular file" }]);
    if (size > maxBytes) {
      const message = `Expected at most ${maxBytes} bytes, found ${size}`;
      throw new ConfigError([{ path, message }]);
    }
    return new TextDecoder("utf-8", { fatal: true }).decode(Deno.readFileSync(file));
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    if (error instanceof Deno.errors.NotFound) return undefined;
    if (error instanceof Deno.errors.NotADirectory) return undefined;
    const reason = error instanceof TypeError ? "it is not UTF-8 text" : messageOf(error);
    throw new ConfigError([{ path, message: `Cannot read the file: ${reason}` }]);
  }
}
