/** The output of jobs as resources, read page by page. */
import {
  type McpServer,
  ProtocolError,
  ProtocolErrorCode,
  ResourceNotFoundError,
  ResourceTemplate,
} from "@modelcontextprotocol/server";
import { isFinal } from "../store/job.ts";
import { readPage } from "../store/read_page.ts";
import type { JobFiles, Store } from "../store/store.ts";
import { withQuery } from "./uri_template.ts";

/** The most bytes of a page: an SDK client drops larger messages. */
const PAGE_BYTES = 1_000_000;

/** What there is to read of a job. */
const RESOURCES: { name: "output" | "answer"; file: keyof JobFiles; description: string }[] = [
  {
    name: "output",
    file: "stdout",
    description: "What a job's CLI printed to standard output, as it printed it",
  },
  {
    name: "answer",
    file: "answer",
    description: "The whole of an answer that was too long for its result",
  },
];

/** Where the resources come from and who may read them. */
export interface JobResourceParts {
  principal: string;
  store(): Promise<Store>;
}

/**
 * Registers `aimux://jobs/{id}/output` and `aimux://jobs/{id}/answer`. Both take `offset` and
 * `limit`, in bytes; `_meta` tells the size and where the next page begins.
 */
export function registerJobResources(server: McpServer, parts: JobResourceParts): void {
  for (const { name, file, description } of RESOURCES) {
    const uriTemplate = withQuery(`aimux://jobs/{id}/${name}`, ["offset", "limit"]);
    server.registerResource(
      `job-${name}`,
      new ResourceTemplate(uriTemplate, { list: undefined }),
      { title: `Job ${name}`, description, mimeType: "text/plain" },
      async (uri, variables) => {
        const store = await parts.store();
        const id = String(variables["id"]);
        const job = store.jobs.find(id, parts.principal);
        if (!job) throw new ResourceNotFoundError(uri.href);
        const offset = whole("offset", variables["offset"], 0, 0);
        const limit = Math.min(whole("limit", variables["limit"], PAGE_BYTES, 1), PAGE_BYTES);
        const path = store.files(id)[file];
        const page = readPage(path, offset, limit, !isFinal(job.status));
        if (!page && file === "answer") throw new ResourceNotFoundError(uri.href);
        const { text = "", nextOffset, totalBytes = 0 } = page ?? {};
        const meta = {
          offset,
          ...nextOffset !== undefined && { next_offset: nextOffset },
          total_bytes: totalBytes,
          status: job.status,
        };
        return { contents: [{ uri: uri.href, mimeType: "text/plain", text, _meta: meta }] };
      },
    );
  }
}

function whole(
  name: string,
  given: string | string[] | undefined,
  without: number,
  least: number,
): number {
  if (given === undefined) return without;
  const value = /^\d{1,15}$/.test(String(given)) ? Number(given) : NaN;
  if (value >= least) return value;
  throw new ProtocolError(
    ProtocolErrorCode.InvalidParams,
    `Invalid ${name} "${given}": expected a whole number from ${least}`,
  );
}
