/**
 * The two subjects of the numbers, with the KPIs and dimensions of each that the pages show.
 *
 * What a filter means for a subject that does not know its dimension is decided here: nothing.
 */

const conversions = {
  kpis: ["conversions", "conversion_rate", "average_value", "total_value", "cpa"],
  dimensions: ["source", "canale", "campagna", "evento", "dispositivo", "localita", "stato"],
} as const;

const stories = {
  kpis: ["views", "ctr", "completion", "early_exit", "local_shares", "reactions", "comments", "shares"],
  dimensions: ["source", "story", "luogo", "formato", "eta", "genere", "interesse"],
} as const;

export const domains = { conversions, stories } as const;
export type Domain = keyof typeof domains;
export const domainNames = ["conversions", "stories"] as const satisfies readonly Domain[];

export type ConversionKpi = (typeof conversions.kpis)[number];
export type StoryKpi = (typeof stories.kpis)[number];
/** A KPI that charts can show. */
export type KpiName = ConversionKpi | StoryKpi;
export type Dimension = (typeof conversions.dimensions)[number] | (typeof stories.dimensions)[number];

export const kpiNames: readonly KpiName[] = [...conversions.kpis, ...stories.kpis];
export const dimensions: readonly Dimension[] = [...new Set([...conversions.dimensions, ...stories.dimensions])];

/** The KPI that charts of a subject show: the chosen one, or the subject's first. */
export function shownKpi(domain: Domain, chosen: KpiName): KpiName {
  const known: readonly KpiName[] = domains[domain].kpis;
  return known.includes(chosen) ? chosen : (known[0] ?? chosen);
}

/** The dimension that a subject's table is by: the chosen one, or its usual one. */
export function shownDimension(domain: Domain, chosen: Dimension): Dimension {
  if (knows(domain, chosen)) return chosen;
  return domain === "stories" ? "story" : "canale";
}

export function knows(domain: Domain, dimension: string): boolean {
  return (domains[domain].dimensions as readonly string[]).includes(dimension);
}

/** The filters that a subject understands, without those of one dimension. */
export function filtersFor(domain: Domain, where: readonly string[], without?: Dimension): readonly string[] {
  return where.filter((filter) => {
    const { dimension } = splitFilter(filter);
    return knows(domain, dimension) && dimension !== without;
  });
}

/** A value may hold colons itself: the first one separates. */
export function splitFilter(filter: string): { readonly dimension: string; readonly value: string } {
  const colon = filter.indexOf(":");
  return { dimension: filter.slice(0, Math.max(colon, 0)), value: filter.slice(colon + 1) };
}
