/** Figures as text, in columns. */

/**
 * Rows of cells under a title and a heading: the first column to the left, all others to the right.
 * @param {string} title
 * @param {string[]} heading
 * @param {string[][]} rows
 */
export function table(title, heading, rows) {
  const all = [heading, ...rows];
  const widths = heading.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const line = (/** @type {string[]} */ row) =>
    widths
      .map((width, column) => (column === 0 ? (row[column] ?? "").padEnd(width) : (row[column] ?? "").padStart(width)))
      .join("  ")
      .trimEnd();
  return `${[title, line(heading), line(widths.map((width) => "─".repeat(width))), ...rows.map(line)].join("\n")}\n`;
}

/**
 * Two significant digits, thousands apart: no figure here is known better.
 * @param {number} value
 */
export function about(value) {
  const rounded = Number(value.toPrecision(2));
  return rounded.toLocaleString("en-US", { maximumFractionDigits: 4 });
}

/** @param {number} value */
export const dollars = (value) => `$${about(value)}`;

/** @param {number} share */
export const percent = (share) => (share === 0 ? "0" : share < 0.001 ? "< 0.1 %" : `${about(100 * share)} %`);
