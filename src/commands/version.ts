import { defineCommand } from "./command.ts";
import { printJson } from "./print_json.ts";

/** Tells the version, and what the program runs on. */
export const version = defineCommand<{ json?: boolean }>({
  name: "version",
  summary: "print the version, and what aimux runs on",
  description: "Prints the version of aimux, and what it runs on.",
  flags: [{ flag: "--json", description: "as one JSON document" }],

  async run({ flags }, { version, stdout }) {
    const { os, arch, standalone } = Deno.build;
    const { deno, v8 } = Deno.version;
    const facts = { version, deno, v8, os, arch, binary: standalone };
    if (flags.json) await printJson(facts, stdout);
    else {
      const form = standalone ? "binary" : "sources";
      await stdout.write(`aimux ${version}\nDeno ${deno}, V8 ${v8}, ${os} ${arch}, ${form}\n`);
    }
    return 0;
  },
});
