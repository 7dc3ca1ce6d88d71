/** What a run measures: its cases, its systems and for how long. */

import type { System } from "./system.ts";
import type { ThroughputCase } from "./throughput.ts";
import { floor, javascript, polso } from "./workers.ts";

/** As the command line gave it; see `scripts/commands/bench.mjs`. */
export interface Options {
  quick: boolean;
  rounds: number;
  seconds: number;
  /** Names of cases, or what they begin with; none is all. */
  only: string[];
  /** Names of systems; none is all. */
  systems: string[];
  json?: string;
}

/** The systems in the order of their turns. */
export const systems: readonly System[] = [polso, javascript, floor];

const shardCounts = [1, 4, 8];

export const throughputCases: readonly ThroughputCase[] = [
  ...shardCounts.map((shards) => ({ name: `one-${shards}`, perRequest: 1, shards })),
  ...shardCounts.map((shards) => ({ name: `hundred-${shards}`, perRequest: 100, shards })),
];

/** Whether a name was asked for. */
export const asked = (names: readonly string[], name: string) =>
  names.length === 0 || names.some((start) => name.startsWith(start));
