/** What the viewer looks at: the window, the filters, the KPI in the charts. Lives in the address, so it can be shared. */

export const windowChoices = ["5m", "15m", "1h", "24h", "7d", "30d"] as const;
export type WindowChoice = (typeof windowChoices)[number];

export const kpiNames = ["conversions", "conversion_rate", "average_value", "total_value", "cpa"] as const;
export type KpiName = (typeof kpiNames)[number];

export const dimensions = ["canale", "evento", "campagna", "dispositivo", "localita", "stato", "source"] as const;
export type Dimension = (typeof dimensions)[number];

export interface Selection {
  readonly window: WindowChoice;
  readonly kpi: KpiName;
  /** `dimension:value`, as the core takes them. */
  readonly where: readonly string[];
}

const filtersMax = 20;

/** Reads what is valid and takes the default for the rest. */
export function selectionFrom(search: string): Selection {
  const params = new URLSearchParams(search);
  const where = params.getAll("where").filter((filter) => isOne(dimensions, splitFilter(filter).dimension));
  return {
    window: choice(windowChoices, params.get("window"), "1h"),
    kpi: choice(kpiNames, params.get("kpi"), "conversions"),
    where: [...new Set(where)].slice(0, filtersMax),
  };
}

/** The query part of the address; empty for the defaults. */
export function searchOf({ window, kpi, where }: Selection): string {
  const params = new URLSearchParams();
  if (window !== "1h") params.set("window", window);
  if (kpi !== "conversions") params.set("kpi", kpi);
  for (const filter of where) params.append("where", filter);
  const search = params.toString();
  return search === "" ? "" : `?${search}`;
}

export function withFilter(selection: Selection, filter: string): Selection {
  const where = [...new Set([...selection.where, filter])].slice(0, filtersMax);
  return { ...selection, where };
}

export function withoutFilter(selection: Selection, filter: string): Selection {
  return { ...selection, where: selection.where.filter((kept) => kept !== filter) };
}

/** A value may hold colons itself: the first one separates. */
export function splitFilter(filter: string): { readonly dimension: string; readonly value: string } {
  const colon = filter.indexOf(":");
  return { dimension: filter.slice(0, Math.max(colon, 0)), value: filter.slice(colon + 1) };
}

function isOne<T extends string>(all: readonly T[], text: string | null): text is T {
  return all.includes(text as T);
}

function choice<T extends string>(all: readonly T[], text: string | null, usual: T): T {
  return isOne(all, text) ? text : usual;
}
