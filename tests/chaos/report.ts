/** What a scenario has shown: figures to read, and what must not be, which is a failure of the run. */

export interface Report {
  readonly scenario: string;
  readonly figures: Readonly<Record<string, number | string>>;
  /** One line each; none when everything held. */
  readonly wrong: readonly string[];
}

/** A report as people read it. */
export function table({ scenario, figures, wrong }: Report): string {
  const width = Math.max(...Object.keys(figures).map((name) => name.length));
  const shown = (value: number | string) => (typeof value === "number" ? value.toLocaleString("en") : value);
  const rows = Object.entries(figures).map(([name, value]) => `  ${name.padEnd(width)}  ${shown(value)}`);
  const verdict = wrong.length === 0 ? "everything held" : ["WRONG:", ...wrong].join("\n    ");
  return [scenario, ...rows, `  ${verdict}`].join("\n");
}

/** So many of something, where more than none is wrong. */
export const unlessNone = (what: string, count: number) => (count === 0 ? [] : [`${what}: ${count}`]);
