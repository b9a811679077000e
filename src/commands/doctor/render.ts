/** Sections as lines of text: tables for a terminal, one fact a line elsewhere. */
import { cutToWidth } from "../../lib/terminal/display_width.ts";
import { type Cell, tableLines } from "../../lib/terminal/table.ts";
import type { Output } from "../output.ts";
import { paint } from "../paint.ts";
import type { Fact, Section } from "./sections.ts";

/**
 * The text that suits the output.
 *
 * @param home The home folder, which stands as `~` where room is short.
 */
export function renderSections(
  sections: readonly Section[],
  output: Pick<Output, "styled" | "columns">,
  home: string,
): string {
  const text = output.styled
    ? sections.map((section) => asTable(section, output, home)).join("\n\n")
    : sections.flatMap(asLines).join("\n");
  return `${text}\n`;
}

function asTable(
  { title, head = [], rows }: Section,
  output: Pick<Output, "styled" | "columns">,
  home: string,
): string {
  const cell = ({ text, style }: Fact): Cell => ({
    text: home.length > 1 ? text.replaceAll(`${home}/`, "~/") : text,
    ...style && { paint: (shown) => paint(shown, style, output) },
  });
  const table = rows.map((row) =>
    row.length === 1 ? [{ text: "-" }, cell(row[0]!)] : row.map(cell)
  );
  if (head.length > 0) table.unshift(head.map((text) => cell({ text, style: "dim" })));
  const columns = output.columns();
  const shown = paint(cutToWidth(title, columns - 1), "bold", output);
  return [shown, ...tableLines(table, columns)].join("\n");
}

/** `cli codex: ready, 0.169.0, /usr/bin/codex`: what is asked for can be found by its beginning. */
function asLines({ name, rows }: Section): string[] {
  return rows.map(([subject, ...facts]) => {
    if (facts.length === 0) return `${name}: ${subject!.text}`;
    const told = facts.filter(({ text }) => text !== "").map(({ text, label }) => {
      const line = text.replaceAll("\n", ", ");
      return label === undefined ? line : `${label} ${line}`;
    });
    return `${name} ${subject!.text}: ${told.join(", ")}`;
  });
}
