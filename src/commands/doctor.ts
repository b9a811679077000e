import { createRedactor } from "../lib/redact.ts";
import { printable } from "../lib/terminal/printable.ts";
import { defineCommand } from "./command.ts";
import { EXIT } from "./exit_codes.ts";
import { folderProblem } from "./folder_problem.ts";
import { exitCodeOfSignal, firstStopSignal } from "./stop_signals.ts";
import { printJson } from "./print_json.ts";

/** Tells how everything is, and what to do about it. */
export const doctor = defineCommand<{ json?: boolean; cwd?: string }>({
  name: "doctor",
  summary: "tell what works, what does not, and what to do",
  description:
    "Tells of each CLI where it is, its version, and what to do where it cannot be used; " +
    "where each role goes; how database and log are; each value of the configuration with its " +
    "origin; and what this process may do. Works also where the configuration is broken.",
  flags: [
    { flag: "--json", description: "as one JSON document" },
    { flag: "--cwd <folder>", description: "the folder whose calls it is about; without it this" },
  ],
  notes: "Exit codes:\n" +
    "  0  a CLI can be used, and nothing keeps aimux from working; there may be warnings\n" +
    "  1  something keeps aimux from working: mistakes in the configuration, no CLI, no database\n" +
    "  2  the command line is wrong",

  async run({ flags }, program) {
    const { stdout, stderr, machine } = program;
    const folder = flags.cwd ?? machine.cwd;
    const problem = await folderProblem(folder);
    if (problem !== undefined) {
      await stderr.write(`${printable(createRedactor(machine.env)(problem))}\n`);
      return EXIT.refused;
    }
    const { examine } = await import("./doctor/examine.ts");
    const stop = new AbortController();
    const examining = examine(program, folder, stop.signal);
    const signal = await Promise.race([examining.then(() => undefined), firstStopSignal()]);
    // The CLIs that are being asked for their versions are ended first.
    stop.abort();
    const report = await examining;
    if (signal !== undefined) return exitCodeOfSignal(signal);
    if (flags.json) await printJson(report, stdout);
    else {
      const { sectionsOf } = await import("./doctor/sections.ts");
      const { renderSections } = await import("./doctor/render.ts");
      await stdout.write(renderSections(sectionsOf(report), stdout, machine.home));
    }
    return report.status === "unusable" ? EXIT.failed : EXIT.done;
  },
});
