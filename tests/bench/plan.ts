/** What a run measures: its cases, its systems and for how long. */

import type { PixelCase } from "./pixel.ts";
import { python } from "./python.ts";
import type { System } from "./system.ts";
import type { ThroughputCase } from "./throughput.ts";
import type { WakeCase } from "./wake.ts";
import type { WebhookCase } from "./webhook.ts";
import { floor, javascript, polso } from "./workers.ts";

/** As the command line gave it; see `scripts/commands/bench.mjs`. */
export interface Options {
  /** Whether it is only to be seen that everything works: small, and nothing is installed. */
  quick: boolean;
  rounds: number;
  seconds: number;
  /** What the names of cases begin with; none is all. */
  only: string[];
  /** Names of systems; none is all. */
  systems: string[];
  json?: string;
}

export interface Plan {
  systems: System[];
  warmMs: number;
  measuredMs: number;
  throughput: ThroughputCase[];
  webhook: WebhookCase | undefined;
  pixel: PixelCase[];
  wake: WakeCase | undefined;
  cold: boolean;
}

/** The systems in the order of their turns. */
export const systems: readonly System[] = [polso, javascript, floor, python];

const warmShare = 0.3;
const shardCounts = [1, 4, 8];
/** An hour at 300 events a second. */
export const hourEvents = 3_600 * 300;
/** A paced load lasts this many times as long as a closed one: probes come only some ten times a second. */
const pixelLonger = 6;

export function plan({ quick, rounds, seconds, only, systems: names }: Options): Plan {
  const asked = (name: string) => only.length === 0 || only.some((start) => name.startsWith(start));
  const throughput = [
    ...(quick ? [1] : shardCounts).map((shards) => ({ name: `one-${shards}`, perRequest: 1, shards })),
    ...(quick ? [4] : shardCounts).map((shards) => ({ name: `hundred-${shards}`, perRequest: 100, shards })),
  ];
  const pixel = (quick ? [1, 5] : [1, 100]).map((viewers) => ({
    viewers,
    eventsPerS: 1_000,
    perRequest: 10,
    seconds: seconds * (quick ? 3 : pixelLonger),
  }));
  const times = { warmMs: seconds * 1_000 * warmShare, measuredMs: seconds * 1_000 };
  return {
    systems: systems.filter(({ name }) => names.length === 0 || names.includes(name)),
    ...times,
    throughput: throughput.filter(({ name }) => asked(name)),
    webhook: asked("webhook") ? { rounds, ...times } : undefined,
    pixel: asked("pixel") ? pixel : [],
    wake: asked("wake") ? { events: quick ? 30_000 : hourEvents, rounds } : undefined,
    cold: asked("cold"),
  };
}
