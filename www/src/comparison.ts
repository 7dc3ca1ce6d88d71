/**
 * The same hours of last week: which hours are compared, and how a reading has changed.
 *
 * Whole hours on both sides, because no finer buckets are held for a week. "The same hours" are those that clocks in
 * Rome show, so that a change to summer time in between moves nothing. Hours are held for 35 days: windows that would
 * reach further back have no comparison.
 */

import type { Query, Reading } from "polso";
import { type Domain, domains, filtersFor } from "./domains.ts";
import { dayMs, holdsHours, hourMs, iso, type Moment } from "./moment.ts";
import type { WindowChoice } from "./selection.ts";

const hoursOf: Readonly<Record<WindowChoice, number>> = {
  "5m": 1,
  "15m": 1,
  "1h": 1,
  "6h": 6,
  "24h": 24,
  "7d": 168,
  "28d": 672,
  "35d": 840,
};

export interface Compared {
  readonly hours: number;
  /** The end of the later span, a whole hour. */
  readonly endMs: number;
  readonly beforeEndMs: number;
}

/** @param offsetMs how far Rome's clocks are ahead of UTC at an instant */
export function comparedAt({ selection, atMs, nowMs }: Moment, offsetMs: (ms: number) => number): Compared | undefined {
  const hours = hoursOf[selection.window];
  const endMs = Math.floor(atMs / hourMs) * hourMs;
  const weekBeforeMs = endMs - 7 * dayMs;
  const beforeEndMs = weekBeforeMs + offsetMs(endMs) - offsetMs(weekBeforeMs);
  return holdsHours(beforeEndMs - hours * hourMs, nowMs) ? { hours, endMs, beforeEndMs } : undefined;
}

/** The later span, then the earlier one. */
export function comparedQueries(compared: Compared, { selection }: Moment, domain: Domain): readonly Query[] {
  const asked = { kpi: domains[domain].kpis, where: filtersFor(domain, selection.where) };
  return [compared.endMs, compared.beforeEndMs].map((endMs) => {
    // A sliding window holds the buckets that begin up to its instant.
    return { window: `${compared.hours}h`, at: iso(endMs - 1), ...asked };
  });
}

/** A change: of a ratio in hundredths of the whole, of others as a part of what was before. */
export interface Change {
  readonly by: number;
  readonly unit: "points" | "ratio";
}

/** None where one side has no value that can be relied on, or where nothing was before. */
export function changeOf(now: Reading, before: Reading): Change | undefined {
  if (now.value === null || before.value === null) return undefined;
  if (now.status === "insufficient" || before.status === "insufficient") return undefined;
  if (now.unit === "ratio") return { by: now.value - before.value, unit: "points" };
  return before.value === 0 ? undefined : { by: (now.value - before.value) / before.value, unit: "ratio" };
}
