/** What an emulated CLI keeps on disk: its calls, its children and its conversations. */

/** A conversation that can be resumed. */
export interface Session {
  id: string;
  /** How many prompts it has had. */
  turns: number;
  created: number;
  /** What a CLI keeps besides. */
  data?: unknown;
}

/** The state of one CLI in one home. */
export type Store = ReturnType<typeof openStore>;

/** The folder of a CLI's state. */
export function stateFolder(home: string, cli: string): string {
  return `${home}/.aimux-emulators/${cli}`;
}

/** Opens the state below `folder`, which need not exist. */
export function openStore(folder: string) {
  const sessions = `${folder}/sessions`;
  Deno.mkdirSync(sessions, { recursive: true });
  return { append, session, save, begin, all, latest, claim };

  /** Appends one JSON line to a file; one write, so that lines of parallel calls do not mix. */
  function append(file: string, value: unknown): void {
    Deno.writeTextFileSync(`${folder}/${file}`, JSON.stringify(value) + "\n", { append: true });
  }

  function session(id: string): Session | undefined {
    return readJson(`${sessions}/${encodeURIComponent(id)}.json`);
  }

  function save(session: Session): void {
    writeAtOnce(`${sessions}/${encodeURIComponent(session.id)}.json`, JSON.stringify(session));
    writeAtOnce(`${folder}/latest`, session.id);
  }

  function begin(id: string): Session {
    return { id, turns: 0, created: Date.now() };
  }

  /** All conversations, the oldest first. */
  function all(): Session[] {
    return [...Deno.readDirSync(sessions)]
      .flatMap((entry) => readJson(`${sessions}/${entry.name}`) ?? [])
      .sort((a, b) => a.created - b.created);
  }

  function latest(): Session | undefined {
    try {
      return session(Deno.readTextFileSync(`${folder}/latest`));
    } catch {
      return undefined;
    }
  }

  /** Counts the calls of one scenario from 0, also when they come at the same time. */
  function claim(id: string): number {
    const claims = `${folder}/scenarios/${encodeURIComponent(id)}`;
    Deno.mkdirSync(claims, { recursive: true });
    for (let n = 0;; n++) {
      try {
        Deno.openSync(`${claims}/${n}`, { write: true, createNew: true }).close();
        return n;
      } catch (error) {
        if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
      }
    }
  }
}

function readJson(path: string): Session | undefined {
  try {
    return JSON.parse(Deno.readTextFileSync(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function writeAtOnce(path: string, text: string): void {
  const draft = `${path}.${Deno.pid}`;
  Deno.writeTextFileSync(draft, text);
  Deno.renameSync(draft, path);
}
