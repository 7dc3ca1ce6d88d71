/** From the rounds of a case to one row for each system, with its ratio to the peer. */

import { median } from "./statistics.ts";
import type { Round, ThroughputCase } from "./throughput.ts";

/** The system that the others are compared with. */
export const peer = "javascript";

export interface ThroughputRow extends Round {
  system: string;
  /** Requests per second, 99th percentile and processor time as multiples of the peer's; none without it. */
  toPeer: { requestsPerS: number; p99Ms: number; cpu: number | null } | null;
  rounds: Round[];
}

export interface ThroughputResult extends ThroughputCase {
  rows: ThroughputRow[];
}

export function summary(what: ThroughputCase, rounds: ReadonlyMap<string, Round[]>): ThroughputResult {
  const medians = new Map([...rounds].filter(([, all]) => all.length > 0).map(([name, all]) => [name, middle(all)]));
  const other = medians.get(peer);
  const rows = [...medians].map(([system, row]) => ({
    system,
    ...row,
    toPeer: other === undefined ? null : ratios(row, other),
    rounds: rounds.get(system) ?? [],
  }));
  return { ...what, rows };
}

const ratios = (row: Round, other: Round) => ({
  requestsPerS: row.requestsPerS / other.requestsPerS,
  p99Ms: row.p99Ms / other.p99Ms,
  cpu:
    row.cpuSecondsPer1000Events === null || other.cpuSecondsPer1000Events === null
      ? null
      : row.cpuSecondsPer1000Events / other.cpuSecondsPer1000Events,
});

/** Each figure's own median. */
function middle(rounds: readonly Round[]): Round {
  const of = (name: keyof Round) => {
    const known = rounds.map((round) => round[name]).filter((figure) => figure !== null);
    return known.length === 0 ? null : median(known);
  };
  const sure = (name: keyof Round) => of(name) ?? Number.NaN;
  return {
    requestsPerS: sure("requestsPerS"),
    eventsPerS: sure("eventsPerS"),
    p50Ms: sure("p50Ms"),
    p99Ms: sure("p99Ms"),
    cpuSecondsPer1000Events: of("cpuSecondsPer1000Events"),
    writtenBytesPerEvent: of("writtenBytesPerEvent"),
    rowsPerEvent: of("rowsPerEvent"),
    keptBytesPerEvent: sure("keptBytesPerEvent"),
    loadCpuShare: sure("loadCpuShare"),
  };
}
