/** Reads a command line as strictly as the real CLIs do. */

/** The flags of one command; each entry lists the spellings, the long one last: `-m, --model`. */
export interface Grammar {
  /** Flags without a value. */
  switches?: string[];
  /** Flags that take the next argument. */
  values?: string[];
  /** Flags that take the next argument unless it looks like a flag. */
  optional?: string[];
  /** Whether a value may begin with `-`; by default it may not. */
  hyphenValues?: boolean;
  /** A word that begins another command; what follows it comes back as `rest`. */
  subcommand?: string;
}

/** A command line that obeys the grammar; names come without their dashes. */
export interface Args {
  switches: Set<string>;
  /** The last value of each flag; empty for an optional value that was left out. */
  values: Record<string, string>;
  words: string[];
  /** The arguments after the subcommand, where it was given. */
  rest?: string[];
}

/** The first argument that breaks the grammar. */
export interface Problem {
  problem: "unknown" | "missing";
  flag: string;
  /** The words that were read in spite of the problem. */
  words: string[];
}

type Arity = "none" | "one" | "maybe";

/** Splits `argv` into switches, values and words, or tells the first problem. */
export function parseArgs(argv: readonly string[], grammar: Grammar): Args | Problem {
  const flags = flagTable(grammar);
  const args: Args = { switches: new Set(), values: {}, words: [] };
  let problem: Omit<Problem, "words"> | undefined;

  for (let i = 0; i < argv.length; i++) {
    const argument = argv[i]!;
    if (argument === "--") {
      args.words.push(...argv.slice(i + 1));
      break;
    }
    if (!looksLikeFlag(argument)) {
      if (argument === grammar.subcommand) {
        args.rest = argv.slice(i + 1);
        break;
      }
      args.words.push(argument);
      continue;
    }
    const [spelling, attached] = splitAtEquals(argument);
    const flag = flags.get(spelling);
    if (flag === undefined) {
      problem ??= { problem: "unknown", flag: argument };
    } else if (flag.arity === "none") {
      args.switches.add(flag.name);
    } else if (attached !== undefined) {
      args.values[flag.name] = attached;
    } else if (mayBeValue(argv[i + 1], flag.arity === "one" && grammar.hyphenValues === true)) {
      args.values[flag.name] = argv[++i]!;
    } else if (flag.arity === "maybe") {
      args.values[flag.name] = "";
    } else {
      problem ??= { problem: "missing", flag: spelling };
    }
  }
  return problem === undefined ? args : { ...problem, words: args.words };
}

function flagTable(grammar: Grammar): Map<string, { name: string; arity: Arity }> {
  const table = new Map<string, { name: string; arity: Arity }>();
  const add = (entries: string[] | undefined, arity: Arity) => {
    for (const entry of entries ?? []) {
      const spellings = entry.split(", ");
      const name = spellings.at(-1)!.replace(/^-+/, "");
      for (const spelling of spellings) table.set(spelling, { name, arity });
    }
  };
  add(grammar.switches, "none");
  add(grammar.values, "one");
  add(grammar.optional, "maybe");
  return table;
}

function looksLikeFlag(argument: string): boolean {
  return argument.startsWith("-") && argument !== "-";
}

function mayBeValue(argument: string | undefined, hyphens: boolean): argument is string {
  return argument !== undefined && (hyphens || !looksLikeFlag(argument));
}

function splitAtEquals(argument: string): [string, string | undefined] {
  const at = argument.startsWith("--") ? argument.indexOf("=") : -1;
  return at < 0 ? [argument, undefined] : [argument.slice(0, at), argument.slice(at + 1)];
}
