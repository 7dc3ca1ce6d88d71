/** What a scenario has shown: figures to read, and what must not be, which is a failure of the run. */

export interface Report {
  readonly scenario: string;
  readonly figures: Readonly<Record<string, number | string>>;
  /** One line each; none when everything held. */
  readonly wrong: readonly string[];
  /** Targets of time and memory that were missed, one line each. A busy machine may be why. */
  readonly missed?: readonly string[];
}

/** What people read of what is wrong; programs get all of it. */
const linesMax = 40;

/** A report as people read it. */
export function table({ scenario, figures, wrong, missed = [] }: Report): string {
  const width = Math.max(...Object.keys(figures).map((name) => name.length));
  const shown = (value: number | string) => (typeof value === "number" ? value.toLocaleString("en") : value);
  const rows = Object.entries(figures).map(([name, value]) => `  ${name.padEnd(width)}  ${shown(value)}`);
  const under = (title: string, lines: readonly string[]) => {
    const more = lines.length > linesMax ? [`and ${lines.length - linesMax} more`] : [];
    return lines.length === 0
      ? []
      : [`  ${title}`, ...[...lines.slice(0, linesMax), ...more].map((line) => `    ${line}`)];
  };
  const verdict = [...under("WRONG", wrong), ...under("missed", missed)];
  return [scenario, ...rows, ...(verdict.length === 0 ? ["  everything held"] : verdict)].join("\n");
}

/** So many of something, where more than none is wrong. */
export const unlessNone = (what: string, count: number) => (count === 0 ? [] : [`${what}: ${count}`]);
