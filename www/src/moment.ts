/**
 * One instant looked at, and the windows that views ask for around it.
 *
 * Decides which windows; every number in them is the core's. What is asked always names its instant, so that now and
 * an hour of last week take the same way.
 */

import type { Query } from "polso";
import { type Dimension, type Domain, domains, filtersFor, type KpiName } from "./domains.ts";
import type { Selection } from "./selection.ts";

export interface Moment {
  readonly selection: Selection;
  /** The server's clock. */
  readonly nowMs: number;
  /** The instant looked at: now, or an earlier one. */
  readonly atMs: number;
}

export function momentOf(selection: Selection, nowMs: number): Moment {
  // An instant ahead of now would show windows of which nothing can be known yet.
  return { selection, nowMs, atMs: Math.min(selection.at ?? nowMs, nowMs) };
}

export const iso = (ms: number): string => new Date(ms).toISOString();

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;
/** How far back the core holds buckets of five minutes. */
const fiveMinutesHeldMs = 48 * hourMs;
/** How far back the core holds buckets of an hour. */
export const hoursHeldMs = 35 * dayMs;

/** Whether windows of five minutes that begin at this instant can still be told apart. */
export function holdsFiveMinutes(fromMs: number, nowMs: number): boolean {
  return fromMs >= nowMs - fiveMinutesHeldMs + 5 * minuteMs;
}

/** Whether whole hours from this instant on can still be told apart. */
export function holdsHours(fromMs: number, nowMs: number): boolean {
  return fromMs >= nowMs - hoursHeldMs + hourMs;
}

/** The chosen window with the chosen filters. */
export function windowQuery(moment: Moment, domain: Domain): Query {
  const { selection, atMs } = moment;
  return {
    window: selection.window,
    kind: selection.kind,
    at: iso(atMs),
    kpi: domains[domain].kpis,
    where: filtersFor(domain, selection.where),
  };
}

/**
 * One KPI by the largest values of a dimension, and by how many there are. The dimension's own filters do not count: its other values stay there to be
 * chosen, as the rest of the page follows.
 */
export function breakdownQuery(
  { selection, atMs }: Moment,
  { domain, by, kpi, top }: { domain: Domain; by: Dimension; kpi: KpiName; top: number },
): Query {
  const { window, kind, where } = selection;
  return { window, kind, at: iso(atMs), kpi: [kpi], by, top, where: filtersFor(domain, where, by) };
}

/** Everything ever counted, by source: who sends events of this subject. */
export function sourcesQuery(domain: Domain): Query {
  return { window: "all", by: "source", kpi: [domains[domain].kpis[0]] };
}
