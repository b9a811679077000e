/** One real CLI on its stage: a home, a project, a model on this machine, and aimux between. */
import { type Result, startServer, type TestServer } from "../e2e/server.ts";
import { createWorkplace } from "../e2e/workplace.ts";
import { type ModelServer, startModelServer } from "./model/server.ts";
import type { Subject } from "./subjects.ts";

/** What a case works with. */
export interface Stage extends AsyncDisposable {
  subject: Subject;
  model: ModelServer;
  aimux: TestServer;
  /** The folder that the CLI works in. */
  project: string;
  /** Calls exec, and waits for the job's end, however long that takes. */
  ask(prompt: string, more?: Record<string, unknown>): Promise<Result>;
  /** Paths in the project with their contents, git's own left out. */
  files(): Promise<Record<string, string>>;
}

/** Seconds that a run may take before it is given up, unless more is known to be needed. */
const TIMEOUT_SECONDS = 170;

/**
 * Sets everything up.
 *
 * @param program the CLI's
 * @param node the folder of the Node that it runs with
 */
export async function setStage(subject: Subject, program: string, node: string): Promise<Stage> {
  const model = startModelServer();
  const workplace = await createWorkplace({
    // The cases of failure are no reason to leave the CLI alone.
    config: {
      server: { kill_grace_seconds: 3 },
      circuit_breaker: { failure_threshold: 1000 },
    },
    env: subject.env(model.url),
  });
  const { home, project, bin, env } = workplace;
  env["PATH"] = `${bin}:${node}:/usr/bin:/bin`;
  env["TMPDIR"] = `${home}/tmp`;
  env["TERM"] = "dumb";
  await Deno.mkdir(env["TMPDIR"]);
  await Deno.symlink(program, `${bin}/${subject.binary}`);
  for (const [path, text] of Object.entries(subject.files?.(model.url) ?? {})) {
    await Deno.mkdir(`${home}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.writeTextFile(`${home}/${path}`, text);
  }
  await new Deno.Command("git", { args: ["init", "--quiet"], cwd: project }).output();
  await Deno.writeTextFile(`${project}/README.md`, "# A project\n");
  const aimux = await startServer({ workplace });

  return {
    subject,
    model,
    aimux,
    project,
    async ask(prompt, more = {}) {
      let result = await aimux.call("exec", {
        prompt,
        cli: subject.cli,
        ...subject.model !== undefined && { model: subject.model },
        timeout_seconds: Math.max(TIMEOUT_SECONDS, subject.patience ?? 0),
        ...more,
      });
      while (result["status"] === "running" || result["status"] === "queued") {
        result = await aimux.call("status", { job_id: result["job_id"], wait_seconds: 45 });
      }
      return result;
    },
    files: () => filesBelow(project),
    async [Symbol.asyncDispose]() {
      await aimux[Symbol.asyncDispose]();
      await model[Symbol.asyncDispose]();
      await workplace[Symbol.asyncDispose]();
    },
  };
}

async function filesBelow(folder: string, prefix = ""): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (name === ".git") continue;
    const path = `${folder}/${name}`;
    if (isDirectory) Object.assign(found, await filesBelow(path, `${prefix}${name}/`));
    else found[prefix + name] = await Deno.readTextFile(path).catch(() => "");
  }
  return found;
}
