/** The JSON body of a request, of bounded length and in bounded time. */
import { INVALID_REQUEST, PARSE_ERROR } from "@modelcontextprotocol/server";
import type { Clock } from "../../../lib/clock.ts";
import { messageOf } from "../../../lib/errors.ts";
import { within } from "../../../lib/within.ts";
import { refusal } from "./refusal.ts";

/** How long a body may take to arrive. */
const ARRIVAL_MS = 30_000;
/** How much of a body that is too long is read, and for how long, before it is refused. */
const DISCARD_BYTES = 64_000_000;
const DISCARD_MS = 2000;

/** What it is read with. */
export interface ReadOptions {
  maxBytes: number;
  clock: Clock;
}

/** Reads a body: its value, or why it has none. */
export async function readJson(
  request: Request,
  { maxBytes, clock }: ReadOptions,
): Promise<{ value: unknown } | { refused: Response }> {
  const [type = ""] = (request.headers.get("content-type") ?? "").split(";");
  if (type.trim().toLowerCase() !== "application/json") {
    return { refused: refusal(415, "Content-Type must be application/json") };
  }
  const reader = request.body?.getReader();
  if (Number(request.headers.get("content-length")) > maxBytes) return await tooLong();

  const parts: Uint8Array[] = [];
  const reading = (async () => {
    for (let length = 0;;) {
      const { done, value } = await reader?.read() ?? { done: true };
      if (done || !value) return true;
      length += value.length;
      if (length > maxBytes) return false;
      parts.push(value);
    }
  })();
  try {
    if (!await within(ARRIVAL_MS, reading, { clock })) {
      void reader?.cancel().catch(() => {});
      return { refused: refusal(408, `The body did not arrive within ${ARRIVAL_MS / 1000} s`) };
    }
    if (!await reading) return await tooLong();
  } catch (error) {
    return badJson(`The body could not be read: ${messageOf(error)}`);
  }
  return parsed(parts);

  /** A client that is cut off while it still writes would not read why. */
  async function tooLong(): Promise<{ refused: Response }> {
    await within(DISCARD_MS, discard(reader), { clock });
    void reader?.cancel().catch(() => {});
    return { refused: refusal(413, `Message too long: it may have at most ${maxBytes} bytes`) };
  }
}

/** Reads what comes, to no purpose but that it is read. */
async function discard(reader: ReadableStreamDefaultReader<Uint8Array> | undefined): Promise<void> {
  try {
    for (let left = DISCARD_BYTES; left > 0;) {
      const { done, value } = await reader?.read() ?? { done: true };
      if (done || !value) return;
      left -= value.length;
    }
  } catch {
    // The client has given up by itself.
  }
}

async function parsed(
  parts: Uint8Array[],
): Promise<{ value: unknown } | { refused: Response }> {
  let text: string;
  try {
    const bytes = await new Blob(parts as Uint8Array<ArrayBuffer>[]).bytes();
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return badJson("Invalid UTF-8 in message");
  }
  try {
    const value = JSON.parse(text);
    return repeatsAnId(value)
      ? badJson("Two requests of a batch have the same id", INVALID_REQUEST)
      : { value };
  } catch (error) {
    return badJson(`Invalid JSON: ${messageOf(error)}`);
  }
}

/** Their answers could not be told apart. */
function repeatsAnId(value: unknown): boolean {
  if (!Array.isArray(value)) return false;
  const ids = value.filter((message) => message?.method).map(({ id }) => id ?? undefined)
    .filter((id) => id !== undefined);
  return new Set(ids).size < ids.length;
}

function badJson(message: string, code: number = PARSE_ERROR): { refused: Response } {
  return { refused: refusal(400, message, { code }) };
}
