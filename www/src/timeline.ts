/**
 * How a chosen window is cut into bars: steps long enough to be held that far back, few enough to be told apart.
 *
 * Up to a day the bars are equal steps, above that the days of Rome. The last one is in progress.
 */

import type { Answer, Query } from "polso";
import { type Domain, domains, filtersFor } from "./domains.ts";
import { groupedBy } from "./groups.ts";
import { dayMs, holdsFiveMinutes, hourMs, iso, type Moment, minuteMs } from "./moment.ts";
import type { WindowChoice } from "./selection.ts";

export type Step = "5m" | "30m" | "1h" | "1d";

const stepsMs: Readonly<Record<Step, number>> = { "5m": 5 * minuteMs, "30m": 30 * minuteMs, "1h": hourMs, "1d": dayMs };

const cuts: Readonly<Record<WindowChoice, { readonly step: Step; readonly count: number }>> = {
  "5m": { step: "5m", count: 13 },
  "15m": { step: "5m", count: 13 },
  "1h": { step: "5m", count: 13 },
  "6h": { step: "30m", count: 13 },
  "24h": { step: "1h", count: 25 },
  "7d": { step: "1d", count: 7 },
  "28d": { step: "1d", count: 28 },
  "35d": { step: "1d", count: 35 },
};

export interface Timeline {
  readonly step: Step;
  readonly count: number;
}

/** One bar: where it begins, and what was counted in it. */
export interface Slot {
  readonly fromMs: number;
  readonly toMs: number;
  readonly readings: Answer["readings"];
}

export function timelineOf({ selection, atMs, nowMs }: Moment): Timeline {
  const { step, count } = cuts[selection.window];
  const oldestMs = atMs - count * stepsMs[step];
  const coarser = stepsMs[step] < hourMs && !holdsFiveMinutes(oldestMs, nowMs);
  return coarser ? { step: "1h", count } : { step, count };
}

/** The whole course in one query. */
export function timelineQuery(moment: Moment, domain: Domain): Query {
  const { step, count } = timelineOf(moment);
  const asked = { kpi: domains[domain].kpis, where: filtersFor(domain, moment.selection.where) };
  if (step === "1d") return { window: `${count}d`, kind: "calendar", at: iso(moment.atMs), by: "giorno", ...asked };
  // Steps begin with their window: one that ends with the step in progress has them aligned.
  const stepMs = stepsMs[step];
  const endMs = (Math.floor(moment.atMs / stepMs) + 1) * stepMs;
  return { window: `${(count * stepMs) / minuteMs}m`, at: iso(endMs - 1), by: step, ...asked };
}

/**
 * The bars, the oldest first.
 *
 * @param answer to {@link timelineQuery}
 * @param dayStarts the days of Rome in a span
 */
export function slotsOf(answer: Answer | undefined, dayStarts: DayStarts): readonly Slot[] {
  const { kind, from, to } = answer?.window ?? { kind: undefined, from: null, to: null };
  if (answer === undefined || from === null || to === null) return [];
  const endMs = Date.parse(to);
  const groups = groupedBy(answer.readings);
  const begun =
    kind === "calendar"
      ? dayStarts(Date.parse(from), endMs).map(({ date, fromMs }) => ({ fromMs, readings: groups.get(date) ?? [] }))
      : [...groups].map(([group, readings]) => ({ fromMs: Date.parse(group), readings }));
  return begun.map((slot, index) => ({ ...slot, toMs: begun[index + 1]?.fromMs ?? endMs }));
}

/** The dates of Rome between two instants, with their beginnings. */
export type DayStarts = (fromMs: number, toMs: number) => readonly { readonly date: string; readonly fromMs: number }[];
