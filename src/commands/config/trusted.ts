import { readProjectFiles } from "../../config/project_files.ts";
import { createTrust, type TrustedProject } from "../../config/trust.ts";
import { isoTime } from "../../lib/clock.ts";
import { printableLine } from "../../lib/terminal/printable.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit_codes.ts";
import { printJson } from "../print_json.ts";

/** Lists the projects that are trusted. */
export const trusted = defineCommand<{ json?: boolean }>({
  name: "trusted",
  summary: "list the projects that are trusted",
  description: "Lists the folders that are trusted, and whether that still holds: it does not " +
    "where their files have changed since.",
  flags: [{ flag: "--json", description: "as one JSON document" }],

  async run({ flags }, { machine, stdout }) {
    const projects = createTrust(machine.home).list()
      .map((project) => ({ ...project, holds: holds(project) }));
    if (flags.json) {
      await printJson({
        projects: projects.map(({ folder, since, holds }) => ({
          folder,
          since: isoTime(since),
          holds,
        })),
      }, stdout);
      return EXIT.done;
    }
    const lines = projects.map(({ folder, holds }) =>
      `${printableLine(folder)}${holds ? "" : ": its files have changed, it is not trusted now"}\n`
    );
    await stdout.write(lines.join("") || "No project is trusted\n");
    return EXIT.done;
  },
});

function holds({ folder, fingerprint }: TrustedProject): boolean {
  try {
    const files = readProjectFiles(folder);
    return files?.folder === folder && files.fingerprint === fingerprint &&
      files.exposed === undefined;
  } catch {
    return false; // what cannot be read is not applied either
  }
}
