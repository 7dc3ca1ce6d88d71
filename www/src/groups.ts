/** An answer's readings, group by group. */

import type { Reading } from "polso";

/** In the order in which groups first come. */
export function groupedBy(readings: readonly Reading[]): ReadonlyMap<string, readonly Reading[]> {
  const groups = new Map<string, Reading[]>();
  for (const reading of readings) {
    const group = reading.group ?? "";
    const known = groups.get(group);
    if (known === undefined) groups.set(group, [reading]);
    else known.push(reading);
  }
  return groups;
}

/** The KPI's own reading among others. */
export function readingOf(readings: readonly Reading[] | undefined, kpi: string): Reading | undefined {
  return readings?.find((reading) => reading.kpi === kpi);
}
