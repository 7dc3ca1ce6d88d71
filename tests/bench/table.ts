/** Figures as text, in columns. */

/** Rows of cells under a heading, the first column to the left, all others to the right. */
export function table(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [heading, ...rows];
  const widths = heading.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join("  ")
      .trimEnd();
  return `${[line(heading), line(widths.map((width) => "─".repeat(width))), ...rows.map(line)].join("\n")}\n`;
}

/** Three significant digits, thousands apart; a dash for what is not known. */
export function figure(value: number | null, unit = ""): string {
  if (value === null || Number.isNaN(value)) return "–";
  const rounded = value >= 100 ? Math.round(value) : Number(value.toPrecision(3));
  return `${rounded.toLocaleString("en-US", { maximumFractionDigits: 6 })}${unit}`;
}

/** A multiple of the peer's figure. */
export const ratio = (value: number | null | undefined) =>
  value === null || value === undefined ? "–" : `${value.toFixed(2)} ×`;
