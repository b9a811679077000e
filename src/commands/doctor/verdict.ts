/** What keeps aimux from working, and what else is not as it should be. */
import { formatProblem } from "../../config/problem.ts";
import type { Config } from "../../config/schema.ts";
import type { Health } from "../../engine/health_shape.ts";
import { healthProblems, healthWarnings } from "../../engine/health_warnings.ts";
import { cliWarnings } from "./clis.ts";
import type { DoctorReport } from "./report.ts";

/** What the verdict is on. */
export interface Findings {
  section: DoctorReport["config"];
  roles: DoctorReport["roles"];
  health: Health;
  clis: DoctorReport["clis"];
  config: Config;
}

/** Says what follows from all that was found. */
export function verdictOn(
  { section, roles, health, clis, config }: Findings,
): Pick<DoctorReport, "status" | "problems" | "warnings"> {
  const { project } = section;
  const problems = [
    ...[...section.problems, ...project.problems].map(formatProblem),
    ...healthProblems(health),
  ];
  const warnings = [
    ...healthWarnings(health, config.roles),
    ...cliWarnings(clis),
    ...unusable(health.clis.some(({ state }) => state === "ready") ? roles : []),
    ...project.warnings,
  ];
  const status = problems.length > 0 ? "unusable" : warnings.length > 0 ? "degraded" : "ok";
  return { status, problems, warnings };
}

/** Roles that cannot be used; several have the same reason. */
function unusable(roles: DoctorReport["roles"]): string[] {
  const byProblem = Map.groupBy(roles.filter(({ problem }) => problem), ({ problem }) => problem!);
  return Array.from(byProblem, ([problem, group]) => {
    const names = group.map(({ name }) => name).join(", ");
    return `${group.length === 1 ? "Role" : "Roles"} ${names} cannot be used: ${problem}`;
  });
}
