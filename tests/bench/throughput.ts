/** One round of one case: a system started empty, loaded, its count compared with the answers, and ended. */

import { native } from "./events.ts";
import { load } from "./load.ts";
import type { System } from "./system.ts";
import { usage } from "./usage.ts";

export const connections = 32;

/** How much each request brings to how many shards. */
export interface ThroughputCase {
  name: string;
  perRequest: number;
  shards: number;
}

export interface Round {
  requestsPerS: number;
  eventsPerS: number;
  p50Ms: number;
  p99Ms: number;
  /** Of the server's processes; unknown where there is no `/proc`. */
  cpuSecondsPer1000Events: number | null;
  writtenBytesPerEvent: number | null;
  rowsPerEvent: number | null;
  /** What is on disk at the end, by all events of the run. */
  keptBytesPerEvent: number;
  loadCpuShare: number;
}

export async function round(system: System, what: ThroughputCase, warmMs: number, measuredMs: number): Promise<Round> {
  const running = await system.start(what.shards);
  let stopped = false;
  try {
    const { url, pids } = running;
    const token = await running.ingestToken();
    const { perRequest } = what;
    const options = { sender: native, url, token, connections, perRequest, warmMs, measuredMs, tells: system.tells };
    const measured = await load(options, () => usage(pids));
    const counted = await running.counted();
    if (counted !== undefined && counted !== measured.accepted) {
      throw new Error(`${system.name} accepted ${measured.accepted} events and counted ${counted}`);
    }
    stopped = true;
    const kept = await running.stop();
    const events = measured.requests * perRequest;
    const { before, after } = measured;
    const used = (name: "cpuSeconds" | "writtenBytes") =>
      before === undefined || after === undefined ? null : (after[name] - before[name]) / events;
    const cpuPerEvent = used("cpuSeconds");
    return {
      requestsPerS: measured.requests / measured.seconds,
      eventsPerS: events / measured.seconds,
      p50Ms: measured.p50Ms,
      p99Ms: measured.p99Ms,
      cpuSecondsPer1000Events: cpuPerEvent === null ? null : cpuPerEvent * 1_000,
      writtenBytesPerEvent: used("writtenBytes"),
      rowsPerEvent: kept.rowsWritten === undefined ? null : kept.rowsWritten / measured.accepted,
      keptBytesPerEvent: kept.bytes / measured.accepted,
      loadCpuShare: measured.ownCpuShare,
    };
  } finally {
    if (!stopped) await running.stop();
  }
}
