import { resolve } from "node:path";
import { loadConfig } from "../../config/load.ts";
import { loadProfiles } from "../../config/profiles.ts";
import { applyProject, type ProjectTrust } from "../../config/project.ts";
import { readProjectFiles } from "../../config/project_files.ts";
import { shownSetting, shownValue } from "../../config/show_settings.ts";
import { createTrust } from "../../config/trust.ts";
import { AimuxError } from "../../lib/errors.ts";
import { createRedactor, type Redactor } from "../../lib/redact.ts";
import { printableLine } from "../../lib/terminal/printable.ts";
import { defineCommand, type Program } from "../command.ts";
import { EXIT } from "../exit_codes.ts";
import { folderProblem } from "../folder_problem.ts";
import { printJson } from "../print_json.ts";
import { complain } from "./complain.ts";

/** Trusts a project, and shows with what. */
export const trust = defineCommand<{ json?: boolean }>({
  name: "trust",
  summary: "trust a project's configuration as it is now",
  description: "Shows what the files in .aimux of a folder set that needs trust, and trusts it, " +
    "for that folder and until one of these files changes.",
  argument: { name: "folder", description: "the project's folder; without it this one" },
  flags: [{ flag: "--json", description: "as one JSON document" }],

  async run({ argument, flags }, program) {
    const { machine, stdout } = program;
    try {
      const given = resolve(machine.cwd, argument ?? ".");
      const wanted = await examine(given, program);
      const { settings = [], fingerprint } = wanted ?? {};
      const folder = wanted?.folder ?? await Deno.realPath(given);
      const shown = printableLine(folder);
      const redact = createRedactor(machine.env);
      const lines = settings.map((setting) => `${shownSetting(setting, redact)}\n`);
      if (!flags.json) await stdout.write(lines.join(""));
      if (fingerprint !== undefined) {
        createTrust(machine.home).give({ folder, fingerprint, since: Date.now() });
      }
      if (flags.json) await printJson(factsOf(folder, wanted, redact), stdout);
      else if (!wanted) await stdout.write(`Nothing in ${shown} needs trust\n`);
      else await stdout.write(`Trusted: ${shown}, until one of its files in .aimux changes\n`);
      return EXIT.done;
    } catch (error) {
      return await complain(error, program);
    }
  },
});

/**
 * What of a project needs trust, checked as if it were trusted; nothing where nothing does.
 *
 * @throws AimuxError where it cannot be trusted, or is wrong
 */
async function examine(
  folder: string,
  { machine, embedded }: Program,
): Promise<ProjectTrust | undefined> {
  const problem = await folderProblem(folder);
  if (problem !== undefined) throw new AimuxError("invalid_input", problem);
  if (Number(machine.env["AIMUX_DEPTH"] ?? 0) !== 0) {
    throw new AimuxError("invalid_input", "A CLI that aimux runs may not trust a project", {
      hint: "Only the user can: tell the user why it is needed",
    });
  }
  const loaded = loadConfig({ ...machine, embedded });
  const files = readProjectFiles(folder);
  const { trust } = applyProject(files, {
    loaded,
    ...loadProfiles(loaded.folders),
    trust: { holds: () => true },
  });
  if (trust?.exposed === undefined) return trust;
  throw new AimuxError("invalid_input", `The project cannot be trusted: ${trust.exposed}`);
}

function factsOf(folder: string, wanted: ProjectTrust | undefined, redact: Redactor) {
  return {
    folder,
    trusted: wanted !== undefined,
    settings: (wanted?.settings ?? []).map((setting) => ({
      file: setting.file,
      line: setting.place().line,
      key: setting.keys.join("."),
      value: shownValue(setting, redact),
    })),
  };
}
