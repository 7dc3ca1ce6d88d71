/**
 * Rows as CSV (RFC 4180) that a spreadsheet opens by double click: behind a byte order mark, without which Excel
 * takes UTF-8 for something else, and with the separator and the decimal mark of the reader's language.
 *
 * A text that a spreadsheet would run as a formula is led by an apostrophe. A number is not a text: it may be negative.
 */

import type { Language } from "../messages/messages.ts";

/** `null` is an empty cell: missing is not zero. */
export type CsvCell = string | number | null;

export interface CsvStyle {
  readonly separator: string;
  readonly decimal: string;
}

/** Italian Excel takes `;` and `1,5`; the English one `,` and `1.5`. */
export const csvStyles: Readonly<Record<Language, CsvStyle>> = {
  it: { separator: ";", decimal: "," },
  en: { separator: ",", decimal: "." },
};

const byteOrderMark = "\ufeff";
const formula = /^[=+\-@\t\r]/;

/** A whole file. */
export function csvFile(rows: readonly (readonly CsvCell[])[], style: CsvStyle): string {
  return byteOrderMark + csvRecords(rows, style);
}

/** Its records alone, each ended by CR LF. */
export function csvRecords(rows: readonly (readonly CsvCell[])[], style: CsvStyle): string {
  const record = (row: readonly CsvCell[]) => row.map((cell) => field(cell, style)).join(style.separator);
  return rows.map((row) => `${record(row)}\r\n`).join("");
}

function field(cell: CsvCell, { separator, decimal }: CsvStyle): string {
  if (cell === null) return "";
  if (typeof cell === "number") return quoted(String(cell).replace(".", decimal), separator);
  return quoted(formula.test(cell) ? `'${cell}` : cell, separator);
}

function quoted(text: string, separator: string): string {
  const plain = !text.includes(separator) && !/["\r\n]/.test(text);
  return plain ? text : `"${text.replaceAll('"', '""')}"`;
}
