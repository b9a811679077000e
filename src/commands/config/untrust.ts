import { resolve } from "node:path";
import { createTrust } from "../../config/trust.ts";
import { printableLine } from "../../lib/terminal/printable.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit_codes.ts";
import { printJson } from "../print_json.ts";
import { complain } from "./complain.ts";

/** Takes trust from a project. */
export const untrust = defineCommand<{ json?: boolean }>({
  name: "untrust",
  summary: "trust a project's configuration no longer",
  description: "Takes the trust from a folder, which may be gone.",
  argument: { name: "folder", description: "the project's folder; without it this one" },
  flags: [{ flag: "--json", description: "as one JSON document" }],

  async run({ argument, flags }, program) {
    const { machine, stdout } = program;
    try {
      const folder = await withoutLinks(resolve(machine.cwd, argument ?? "."));
      const was_trusted = createTrust(machine.home).take(folder);
      const told = was_trusted ? "No longer trusted" : "Was not trusted";
      if (flags.json) await printJson({ folder, was_trusted }, stdout);
      else await stdout.write(`${told}: ${printableLine(folder)}\n`);
      return EXIT.done;
    } catch (error) {
      return await complain(error, program);
    }
  },
});

async function withoutLinks(folder: string): Promise<string> {
  return await Deno.realPath(folder).catch(() => folder);
}
