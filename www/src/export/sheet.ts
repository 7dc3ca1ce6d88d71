/**
 * A table of the page as rows of cells.
 *
 * A cell that shows a number carries it in `data-number`, one that shows an age or the like carries what an export
 * should say in `data-export`; any other is its text. What is hidden from readers (drawn bars) is left out.
 */

import type { CsvCell } from "./csv.ts";

/** The heads first. */
export function sheetOf(table: HTMLTableElement): CsvCell[][] {
  return Array.from(table.rows, (row) => Array.from(row.cells).filter(isRead).map(cellOf));
}

/** The drawn column has an empty head of its own. */
function isRead(cell: HTMLTableCellElement): boolean {
  return cell.ariaHidden !== "true";
}

function cellOf(cell: HTMLTableCellElement): CsvCell {
  const { number, export: said } = cell.dataset;
  if (number !== undefined) return number === "" ? null : Number(number);
  return said ?? cell.textContent.trim();
}
