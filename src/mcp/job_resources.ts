/** Jobs, what they printed, and what was said in sessions, as resources. */
import {
  type McpServer,
  ProtocolError,
  ProtocolErrorCode,
  ResourceNotFoundError,
  ResourceTemplate,
  type Variables,
} from "@modelcontextprotocol/server";
import { jobUri, transcriptUri } from "../engine/job_uris.ts";
import { transcriptPage } from "../engine/transcript.ts";
import { isFinal } from "../store/job.ts";
import { type Page, readPage, textPage } from "../store/read_page.ts";
import type { Store } from "../store/store.ts";
import { type ArgumentMeaning, completer } from "./completions.ts";
import type { ToolContext } from "./tools/define_tool.ts";
import { describeJob } from "./tools/job_payload.ts";
import { jobText } from "./tools/job_text.ts";
import { withQuery } from "./uri_template.ts";

/** Where the resources come from and who may read them. */
export interface JobResourceParts {
  principal: string;
  context(): Promise<Omit<ToolContext, "signal" | "principal" | "progress">>;
}

/** The most bytes of a page: an SDK client drops larger messages. */
const PAGE_BYTES = 1_000_000;

/** Something long, of which a page at a time is read. */
interface Paged {
  name: string;
  title: string;
  description: string;
  /** Its URI without a query. */
  path: string;
  /** What `{id}` is. */
  id: ArgumentMeaning;
  /** Reads a page, and what is told with it; undefined where there is nothing of that id. */
  read(
    at: { id: string; principal: string; offset: number; limit: number; store: Store },
  ): { page: Page; status?: string } | undefined;
}

const PAGED: readonly Paged[] = [
  {
    name: "job-output",
    title: "Job output",
    description: "What a job's CLI printed to standard output, as it printed it",
    path: `${jobUri("{id}")}/output`,
    id: "job",
    read({ id, principal, offset, limit, store }) {
      const job = store.jobs.find(id, principal);
      if (!job) return undefined;
      const { status } = job;
      const page = readPage(store.files(id).stdout, offset, limit, !isFinal(status));
      return { page: page ?? { text: "", totalBytes: 0 }, status };
    },
  },
  {
    name: "job-answer",
    title: "Job answer",
    description: "The whole answer of a job that has completed, however long",
    path: `${jobUri("{id}")}/answer`,
    id: "job",
    read({ id, principal, offset, limit, store }) {
      const job = store.jobs.find(id, principal);
      if (job?.status !== "completed") return undefined;
      const page = readPage(store.files(id).answer, offset, limit) ??
        textPage(job.result?.content ?? "", offset, limit);
      return { page, status: job.status };
    },
  },
  {
    name: "session-transcript",
    title: "Session transcript",
    description: "All turns of a session: the prompts and the whole answers, oldest first",
    path: transcriptUri("{id}"),
    id: "session",
    read({ id, principal, offset, limit, store }) {
      const session = store.sessions.find(id, principal);
      return session && { page: transcriptPage(session, store, offset, limit) };
    },
  },
];

/**
 * Registers `aimux://jobs/{id}` and what is read of jobs and sessions page by page. The latter take
 * `offset` and `limit`, in bytes; `_meta` tells the size and where the next page begins.
 */
export function registerJobResources(server: McpServer, parts: JobResourceParts): void {
  registerJob(server, parts);
  for (const each of PAGED) registerPaged(server, each, parts);
}

function registerJob(server: McpServer, parts: JobResourceParts): void {
  server.registerResource(
    "job",
    template(jobUri("{id}"), [], "job", parts),
    {
      title: "Job",
      description: "A job with its prompt and its result: as JSON, and as text",
      mimeType: "application/json",
    },
    async ({ href: uri }, variables) => {
      const context = await parts.context();
      const job = context.store.jobs.find(idOf(variables), parts.principal);
      if (!job) throw new ResourceNotFoundError(uri);
      const payload = describeJob(job, context);
      const json = JSON.stringify({ ...payload, prompt: job.prompt }, null, 2);
      return {
        contents: [
          { uri, mimeType: "application/json", text: json },
          { uri, mimeType: "text/plain", text: jobText(payload) },
        ],
      };
    },
  );
}

function registerPaged(
  server: McpServer,
  { name, title, description, path, id, read }: Paged,
  parts: JobResourceParts,
): void {
  const mimeType = "text/plain";
  server.registerResource(
    name,
    template(path, ["offset", "limit"], id, parts),
    { title, description, mimeType },
    async ({ href: uri }, variables) => {
      const { store } = await parts.context();
      const offset = whole("offset", variables["offset"], 0, 0);
      const limit = Math.min(whole("limit", variables["limit"], PAGE_BYTES, 1), PAGE_BYTES);
      const { principal } = parts;
      const found = read({ id: idOf(variables), principal, offset, limit, store });
      if (!found) throw new ResourceNotFoundError(uri);
      const { page: { text, nextOffset, totalBytes }, status } = found;
      const meta = {
        offset,
        ...nextOffset !== undefined && { next_offset: nextOffset },
        total_bytes: totalBytes,
        ...status !== undefined && { status },
      };
      return { contents: [{ uri, mimeType, text, _meta: meta }] };
    },
  );
}

function template(
  path: string,
  query: readonly string[],
  id: ArgumentMeaning,
  { context, principal }: JobResourceParts,
): ResourceTemplate {
  const completed = completer(id, async () => ({ ...await context(), principal }));
  return new ResourceTemplate(withQuery(path, query), {
    list: undefined,
    complete: { id: completed },
  });
}

function idOf(variables: Variables): string {
  return String(variables["id"]);
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
