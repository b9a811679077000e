import { AimuxError } from "../../lib/errors.ts";
import type { Program } from "../command.ts";

/**
 * The prompt: the argument, or all of standard input where that is `-` or absent.
 *
 * @param maxBytes No more than this is read.
 * @throws AimuxError `invalid_input`
 */
export async function readPrompt(
  argument: string | undefined,
  stdin: Program["stdin"],
  maxBytes: number,
): Promise<string> {
  if (argument !== undefined && argument !== "-") return argument;
  if (argument === undefined && stdin.terminal) {
    throw new AimuxError("invalid_input", "No prompt", {
      hint: 'Pass it as an argument, aimux run "…", or by standard input',
    });
  }
  const bytes = await readAll(stdin.readable, maxBytes);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new AimuxError("invalid_input", "The prompt on standard input is not UTF-8 text", {
      hint: "Convert it, or name its file in the prompt",
    });
  }
}

async function readAll(
  stream: ReadableStream<Uint8Array>,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.length;
    if (bytes > maxBytes) {
      throw new AimuxError(
        "invalid_input",
        `The prompt on standard input is larger than ${maxBytes} bytes`,
        { hint: 'Put the material into files and name them, or raise "server.max_prompt_bytes"' },
      );
    }
    chunks.push(chunk.slice());
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}
