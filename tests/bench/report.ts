/** A run's result, and how it is told. */

import type { Machine } from "./machine.ts";
import type { Options } from "./plan.ts";
import { peer, type ThroughputResult, type ThroughputRow } from "./summary.ts";
import { figure, ratio, table } from "./table.ts";

export interface Result {
  startedAt: string;
  machine: Machine;
  options: Options;
  systems: { name: string; title: string }[];
  throughput: ThroughputResult[];
}

export function report(result: Result): string {
  return [heading(result), ...result.throughput.map(throughput)].join("\n");
}

function heading({ machine, options, systems }: Result): string {
  const { processor, cores, memoryGib, kernel, node, workerd, disk, loadBefore } = machine;
  return `
${cores} cores of ${processor}, ${memoryGib} GiB, Linux ${kernel}, Node ${node}, workerd ${workerd}
state in ${disk.folder}, ${disk.kind}: ${disk.syncMs.toFixed(2)} ms to disk; load before: ${loadBefore.toFixed(2)}
medians of ${options.rounds} rounds of ${options.seconds} s; ratios are to \`${peer}\`
${systems.map(({ name, title }) => `  ${name.padEnd(12)}${title}`).join("\n")}
`;
}

const columns: [string, (row: ThroughputRow) => string][] = [
  ["requests/s", (row) => figure(row.requestsPerS)],
  ["ratio", (row) => ratio(row.toPeer?.requestsPerS)],
  ["events/s", (row) => figure(row.eventsPerS)],
  ["p50 ms", (row) => figure(row.p50Ms)],
  ["p99 ms", (row) => figure(row.p99Ms)],
  ["ratio", (row) => ratio(row.toPeer?.p99Ms)],
  ["CPU s/1,000", (row) => figure(row.cpuSecondsPer1000Events)],
  ["ratio", (row) => ratio(row.toPeer?.cpu)],
  ["rows/event", (row) => figure(row.rowsPerEvent)],
  ["bytes written", (row) => figure(row.writtenBytesPerEvent)],
  ["bytes kept", (row) => figure(row.keptBytesPerEvent)],
];

function throughput({ name, perRequest, shards, rows }: ThroughputResult): string {
  const events = perRequest === 1 ? "one event" : `${perRequest} events`;
  const title = `${name}: ${events} per request, shards: ${shards}`;
  const cells = rows.map((row) => [row.system, ...columns.map(([, cell]) => cell(row))]);
  return `${title}\n${table(["", ...columns.map(([column]) => column)], cells)}`;
}
