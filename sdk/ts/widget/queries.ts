/**
 * What a widget asks of the core: its number, and its course or its groups. Decides how fine a course is drawn; every
 * figure in it is the core's.
 */

import type { Query, WindowKind } from "../types.ts";

/** What a widget is set to show. */
export interface Question {
  readonly kpi: string;
  readonly window: string;
  readonly kind: WindowKind;
  readonly where: readonly string[];
  readonly by: string | undefined;
}

export interface Queries {
  readonly total: Query;
  /** The course of the window, or its groups; none of a window that has no steps. */
  readonly detail: Query | undefined;
  /** Length of a step, where the detail is a course. */
  readonly stepMs: number | undefined;
}

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const unitMs: Readonly<Record<string, number>> = { s: secondMs, m: minuteMs, h: hourMs, d: dayMs };

/** Each a multiple of the buckets that windows of up to this many steps are made of. */
const steps = ["30s", "1m", "5m", "15m", "30m", "1h", "3h", "6h", "1d", "7d"] as const;
const stepsMax = 40;

/** The length of `5m`, `24h`, …; none of `all` and of what is no window. */
export function lengthMs(window: string): number | undefined {
  const [, count, unit] = /^(\d{1,9})([smhd])$/.exec(window) ?? [];
  return unit === undefined ? undefined : Number(count) * (unitMs[unit] ?? 0);
}

/** The finest step that a sparkline has room for; none where there would be one step only. */
export function stepOf(window: string): string | undefined {
  const length = lengthMs(window);
  if (length === undefined) return undefined;
  const step = steps.find((one) => length / (lengthMs(one) ?? 0) <= stepsMax) ?? "7d";
  return (lengthMs(step) ?? 0) < length ? step : undefined;
}

export function queriesOf({ kpi, window, kind, where, by }: Question): Queries {
  const total: Query = {
    window,
    kpi: [kpi],
    ...(kind === "sliding" ? {} : { kind }),
    ...(where.length > 0 ? { where } : {}),
  };
  // The first 15 minutes of stories are told apart by story alone.
  const detail = by ?? (kpi === "ctr_15m" ? undefined : stepOf(window));
  return {
    total,
    detail: detail === undefined ? undefined : { ...total, by: detail },
    stepMs: detail === undefined ? undefined : lengthMs(detail),
  };
}

const conversions = ["conversions", "conversion_rate", "average_value", "total_value", "cpa"];
const stories = [
  "views",
  "clicks",
  "ctr",
  "completion",
  "early_exit",
  "local_shares",
  "reactions",
  "comments",
  "shares",
];

/**
 * The key of queries that may be asked as one, of several KPIs: the same but for KPIs that can be told apart alike. One that
 * is not known here stands alone, so that a wrong name spoils nobody's numbers.
 */
export function sharedKey({ kpi = [], ...rest }: Query): string {
  const [name = ""] = kpi;
  const family = [conversions, stories].findIndex((names) => names.includes(name));
  return JSON.stringify([family < 0 ? name : family, rest]);
}
