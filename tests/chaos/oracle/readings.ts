/** Readings that must be, compared with those that are. */

import type { Query, Reading } from "polso";

/** What of a reading is compared. */
export type Expected = Pick<Reading, "kpi" | "group" | "numerator" | "denominator">;

/** What the answer to a query must hold. */
export interface Expectation {
  readonly query: Query;
  /** Those that are not named must be zero. */
  readonly readings: readonly Expected[];
}

/** The query as its URL has it. */
export function search({ kpi = [], where = [], ...rest }: Query): string {
  const pairs = Object.entries(rest) as [string, string][];
  for (const [name, values] of Object.entries({ kpi, where }))
    pairs.push(...values.map((value) => [name, value] as [string, string]));
  return new URLSearchParams(pairs).toString();
}

/** Every number that differs, one line each. */
export function differences(expected: readonly Expected[], found: readonly Expected[]): string[] {
  const [right, is] = [cells(expected), cells(found)];
  return [...new Set([...right.keys(), ...is.keys()])]
    .filter((cell) => (right.get(cell) ?? 0) !== (is.get(cell) ?? 0))
    .map((cell) => `${cell} is ${is.get(cell) ?? 0} instead of ${right.get(cell) ?? 0}`);
}

function cells(readings: readonly Expected[]): Map<string, number> {
  return new Map(
    readings.flatMap(({ kpi, group, numerator, denominator }) => [
      [`${kpi} of \`${group}\``, numerator] as const,
      ...(denominator === null ? [] : [[`the denominator of ${kpi} of \`${group}\``, denominator] as const]),
    ]),
  );
}
