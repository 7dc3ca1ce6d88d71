/**
 * What the viewer looks at: the view, the window and its instant, the filters, the KPI in the charts. All of it lives
 * in the address, so that it can be shared and the back button undoes it.
 *
 * A new view begins with its name here; `views/views.ts` then asks for what makes it.
 */

import { type Dimension, dimensions, type KpiName, kpiNames, splitFilter } from "./domains.ts";

export const viewNames = ["overview", "conversions", "stories", "integrity", "rejected"] as const;
export type ViewName = (typeof viewNames)[number];

export const windowChoices = ["5m", "15m", "1h", "6h", "24h", "7d", "28d", "35d"] as const;
export type WindowChoice = (typeof windowChoices)[number];

export const kindChoices = ["sliding", "tumbling"] as const;
export type KindChoice = (typeof kindChoices)[number];

export interface Selection {
  readonly view: ViewName;
  readonly window: WindowChoice;
  readonly kind: KindChoice;
  /** The instant looked at, Unix milliseconds; none for now. */
  readonly at: number | undefined;
  readonly kpi: KpiName;
  /** What the table of all KPIs is by. */
  readonly by: Dimension;
  /** `dimension:value`, as the core takes them. */
  readonly where: readonly string[];
}

export const usual: Selection = {
  view: "overview",
  window: "1h",
  kind: "sliding",
  at: undefined,
  kpi: "conversions",
  by: "story",
  where: [],
};

/** Most filters at once; the core takes a few more. */
const filtersMax = 20;
const filterCharsMax = 200;

/** Reads what is valid and takes the default for the rest. */
export function selectionFrom(search: string): Selection {
  const params = new URLSearchParams(search);
  return {
    view: choice(viewNames, params.get("view"), usual.view),
    window: choice(windowChoices, params.get("window"), usual.window),
    kind: choice(kindChoices, params.get("kind"), usual.kind),
    at: instant(params.get("at")),
    kpi: choice(kpiNames, params.get("kpi"), usual.kpi),
    by: choice(dimensions, params.get("by"), usual.by),
    where: kept(params.getAll("where")),
  };
}

/** The query part of the address; empty for the defaults. */
export function searchOf(selection: Selection): string {
  const params = new URLSearchParams();
  for (const name of ["view", "window", "kind", "kpi", "by"] as const) {
    if (selection[name] !== usual[name]) params.set(name, selection[name]);
  }
  if (selection.at !== undefined) params.set("at", new Date(selection.at).toISOString());
  for (const filter of selection.where) params.append("where", filter);
  const search = params.toString();
  return search === "" ? "" : `?${search}`;
}

export function filterOf(dimension: Dimension, value: string): string {
  return `${dimension}:${value}`;
}

export function withFilter(selection: Selection, filter: string): Selection {
  return { ...selection, where: kept([...selection.where, filter]) };
}

export function withoutFilter(selection: Selection, filter: string): Selection {
  return { ...selection, where: selection.where.filter((other) => other !== filter) };
}

/** Adds the filter, or takes it away when it is there. */
export function toggled(selection: Selection, filter: string): Selection {
  return selection.where.includes(filter) ? withoutFilter(selection, filter) : withFilter(selection, filter);
}

function kept(filters: readonly string[]): readonly string[] {
  const valid = filters.filter((filter) => {
    return filter.length <= filterCharsMax && isOne(dimensions, splitFilter(filter).dimension);
  });
  return [...new Set(valid)].slice(0, filtersMax);
}

function instant(text: string | null): number | undefined {
  const ms = Date.parse(text ?? "");
  // What `toISOString` could not write, and what the core would not read.
  return ms >= 0 && ms < Date.UTC(9999, 0) ? ms : undefined;
}

function isOne<T extends string>(all: readonly T[], text: string | null): text is T {
  return all.includes(text as T);
}

function choice<T extends string>(all: readonly T[], text: string | null, otherwise: T): T {
  return isOne(all, text) ? text : otherwise;
}
