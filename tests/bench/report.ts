/** A run's result, and how it is told. */

import type { ColdResult } from "./cold.ts";
import type { Machine } from "./machine.ts";
import type { Delays, PixelResult } from "./pixel.ts";
import type { Options } from "./plan.ts";
import { peer, type ThroughputResult, type ThroughputRow } from "./summary.ts";
import { figure, ratio, table } from "./table.ts";
import type { Target } from "./targets.ts";
import type { WakeResult } from "./wake.ts";
import type { WebhookRow } from "./webhook.ts";

/** Of one core: above it the load may be what is measured. */
const loadCpuShareMax = 0.8;

export interface Result {
  startedAt: string;
  machine: Machine;
  options: Options;
  /** Each with the reason why it did not run, if it did not. */
  systems: { name: string; title: string; skipped: string | null }[];
  throughput: ThroughputResult[];
  webhook: WebhookRow[];
  pixel: PixelResult[];
  wake: WakeResult | null;
  cold: ColdResult[];
  targets: Target[];
}

export function report(result: Result): string {
  const parts = [
    heading(result),
    ...result.throughput.map(throughput),
    ...(result.webhook.length === 0 ? [] : [webhooks(result.webhook)]),
    ...(result.pixel.length === 0 ? [] : [pixels(result.pixel)]),
    ...(result.wake === null ? [] : [wake(result.wake)]),
    ...(result.cold.length === 0 ? [] : [cold(result.cold)]),
    goals(result.targets),
  ];
  return `\n${parts.join("\n")}`;
}

function heading({ machine, options, systems }: Result): string {
  const { processor, cores, memoryGib, kernel, node, workerd, disk, loadBefore } = machine;
  const lines = [
    `${cores} cores of ${processor}, ${memoryGib} GiB, Linux ${kernel}, Node ${node}, workerd ${workerd}`,
    `state in ${disk.folder}, ${disk.kind}, ${figure(disk.syncMs)} ms to disk; load before: ${figure(loadBefore)}`,
    `medians, rounds: ${options.rounds}, each of ${options.seconds} s; ratios are to \`${peer}\``,
    ...systems.map(({ name, title, skipped }) =>
      skipped === null ? `  ${name.padEnd(12)}${title}` : `  ${name.padEnd(12)}SKIPPED: ${skipped}`,
    ),
  ];
  return `${lines.join("\n")}\n`;
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
  const busy = rows.filter(({ loadCpuShare }) => loadCpuShare > loadCpuShareMax).map(({ system }) => system);
  const warning = busy.length === 0 ? "" : `the load itself was busy, and held these back: ${busy.join(", ")}\n`;
  return `${title}\n${table(["", ...columns.map(([column]) => column)], cells)}${warning}`;
}

function webhooks(all: readonly WebhookRow[]): string {
  const cells = all.map(({ route, requestsPerS, p50Ms, p99Ms, cpuMsPerRequest, toNative }) => [
    route,
    figure(requestsPerS),
    ratio(toNative.requestsPerS),
    figure(p50Ms),
    figure(p99Ms),
    figure(cpuMsPerRequest),
    ratio(toNative.cpu),
  ]);
  const title = "webhook: a signed body of 1 KB with one event; ratios are to Polso's own route";
  return `${title}\n${table(["", "requests/s", "ratio", "p50 ms", "p99 ms", "CPU ms", "ratio"], cells)}`;
}

function pixels(all: readonly PixelResult[]): string {
  const cells = ({ p50Ms, p99Ms, worstMs, samples }: Delays) => [p50Ms, p99Ms, worstMs, samples].map((n) => figure(n));
  const rows = all.flatMap((found) => [
    [`${found.viewers} of the package`, figure(found.acceptedPerS), ...cells(found.package)],
    ...(found.dashboard === null
      ? []
      : [["  and a page in Chromium", figure(found.acceptedPerS), ...cells(found.dashboard)]]),
  ]);
  const { eventsPerS, perRequest } = all[0] ?? { eventsPerS: 0, perRequest: 0 };
  const title = `pixel: from an event to a viewer, at ${figure(eventsPerS)} events/s, ${perRequest} per request`;
  return `${title}\n${table(["viewers", "events/s", "p50 ms", "p99 ms", "worst ms", "samples"], rows)}`;
}

function wake({ filled, refusal, fillSeconds, startMs, wakeMs, residentBytes }: WakeResult): string {
  const mib = (bytes: number) => figure(bytes / 2 ** 20, " MiB");
  const rows = [
    ["events behind it", figure(filled)],
    ["filled in", figure(fillSeconds, " s")],
    ["start of the process", figure(startMs, " ms")],
    ["wake: first answer", figure(wakeMs, " ms")],
    ...(residentBytes === null
      ? []
      : [
          ["memory of the process, empty", mib(residentBytes.empty)],
          ["memory of the process, filled", mib(residentBytes.filled)],
          ["memory of the process, woken", mib(residentBytes.woken)],
        ]),
  ];
  const full = refusal === null ? "" : `it took no more than that: ${refusal}\n`;
  return `wake: after kill -9, with an hour behind it\n${table(["", "polso"], rows)}${full}`;
}

function cold(all: readonly ColdResult[]): string {
  const rows = all.map(({ system, ms }) => [system, figure(ms)]);
  return `cold: from the start of the process to the first 202\n${table(["", "ms"], rows)}`;
}

function goals(all: readonly Target[]): string {
  const said = (met: boolean | null) => (met === null ? "not measured" : met ? "met" : "MISSED");
  const rows = all.map(({ what, goal, found, met }) => [what, goal, found ?? "–", said(met)]);
  return `targets\n${table(["", "goal", "found", ""], rows)}`;
}
