/** From the rounds of a case to one row for each system, with its ratio to the peer. */

import { median } from "./statistics.ts";
import type { Round, ThroughputCase } from "./throughput.ts";

/** The system that the others are compared with. */
export const peer = "javascript";

export interface ThroughputRow extends Round {
  system: string;
  /**
   * Requests per second, 99th percentile and processor time as multiples of the peer's in the same round, of which this
   * is the median: what slows the machine down for a while slows both. None without the peer.
   */
  toPeer: { requestsPerS: number; p99Ms: number; cpu: number | null } | null;
  rounds: Round[];
}

export interface ThroughputResult extends ThroughputCase {
  rows: ThroughputRow[];
}

export function summary(what: ThroughputCase, rounds: ReadonlyMap<string, Round[]>): ThroughputResult {
  const others = rounds.get(peer);
  const rows = [...rounds].map(([system, own]) => ({
    system,
    ...middle(own),
    toPeer: others === undefined ? null : ratios(own, others),
    rounds: own,
  }));
  return { ...what, rows };
}

function ratios(own: readonly Round[], others: readonly Round[]) {
  const of = (figure: (round: Round) => number | null) =>
    median(own.map((round, index) => (figure(round) ?? Number.NaN) / (figure(others[index] ?? round) ?? Number.NaN)));
  const cpu = of(({ cpuSecondsPer1000Events }) => cpuSecondsPer1000Events);
  return {
    requestsPerS: of(({ requestsPerS }) => requestsPerS),
    p99Ms: of(({ p99Ms }) => p99Ms),
    cpu: Number.isNaN(cpu) ? null : cpu,
  };
}

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
